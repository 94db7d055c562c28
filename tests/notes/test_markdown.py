"""Links from texts to notes of the base."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.notes.formulas import formulas
from paper_notes.notes.markdown import Mention, mentions, offences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See [it](paper:gan).", [Mention(15, "gan")]),
        ("[a](paper:gan), [b](paper:vae)", [Mention(10, "gan"), Mention(26, "vae")]),
        ("[a]( <paper:gan> )", [Mention(12, "gan")]),
        ("[a][b]\n\n[b]: paper:gan", [Mention(19, "gan")]),
        ("<paper:gan>", [Mention(7, "gan")]),
        ("[a](PAPER:gan)", [Mention(10, "gan")]),
        ("[a](paper:)", [Mention(10, "")]),
        ("this paper: gan", []),
        ("[a](https://example.org/paper:gan)", []),
    ],
)
def test_links_to_notes_are_found_where_they_stand(text, found):
    assert list(mentions(text)) == found


def test_a_link_to_a_note_is_no_offence():
    assert list(offences("[a](paper:gan)")) == []


@given(st.text("[]()<>: \npaper"))
def test_any_text_is_read(text):
    assert all(text[mention.offset :].startswith(mention.id) for mention in mentions(text))


# Harmless, and with a sign of everything that is looked at closely.
_SIGNS = "A <b> = `c`, [d](paper:e) and $f$: " + "[]{}" * 41 + "()" * 41 + "\n- g"
_BAD = [
    "[a](javascript:b)",
    "[a]: javascript:b",
    "<javascript:b>",
    "a SRC=javascript:b",
    "a data = javascript:b",
    "(" * 41,
    "- " * 9 + "a",
    " " * 49 + "- a",
    "a\n" + "1. " * 9 + "b",
    "$a",
]
_PIECES = ["a", "は", "$", "$$", "\\", "`", "```", "~~~", "]", ">", "=", ":", "*", '"']
_BLANKS = [" ", "\n", "\n\n", "\n \n"]
_PARTS = st.sampled_from([*_BAD, *_PIECES, *_BLANKS, "[a](paper:b)"])


def _found_behind(before: str, text: str) -> list[tuple[object, ...]]:
    """What is found in a text that stands behind another one."""
    whole, start = f"{before}\n\n{text}", len(before)
    found = [(one.offset - start, one.code, one.message) for one in offences(whole)]
    found += [(one.offset - start, one.id) for one in mentions(whole)]
    found += [(one.offset - start, one.mark, one.tex) for one in formulas(whole)]
    return [one for one in found if one[0] > 0]


@pytest.mark.parametrize("text", _BAD)
def test_one_offence_alone_is_found(text):
    assert len(list(offences(text))) == 1


@given(st.lists(_PARTS, max_size=6).map("".join))
def test_what_is_found_does_not_depend_on_how_closely_a_text_is_looked_at(text):
    assert _found_behind("", text) == _found_behind(_SIGNS, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$a$ and $$b$$", ["a", "b"]),
        ("$a\nb$", ["a\nb"]),
        ("$a\n \nb$", [None]),
        (r"\$a $b\$c$", [r"b\$c"]),
        ("$$a$b$$", ["a$b"]),
        ("$$$a", [None]),
        ("$$$$a", [""]),
        ("$$a$", [None]),
        ("`$a` $b$", ["b"]),
        ("$`a$` $b$", ["`a", "b"]),
        ("```\n$a\n```\n$b$", ["b"]),
        ("$a\\", [None]),
    ],
)
def test_a_formula_ends_in_its_paragraph(text, found):
    assert [formula.tex for formula in formulas(text)] == found
