"""Python source as a syntax tree, read and never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from paper_notes.problems import Place, Problem
from paper_notes.storage.files import decode

_TODO = re.compile(r"\bTODO\b")


@dataclass(frozen=True)
class Source:
    """A Python file: where it is, what it says, and its tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    def problem(self, node: ast.AST | int, code: str, message: str, hint: str = "") -> Problem:
        """A problem at a node or on a line."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        column = 1 if isinstance(node, int) else getattr(node, "col_offset", 0) + 1
        return Problem(Place(self.path, line, column), code, message, hint)


def parse_source(data: bytes, path: PurePosixPath) -> tuple[Source | None, list[Problem]]:
    """The source in a file's bytes; None where they are no text or no Python."""
    text, problems = decode(data, path)
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
    if "TODO" not in source.text:
        return
    for number, line in enumerate(source.text.split("\n"), 1):
        match = _TODO.search(line)
        if match:
            place = Place(source.path, number, match.start() + 1)
            yield Problem(place, "placeholder", "this is still TODO", "fill it in")


# Fields of syntax nodes that hold names and operators, none of which has nodes inside.
_PLAIN = """
    arg attr conversion ctx id is_async kwd_attrs level module name names op ops rest simple tag
    type_comment type_ignores
"""
_PLAIN_FIELDS = frozenset(_PLAIN.split())


def find(kinds: frozenset[type[ast.AST]], *roots: ast.AST) -> list[ast.AST]:
    """All nodes of these kinds among the roots and below them, level by level.

    `ast.walk` would find them too, and contexts, operators and imported names, which hold none of
    any interest; this takes a third of its time.
    """
    seen: list[Any] = list(roots)
    found: list[ast.AST] = []
    for node in seen:  # which grows on the way
        kind = node.__class__
        if kind in kinds:
            found.append(node)
        for name in _fields_with_nodes(kind):
            below = getattr(node, name)
            if below.__class__ is list:
                seen += below
            elif below is not None:
                seen.append(below)
    return found


def statements(tree: ast.Module) -> list[ast.stmt]:
    """Every statement, however deep: fast, for there are few, and expressions hold none."""
    found: list[Any] = list(tree.body)
    for node in found:
        for name in _blocks(node.__class__):
            found += getattr(node, name)
    return [node for node in found if isinstance(node, ast.stmt)]


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@cache
def _blocks(kind: type[ast.AST]) -> tuple[str, ...]:
    return tuple(name for name in _BLOCKS if name in kind._fields)


@cache
def _fields_with_nodes(kind: type) -> tuple[str, ...]:
    if not issubclass(kind, ast.AST) or kind is ast.Constant:
        return ()
    return tuple(name for name in kind._fields if name not in _PLAIN_FIELDS)


def dotted(node: ast.AST) -> str:
    """`pytest.mark.skip` for the expression that says so; "" for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def imported_modules(nodes: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Every module that these statements import; a relative import begins with a dot."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            inside = module in ("snippets", "tests")  # from snippets import x
            for name in [f"{module}.{alias.name}" for alias in node.names] if inside else [module]:
                yield name, node
