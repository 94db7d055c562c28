"""The papers of each token."""

from __future__ import annotations

import pytest

from paper_notes.search import postings
from paper_notes.search.postings import Postings

KEYS = ["00000", "aaaaa", "bbbbb", "ccccc", "ddddd", "zzzzz"]
WEIGHTS = [0, 20, 30]  # of a token that stands there so many times


def test_an_entry_says_how_many_papers_and_the_best_of_them_first() -> None:
    found = Postings(KEYS)
    found.add("aaaaa", {"tidy": 1, "scale": 1}, WEIGHTS)
    found.add("bbbbb", {"tidy": 2}, WEIGHTS)
    assert found.take("tidy") == "2:TbbbbbJaaaaa"
    assert found.take("scale") == "1:Jaaaaa"


def test_of_papers_that_weigh_alike_the_later_key_comes_first() -> None:
    found = Postings(KEYS)
    for key in ("bbbbb", "zzzzz", "00000"):
        found.add(key, {"tidy": 1}, WEIGHTS)
    assert found.take("tidy") == "3:JzzzzzJbbbbbJ00000"


def test_weights_sort_as_their_characters_do() -> None:
    assert sorted(postings.WEIGHTS) == list(postings.WEIGHTS)


def test_a_token_of_many_papers_lists_the_best_and_counts_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postings, "MOST_PAPERS", 2)
    found = Postings(KEYS)
    for key, times in zip(KEYS, (1, 2, 1, 0, 2, 1), strict=True):
        found.add(key, {"tidy": times}, WEIGHTS)
    assert found.numbers() == {"tidy": 6}
    assert found.take("tidy") == "6:TdddddTaaaaa"


@pytest.mark.parametrize("many", [1, 2, 3, 5])
def test_letting_go_of_the_others_early_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(postings, "MOST_PAPERS", 1)
    monkeypatch.setattr(postings, "_MANY", many)
    found = Postings(KEYS)
    for key, times in zip(KEYS, (1, 1, 2, 2, 1, 1), strict=True):
        found.add(key, {"tidy": times, key: 1}, WEIGHTS)
    assert found.numbers() == {"tidy": 6} | dict.fromkeys(KEYS, 1)
    assert found.take("tidy") == "6:Tccccc"
    assert found.take("00000") == "1:J00000"
