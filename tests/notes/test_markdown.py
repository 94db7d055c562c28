"""Links from texts to notes of the base."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
