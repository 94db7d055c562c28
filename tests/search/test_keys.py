"""Keys of papers."""

from __future__ import annotations

import pytest

from paper_notes.search import keys
from paper_notes.search.keys import keys_of


def test_a_key_is_five_digits_of_base_36() -> None:
    key = keys_of(["tidy_scale"])["tidy_scale"]
    assert len(key) == 5
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


def test_a_key_does_not_depend_on_the_other_papers() -> None:
    alone = keys_of(["tidy_scale"])
    assert (
        keys_of(["folded_words", "slow_pooling", "tidy_scale"])["tidy_scale"] == alone["tidy_scale"]
    )


def test_no_two_papers_have_one_key() -> None:
    ids = [f"paper_{number}" for number in range(20_000)]
    assert len(set(keys_of(ids).values())) == len(ids)


def test_where_two_meet_the_later_takes_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_hash", lambda _id: 7)
    assert keys_of(["b", "a"]) == {"a": "00007", "b": "00008"}
