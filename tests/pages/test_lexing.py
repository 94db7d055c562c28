"""The quick lexer gives what Pygments' own gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import PythonLexer

from paper_notes.pages.lexing import QuickPythonLexer, starts

PIECES = [
    "def ", "class ", "import ", "from ", "as ", "match ", "case _:", "async ", "lambda", "None",
    "f'", 'f"{', "}", '"""', "'''", "rb'", "\\", "\\N{DASH}", "%s", "{!r:>10}", "@", "#", "\n",
    "    ", "\t", "x", "_y1", "é", "変数", "0x1f", "1_000.5e-3j", "0b2", ":=", "->", "(", ")", "[",
    "]", ".", ",", "==", "$", "?", "\x00", "print", "self", "__init__", "ValueError", "is not",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
def test_any_text_gives_the_same_tokens(text: str) -> None:
    assert list(QuickPythonLexer().get_tokens(text)) == list(PythonLexer().get_tokens(text))


def test_code_gives_the_same_tokens() -> None:
    text = Path(re.__file__).read_text(encoding="utf-8")
    assert list(QuickPythonLexer().get_tokens(text)) == list(PythonLexer().get_tokens(text))


@pytest.mark.parametrize(
    ("pattern", "beginnings"),
    [
        ("ab", "a"),
        ("[a-c]|d", "abcd"),
        ("(?<!x)a?b", "ab"),
        ("(?:a|(b))+c", "ab"),
        ("(?=a)b", "b"),
        ("^a$", "a"),
        ("é", ""),
    ],
)
def test_beginnings_are_told_from_the_pattern(pattern: str, beginnings: str) -> None:
    assert starts(re.compile(pattern)) == set(beginnings)


@pytest.mark.parametrize("pattern", ["", "a?", "a*b?", "(?i)a", "(?i:a)b", r"(a?)\1b", "."])
def test_in_doubt_a_match_may_begin_with_anything(pattern: str) -> None:
    assert len(starts(re.compile(pattern))) == 128


@pytest.mark.parametrize("pattern", [r"\d", r"[^\s]", r"\W", "[^a-y]", r"[\w.]", "[^é]"])
def test_classes_are_told_exactly(pattern: str) -> None:
    compiled = re.compile(pattern)
    assert starts(compiled) == {chr(n) for n in range(128) if compiled.match(chr(n))}
