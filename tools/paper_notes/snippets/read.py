"""From a snippet's file and its tests to a value, without running either."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from paper_notes.problems import Place, Problem
from paper_notes.snippets.docstring import FIELDS, Docstring, take_apart
from paper_notes.snippets.model import MAX_BYTES, Snippet, Test, snippet_path, tests_path
from paper_notes.snippets.source import (
    Source,
    imported_modules,
    parse_source,
    statements,
    unfinished,
)
from paper_notes.snippets.tests import read_tests
from paper_notes.storage.files import digest, read_bytes

__all__ = ["read_snippet", "snippet_of", "snippet_path", "tests_path"]


def read_snippet(root: Path, id: str) -> tuple[Snippet | None, list[Problem]]:
    """The snippet of that id with its tests, and what is wrong with the two files.

    The snippet is None where its file cannot be read as Python; where only the tests cannot, it
    has none. Never raises for bad input, never imports the snippet.
    """
    data, problems = read_bytes(root, snippet_path(id), MAX_BYTES)
    path = tests_path(id)
    absent = not (root / path).is_symlink() and not (root / path).exists()
    tests, in_tests = (None, []) if absent else read_bytes(root, path, MAX_BYTES)
    snippet, found = snippet_of(root, id, data, tests, absent=absent)
    return snippet, [*problems, *in_tests, *found]


def snippet_of(
    root: Path, id: str, data: bytes | None, tests_data: bytes | None, *, absent: bool = False
) -> tuple[Snippet | None, list[Problem]]:
    """The same from what the two files hold; None for a file that cannot be read.

    `absent` says that there is no file of tests at all.
    """
    path = snippet_path(id)
    source, problems = parse_source(data, path) if data is not None else (None, [])
    tests, in_tests = _tests_of(id, tests_data, absent=absent)
    problems += in_tests
    if data is None or source is None:
        return None, problems
    written = _docstring_node(source.tree)
    parts = take_apart(str(written.value)) if written else Docstring("", "")
    problems += _check_snippet(source, id, written, parts)
    names = _names(source.tree)
    snippet = Snippet(
        id=id,
        title=parts.title,
        body=parts.body,
        paper=parts.paper,
        shapes=parts.shapes,
        differs=parts.differs,
        docstring_end=(written.end_lineno or 0) if written else 0,
        functions=names,
        tests=tests,
        digest=digest(data, tests_data or b""),
        root=root,
    )
    return snippet, problems


def _tests_of(
    id: str, data: bytes | None, *, absent: bool
) -> tuple[tuple[Test, ...], list[Problem]]:
    path = tests_path(id)
    if absent:
        message = f"the tests are missing: {path}"
        hint = "a claim is verified only by a test that runs"
        return (), [Problem(Place(snippet_path(id)), "no-tests", message, hint)]
    source, problems = parse_source(data, path) if data is not None else (None, [])
    if source is None:
        return (), problems
    tests, found = read_tests(source, id)
    return tests, [*problems, *found, *unfinished(source)]


def _check_snippet(
    source: Source, id: str, written: ast.Constant | None, parts: Docstring
) -> Iterator[Problem]:
    if written is None:
        hint = f'begin with r"""Title. … {FIELDS[0]}: {id}, Eq. …"""'
        yield source.problem(1, "no-docstring", "the docstring is missing", hint)
    else:
        yield from _check_docstring(source, id, written, parts)
    yield from unfinished(source)
    if "demo" not in _names(source.tree):
        hint = "def demo() -> None: print what the method does"
        yield source.problem(1, "no-demo", "there is no function demo()", hint)
    for module, node in imported_modules(statements(source.tree)):
        if module.partition(".")[0] in ("", "snippets", "tests"):
            message = f"imports {module}: a snippet stands alone"
            yield source.problem(node, "snippet-import", message, "copy the few lines it needs")


def _check_docstring(
    source: Source, id: str, written: ast.Constant, parts: Docstring
) -> Iterator[Problem]:
    lines = source.text.split("\n")[written.lineno - 1 : written.end_lineno]
    escaped = next((i for i, line in enumerate(lines) if "\\" in line), None)
    if escaped is not None and lines[0][:1] not in ("r", "R"):
        line = written.lineno + escaped
        hint = 'begin it with r""" so that TeX survives'
        yield source.problem(line, "docstring-not-raw", "a backslash in a docstring", hint)
    for field, value in zip(FIELDS, (parts.paper, parts.shapes, parts.differs), strict=True):
        if not value:
            hint = f"a line beginning with `{field}: `"
            message = f"the docstring has no field `{field}:`"
            yield source.problem(written, "docstring-field", message, hint)
    if not parts.title:
        yield source.problem(written, "no-docstring", "the docstring has no title")
    named = parts.paper.partition(",")[0].strip().rstrip(".")
    if named and named != id:
        message = f"`Paper:` names {named[:64]}, but the file is {source.path.name}"
        yield source.problem(written, "docstring-paper", message, f"write `Paper: {id}, Eq. …`")


def _docstring_node(tree: ast.Module) -> ast.Constant | None:
    first = tree.body[0] if tree.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.value if isinstance(first.value.value, str) else None
    return None


def _names(tree: ast.Module) -> tuple[str, ...]:
    defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return tuple(node.name for node in tree.body if isinstance(node, defined))
