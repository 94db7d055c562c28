"""Python source as a syntax tree, read and never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from paper_notes.files import read_text
from paper_notes.problems import Place, Problem

MAX_BYTES = 128 * 1024

_TODO = re.compile(r"\bTODO\b")


@dataclass(frozen=True)
class Source:
    """A Python file: where it is, what it says, and its tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The whole tree; walking it is what reading a source costs, so it is done once."""
        return tuple(ast.walk(self.tree))

    def problem(self, node: ast.AST | int, code: str, message: str, hint: str = "") -> Problem:
        """A problem at a node or on a line."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        column = 1 if isinstance(node, int) else getattr(node, "col_offset", 0) + 1
        return Problem(Place(self.path, line, column), code, message, hint)


def read_source(root: Path, path: PurePosixPath) -> tuple[Source | None, list[Problem]]:
    """The source at root/path; None where it cannot be read or is no Python."""
    text, problems = read_text(root, path, MAX_BYTES)
    if text is None:
        return None, problems
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes: reported where they matter
            tree = ast.parse(text)
    except SyntaxError as error:
        place = Place(path, error.lineno or 1, max(1, error.offset or 1))
        return None, [*problems, Problem(place, "syntax", f"this is not Python: {error.msg}")]
    except (RecursionError, MemoryError, ValueError):
        message = "the code is nested too deeply to be read"
        return None, [*problems, Problem(Place(path), "too-nested", message)]
    return Source(path, text, tree), problems


def unfinished(source: Source) -> Iterator[Problem]:
    """What a scaffold left to be filled in."""
    for number, line in enumerate(source.text.split("\n"), 1):
        match = _TODO.search(line)
        if match:
            place = Place(source.path, number, match.start() + 1)
            yield Problem(place, "placeholder", "this is still TODO", "fill it in")


def dotted(node: ast.AST) -> str:
    """`pytest.mark.skip` for the expression that says so; "" for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def imported_modules(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.stmt]]:
    """Every module that these nodes import; a relative import begins with a dot."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            inside = module in ("snippets", "tests")  # from snippets import x
            for name in [f"{module}.{alias.name}" for alias in node.names] if inside else [module]:
                yield name, node
