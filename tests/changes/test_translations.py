"""A text that changed in one language only is one to look at again."""

from __future__ import annotations

from dataclasses import replace

from paper_notes.changes.translations import LeftBehind, left_behind
from paper_notes.notes.model import Claim, Paper, Text

SAME = Text("one", "一")
PAPER = Paper("a", "A", ("B",), 2000, "t", *[SAME] * 5, (), ())


def behind(before: Paper, **changes: object) -> list[LeftBehind]:
    return list(left_behind(before, replace(before, **changes)))  # type: ignore[arg-type]


def test_nothing_changed() -> None:
    assert behind(PAPER) == []


def test_the_original_changed_and_the_translation_did_not() -> None:
    before = replace(PAPER, key_idea=Text("the mean", "平均"))
    assert behind(before, key_idea=Text("the median", "平均")) == [
        LeftBehind("a", "key_idea", "ja")
    ]


def test_either_language_may_be_the_original() -> None:
    before = replace(PAPER, key_idea=Text("the mean", "平均"))
    assert behind(before, key_idea=Text("the mean", "中央値")) == [
        LeftBehind("a", "key_idea", "en")
    ]


def test_both_changed() -> None:
    before = replace(PAPER, key_idea=Text("the mean", "平均"))
    assert behind(before, key_idea=Text("the median", "中央値")) == []


def test_a_translation_that_was_added_leaves_nothing_behind() -> None:
    before = replace(PAPER, key_idea=Text("the mean", None))
    assert behind(before, key_idea=Text("the mean", "平均")) == []


def test_a_text_that_moved_is_the_same() -> None:
    claims = (Claim(Text("two", "二"), "Sec. 2"), Claim(Text("three", "三"), "Sec. 3"))
    assert behind(replace(PAPER, claims=claims), claims=claims[::-1]) == []


def test_a_claim_is_named_by_its_number() -> None:
    claims = (Claim(Text("two", "二"), "Sec. 2"), Claim(Text("three", "三"), "Sec. 3"))
    changed = (claims[0], Claim(Text("four", "三"), "Sec. 3"))
    assert behind(replace(PAPER, claims=claims), claims=changed) == [
        LeftBehind("a", "claims 2 says", "ja")
    ]
