"""The inverted index."""

from __future__ import annotations

import subprocess
import sys
from collections import UserDict
from collections.abc import Mapping

import pytest

from paper_notes.library import Library
from paper_notes.notes.model import Paper
from paper_notes.notes.synonyms import Synonyms
from paper_notes.notes.topics import Topic
from paper_notes.search import index as module
from paper_notes.search.index import build_index, read_papers
from paper_notes.search.keys import keys_of
from paper_notes.search.postings import WEIGHTS


def index(
    papers: Mapping[str, Paper], topics: Mapping[str, Topic], synonyms: Synonyms
) -> Mapping[str, str]:
    return build_index(read_papers(papers, topics, synonyms))


@pytest.fixture
def entries(invented: Library) -> dict[str, str]:
    return dict(index(invented.papers, invented.topics, [("folding", "たたむ")]))


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
    assert list(index(backwards, invented.topics, ()).items()) == list(
        index(invented.papers, invented.topics, ()).items()
    )


@pytest.mark.parametrize("share", [1, 2])
def test_how_reading_is_shared_changes_nothing(
    invented: Library, entries: dict[str, str], monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    monkeypatch.setattr(module, "_SHARE", share)
    shared = index(invented.papers, invented.topics, [("folding", "たたむ")])
    assert list(shared.items()) == list(entries.items())


def test_who_makes_no_index_does_without_numpy() -> None:
    code = "import sys, paper_notes.site.build; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


def test_a_base_without_papers_has_an_empty_index() -> None:
    assert index({}, {}, [("folding", "たたむ")]) == {}


class Asked(UserDict[str, Paper]):
    """Papers that note which of them is asked for."""

    asked: list[str]

    def __getitem__(self, id: str) -> Paper:
        self.asked.append(id)
        return super().__getitem__(id)


def test_each_paper_is_asked_for_once(invented: Library) -> None:
    papers = Asked(invented.papers)
    papers.asked = []
    index(papers, invented.topics, ())
    assert sorted(papers.asked) == sorted(invented.papers)
