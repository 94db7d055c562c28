"""Code in colours: the text stays as it is, and what has a colour is in a span."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.pages.highlight import highlight

PIECES = [
    "def ", "class ", "import ", "from ", "async ", "lambda", "None", "f'", 'f"{', "}", "{{", '"""',
    "'''", "rb'", "\\", "%s", "{!r:>10}", "@", "#", "\n", "    ", "\t", "x", "_y1", "é", "変数",
    "0x1f", "1_000.5e-3j", ".5", ":=", "->", "(", ")", "<", "&", ".", ",", "$", "\x00", "&lt;",
    "@misc{", "key,", "title = ", "{{A}}", '"b"', "<span>", "is not",
]  # fmt: skip
SPAN = re.compile(r'<span class="([a-z0-9]+)">([^<]*)</span>')


def coloured(code: str, language: str = "python") -> list[tuple[str, str]]:
    """The parts in spans, each with its class."""
    found = SPAN.findall(highlight(code, language))
    return [(name, html.unescape(text)) for name, text in found]


@given(
    st.lists(st.sampled_from(PIECES)).map("".join) | st.text(),
    st.sampled_from(["python", "bibtex", "c"]),
)
def test_the_text_stays_as_it_is(code: str, language: str) -> None:
    text = SPAN.sub(r"\2", highlight(code, language))
    assert "<" not in text
    assert html.unescape(text) == html.unescape(html.escape(code, quote=False))


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("return x", [("k", "return")]),
        ("returned", []),
        ("x.pass_on", []),
        ("x = None", [("k", "None")]),
        ("def norm(x): ...", [("k", "def"), ("nf", "norm")]),
        ("class Norm:", [("k", "class"), ("nf", "Norm")]),
        ("@no_grad\n", [("nd", "@no_grad")]),
        ("q@k + q @ k", []),
        ("x += 1  # one < two", [("mi", "1"), ("c1", "# one < two")]),
        ("1_000 0xff 1e-5 .5 x1", [("mi", n) for n in ("1_000", "0xff", "1e-5", ".5")]),
        ("x[0].T", [("mi", "0")]),
        ("a < b is c", [("k", "is")]),
    ],
)
def test_words_numbers_and_comments(code: str, parts: list[tuple[str, str]]) -> None:
    assert coloured(code) == parts


@pytest.mark.parametrize(
    "string",
    [
        "'a'",
        '"a # b"',
        "rb'\\''",
        '"""one "two"\n# three"""',
        "'''a''b'''",
        '"a\\\nb"',
        "''",
        '""""a"""',
    ],
)
def test_a_string_is_one_part(string: str) -> None:
    assert coloured(f"x = {string} + y") == [("s", string)]


def test_an_unfinished_string_ends_with_its_line() -> None:
    assert coloured("x = 'a\nreturn") == [("s", "'a"), ("k", "return")]


def test_expressions_in_a_string_are_code() -> None:
    assert coloured('f"{x if 2 else y:.2f} {{not}}"') == [
        ("s", 'f"{'),
        ("k", "if"),
        ("mi", "2"),
        ("k", "else"),
        ("s", ':.2f} {{not}}"'),
    ]


def test_a_bibtex_entry() -> None:
    entry = "@misc{one2019,\n\ttitle = {{A {B}}},\n\tyear = 2019,\n\turl = {x?a&b}\n}\n"
    assert coloured(entry, "bibtex") == [
        ("nc", "@misc"),
        ("nl", "one2019"),
        ("s", "{{A {B}}}"),
        ("s", "{x?a&b}"),
    ]


def test_other_languages_are_only_escaped() -> None:
    assert highlight("return <b>", "html") == "return &lt;b&gt;"
