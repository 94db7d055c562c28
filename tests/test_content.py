"""The real base: what every paper in it must have."""

from __future__ import annotations

import pytest

from paper_notes.library import Library, load_library
from paper_notes.notes.model import LANGUAGES, QUESTIONS
from paper_notes.notes.read import NOT_PAPERS
from tests.conftest import REPOSITORY

IDS = sorted(
    path.stem for path in (REPOSITORY / "papers").glob("*.yaml") if path.stem not in NOT_PAPERS
)


@pytest.fixture(scope="module")
def library() -> Library:
    loaded, problems = load_library(REPOSITORY)
    assert problems == []
    return loaded


def test_nothing_is_wrong_with_it(library: Library) -> None:
    assert sorted(library.papers) == IDS


@pytest.mark.parametrize("id", IDS)
def test_all_six_questions_are_answered_in_both_languages(library: Library, id: str) -> None:
    paper = library.papers[id]
    for language in LANGUAGES:
        for question in QUESTIONS:
            assert len(paper.answer(question).get(language) or "") > 80
        assert all(read.why.get(language) for read in paper.next_read)


@pytest.mark.parametrize("id", IDS)
def test_at_least_three_claims_are_checked_and_what_is_not_says_why(
    library: Library, id: str
) -> None:
    claims = library.papers[id].claims
    assert sum(claim.test is not None for claim in claims) >= 3
    assert all(claim.test or claim.reported for claim in claims)


@pytest.mark.parametrize("id", IDS)
def test_the_japanese_is_in_one_style(library: Library, id: str) -> None:
    """である調 throughout: no です・ます at the end of a sentence."""
    paper = library.papers[id]
    texts = [paper.answer(question).ja or "" for question in QUESTIONS]
    texts += [read.why.ja or "" for read in paper.next_read]
    texts += [claim.says.ja or "" for claim in paper.claims]
    polite = ("です。", "ます。", "ました。", "でした。", "ません。", "ください。")
    assert [text for text in texts if any(ending in text for ending in polite)] == []


@pytest.mark.parametrize("id", IDS)
def test_every_snippet_shows_something(library: Library, id: str) -> None:
    snippet = library.snippets[id]
    assert snippet.has_demo
    assert len(snippet.source.splitlines()) <= 260
    assert snippet.tests
