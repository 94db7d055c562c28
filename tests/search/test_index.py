"""The inverted index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from paper_notes.library import Library
from paper_notes.search import index
from paper_notes.search.index import WEIGHTS, build_index
from paper_notes.search.keys import keys_of
from paper_notes.search.shards import Entries


@pytest.fixture
def entries(invented: Library) -> dict[str, str]:
    papers = list(invented.papers.values())
    return dict(build_index(papers, invented.topics, [("folding", "たたむ")]))


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


def test_a_word_of_many_papers_lists_the_best_and_counts_all(
    invented: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "MOST_PAPERS", 3)
    model = invented.papers["tidy_scale"]
    papers = [replace(model, id=f"tidy_{number}") for number in range(5)]
    entries = build_index(papers, invented.topics, ())
    assert entries["tidy"].startswith("5:")
    assert len(postings(entries["tidy"])) == 3


def test_the_order_of_papers_changes_nothing(invented: Library) -> None:
    papers = list(invented.papers.values())
    assert build_index(papers, invented.topics, ()) == build_index(
        papers[::-1], invented.topics, ()
    )


@pytest.mark.parametrize("parts", [2, 3, 20, 21])
def test_however_the_work_is_shared_the_index_is_the_same(
    invented: Library, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    model = list(invented.papers.values())
    papers = [replace(model[n % 3], id=f"p{n}", year=1990 + n) for n in range(20)]
    monkeypatch.setattr(index, "MOST_PAPERS", 4)
    whole = build_index(papers, invented.topics, ())

    def backwards(work: Callable[[int], Entries], items: Sequence[int]) -> Iterable[Entries]:
        return map(work, reversed(items))

    assert build_index(papers, invented.topics, (), backwards, parts) == whole
