"""The part of a text that shows a query best."""

from __future__ import annotations

import json
from typing import Any

import pytest
import quickjs

from paper_notes.search.engine import context


@pytest.fixture(scope="module")
def javascript() -> quickjs.Context:
    return context()


def call(javascript: quickjs.Context, function: str, *arguments: Any) -> Any:
    given = ", ".join(json.dumps(argument) for argument in arguments)
    return json.loads(javascript.eval(f"JSON.stringify(paperNotesSearch.{function}({given}))"))


def marked(javascript: quickjs.Context, text: str, *surfaces: str) -> str:
    fragments = call(javascript, "marked", text, surfaces)
    return "".join(f"[{part['text']}]" if part["hit"] else part["text"] for part in fragments)


@pytest.mark.parametrize(
    ("text", "surface", "expected"),
    [
        ("Batch Normalization", "normalization", "Batch [Normalization]"),
        ("many GANs", "gan", "many [GANs]"),
        ("elegant", "gan", "elegant"),
        ("グループ正規化する", "正規化", "グループ[正規化]する"),
        ("デコーダーがある", "デコーダ", "[デコーダ]ーがある"),
        ("Hervé Jégou", "jegou", "Hervé [Jégou]"),
        ("ＧＡＮ の損失", "gan", "[ＧＡＮ] の損失"),
        ("generative adversarial networks", "generative adversarial network",
         "[generative adversarial networks]"),
        ("<b>bold</b>", "bold", "<b>[bold]</b>"),
        ("nothing", "", "nothing"),
    ],
)  # fmt: skip
def test_what_is_marked(
    javascript: quickjs.Context, text: str, surface: str, expected: str
) -> None:
    assert marked(javascript, text, surface) == expected


def test_marks_do_not_overlap(javascript: quickjs.Context) -> None:
    text = "batch normalization of a batch"
    assert marked(javascript, text, "batch", "batch normalization") == (
        "[batch normalization] of a [batch]"
    )


def test_the_field_with_most_of_the_query_is_taken(javascript: quickjs.Context) -> None:
    prose = {"what": "A layer for images.", "key_idea": "Scale images by the largest."}
    found = call(javascript, "excerpt", prose, ["images", "largest"])
    assert found["field"] == "key_idea"


def test_the_earlier_of_two_fields_is_taken(javascript: quickjs.Context) -> None:
    prose = {"what": "A layer.", "key_idea": "A layer too."}
    assert call(javascript, "excerpt", prose, ["layer"])["field"] == "what"


def test_a_long_text_is_cut_around_the_hit(javascript: quickjs.Context) -> None:
    text = "before " * 100 + "needle " + "after " * 100
    found = call(javascript, "excerpt", {"what": text}, ["needle"])
    shown = "".join(part["text"] for part in found["fragments"])
    assert shown.startswith("…before")
    assert "needle" in shown
    assert shown.endswith("…")
    assert len(shown) < 220


def test_without_a_hit_the_text_begins_at_its_beginning(javascript: quickjs.Context) -> None:
    found = call(javascript, "excerpt", {"what": "A layer."}, ["needle"])
    assert (found["found"], found["fragments"]) == (False, [{"text": "A layer.", "hit": False}])


def test_no_text_is_no_excerpt(javascript: quickjs.Context) -> None:
    assert call(javascript, "excerpt", {}, ["needle"])["fragments"] == []
