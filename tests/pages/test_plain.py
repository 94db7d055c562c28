"""A paper's page as plain Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from paper_notes.library import Library
from paper_notes.pages.context import Context
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.pages.plain import paper_markdown
from paper_notes.pages.words import WORDS
from paper_notes.snippets.report import SnippetResult


@pytest.fixture
def text_in(
    invented: Library, runs_of: Callable[[Library], Mapping[str, SnippetResult]]
) -> Callable[[str], str]:
    """The text of one paper in a language."""
    markdown = Markdown(MathRenderer({}))
    context = Context(invented, runs_of(invented), markdown, None)
    return lambda language: paper_markdown(context, invented.papers["tidy_scale"], language)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_all_six_questions_are_answered(text_in: Callable[[str], str], language: str) -> None:
    text, words = text_in(language), WORDS[language]
    for question in ("what", "novelty", "key_idea", "validation", "discussion", "next_read"):
        assert f"\n## {words[question]}\n" in text


def test_formulas_stay_as_they_were_written(text_in: Callable[[str], str]) -> None:
    assert r"$y = x / \max_i |x_i|$" in text_in("en")


def test_a_paper_of_the_base_is_linked_to_its_own_markdown(text_in: Callable[[str], str]) -> None:
    assert "](folded_words.md)" in text_in("en")


def test_another_paper_is_linked_to_where_it_is(text_in: Callable[[str], str]) -> None:
    assert "[Least Squares for the Untidy](https://doi.org/10.9999/untidy.1)" in text_in("en")


def test_a_claim_says_how_it_is_known(text_in: Callable[[str], str]) -> None:
    text = text_in("en")
    assert "(Eq. 1) — verified; `test_output_ignores_the_scale`" in text
    assert "(Table 1) — reported; needs data that were invented" in text


def test_it_ends_with_the_citation(text_in: Callable[[str], str]) -> None:
    assert text_in("ja").endswith("```\n")
    assert "```bibtex\n@article{" in text_in("ja")
