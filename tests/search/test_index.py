"""The inverted index."""

from __future__ import annotations

from collections import UserDict

import pytest

from paper_notes.library import Library
from paper_notes.notes.model import Paper
from paper_notes.search.index import build_index
from paper_notes.search.keys import keys_of
from paper_notes.search.postings import WEIGHTS


@pytest.fixture
def entries(invented: Library) -> dict[str, str]:
    return dict(build_index(invented.papers, invented.topics, [("folding", "たたむ")]))


def postings(entry: str) -> dict[str, int]:
    """The weight of each paper, by key."""
    _, _, text = entry.partition(":")
    return {text[at + 1 : at + 6]: WEIGHTS.index(text[at]) for at in range(0, len(text), 6)}


def test_a_word_leads_to_its_papers(invented: Library, entries: dict[str, str]) -> None:
    keys = keys_of(invented.papers)
    assert set(postings(entries["tidy"])) == {keys["tidy_scale"], keys["folded_words"]}


def test_a_word_of_the_title_weighs_more(invented: Library, entries: dict[str, str]) -> None:
    keys = keys_of(invented.papers)
    weights = postings(entries["tidy"])
    assert weights[keys["tidy_scale"]] > weights[keys["folded_words"]]


def test_the_best_papers_come_first(entries: dict[str, str]) -> None:
    for key, entry in entries.items():
        if not key.startswith("~"):
            weights = list(postings(entry).values())
            assert weights == sorted(weights, reverse=True)


def test_a_concept_stands_where_one_of_its_names_does(
    invented: Library, entries: dict[str, str]
) -> None:
    assert set(postings(entries["#folding"])) == {keys_of(invented.papers)["folded_words"]}


def test_words_to_mend_queries_with_stand_under_their_first_letter(
    entries: dict[str, str],
) -> None:
    assert {"tidy", "tidyscaledividingbythelargest"} & set(entries["~t"].split())
    assert all(word.startswith("p") for word in entries["~p"].split())


def test_markup_in_a_name_is_words(entries: dict[str, str]) -> None:
    assert "sample" in entries
    assert not [key for key in entries if "<" in key]


def test_the_order_of_papers_changes_nothing(invented: Library) -> None:
    backwards = {id: invented.papers[id] for id in reversed(list(invented.papers))}
    assert list(build_index(backwards, invented.topics, ()).items()) == list(
        build_index(invented.papers, invented.topics, ()).items()
    )


class Asked(UserDict[str, Paper]):
    """Papers that note which of them is asked for."""

    asked: list[str]

    def __getitem__(self, id: str) -> Paper:
        self.asked.append(id)
        return super().__getitem__(id)


def test_each_paper_is_asked_for_once(invented: Library) -> None:
    papers = Asked(invented.papers)
    papers.asked = []
    build_index(papers, invented.topics, ())
    assert sorted(papers.asked) == sorted(invented.papers)
