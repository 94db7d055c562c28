"""Invented snippets and their tests: the real ones with other names, numbers and words.

Their structure, length and variety are those of the real ones, and no two are alike. They are
Python that reads well; what they compute is nobody's concern here.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.invented.filler import Filler
from benchmarks.invented.templates import Piece, Slot, Template, joined, prose
from paper_notes.snippets.read import read_snippet, snippet_path, tests_path

_KEPT = frozenset({"demo", "figure"})  # names that mean something to the runner
_ID = "__id__"  # stands for the paper's id while a source is taken apart


@dataclass(frozen=True)
class Code:
    """A real snippet and its tests, taken apart, and what a run of the tests reports."""

    snippet: Template
    tests: Template
    outcomes: tuple[tuple[str, tuple[str, ...]], ...]  # a test's name, what it records


@cache
def code_of(root: Path, id: str) -> Code:
    """The real snippet of that id, which must be sound."""
    found, _ = read_snippet(root, id)
    assert found is not None
    names = frozenset(found.functions) - _KEPT
    tests = found.tests_source.replace(f"snippets.{id} ", f"snippets.{_ID} ")
    tests = tests.replace(f"from snippets import {id}", f"from snippets import {_ID}")
    return Code(
        joined(_pieces(found.source, names)),
        joined(_pieces(tests, names)),
        tuple((test.name, tuple(sorted(test.records))) for test in found.tests),
    )


def write_code(root: Path, id: str, code: Code, fill: Filler) -> None:
    """Write the snippet and the tests of the paper with that id."""
    (root / snippet_path(id)).write_text(fill(code.snippet), encoding="utf-8")
    (root / tests_path(id)).write_text(fill(code.tests), encoding="utf-8")


def _pieces(source: str, names: Collection[str]) -> Iterator[Piece]:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    position = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        begin = starts[token.start[0] - 1] + token.start[1]
        end = begin + len(token.string)
        yield None, source[position:begin]
        yield from _token(token, names)
        position = max(position, end) if token.string.strip() else position
    yield None, source[position:]


def _token(token: tokenize.TokenInfo, names: Collection[str]) -> Iterator[Piece]:
    text = token.string
    if not text.strip():
        return
    if token.type == tokenize.NAME and text in names:
        yield Slot.NAME, text
    elif token.type == tokenize.NAME and text == _ID:
        yield Slot.ID, text
    elif token.type == tokenize.NUMBER:
        yield Slot.NUMBER, text
    elif token.type == tokenize.COMMENT or (
        token.type == tokenize.STRING and text.endswith('"""') and _is_prose(text)
    ):
        yield from prose(text)
    else:
        yield None, text


def _is_prose(text: str) -> bool:
    return not text.startswith(("f", "b")) and isinstance(ast.literal_eval(text), str)
