"""`paper-notes search`."""

from __future__ import annotations

from pathlib import Path

from paper_notes.search.command import search
from tests.conftest import INVENTED


def test_papers_are_shown_with_the_part_that_was_found() -> None:
    status, text = search(INVENTED, "corpus of sentences", "en", 10)
    assert status == 0
    assert text.splitlines() == [
        "1 paper found.",
        "",
        "Folded Words (folded_words)",
        "    Chiyo Example · arXiv 2020",
        "    validation: On an invented corpus of 1,000 sentences the loss is 2.5 after one pass.",
    ]


def test_excerpts_are_in_the_language_that_is_asked_for() -> None:
    _, text = search(INVENTED, "tidy scale", "ja", 1)
    assert "ベクトルを絶対値の最大で割る層" in text


def test_what_was_mended_is_said() -> None:
    assert search(INVENTED, "poolign", "en", 1)[1].startswith(
        "“poolign” was read as “pooling”. 1 paper"
    )


def test_nothing_found_offers_near_words() -> None:
    status, text = search(INVENTED, "foldability", "en", 10)
    assert (status, text) == (0, "No paper found. Did you mean: folded, folding?")


def test_a_folder_without_notes_is_a_problem(tmp_path: Path) -> None:
    status, text = search(tmp_path, "anything", "en", 10)
    assert status == 1
    assert "no-papers" in text
