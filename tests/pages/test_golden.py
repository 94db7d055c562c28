"""Whole pages of the invented base, compared with what a person looked at and kept.

After a wanted change: `UPDATE_GOLDENS=1 pytest tests/pages/test_golden.py`, then read the diff.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from paper_notes.pages.context import Context
from paper_notes.pages.every import every_page
from paper_notes.pages.page import as_markdown, with_body

GOLDENS = Path(__file__).parents[1] / "data" / "golden"
KEPT = [
    "en/index.md",
    "ja/index.md",
    "en/papers.md",
    "en/format.md",
    "ja/format.md",
    "en/timeline.md",
    "en/tags.md",
    "en/tags/scaling.md",
    "en/topics.md",
    "en/evidence.md",
    "en/evidence/training.md",
    "en/compare.md",
    "ja/compare/training.md",
    "en/to-read.md",
    "ja/topics/training.md",
    "en/papers/tidy_scale.md",
    "ja/papers/tidy_scale.md",
    "ja/papers/folded_words.md",
    "en/papers/slow_pooling.md",
    "en/map.md",
    "en/paths.md",
    "ja/paths/from_scales_to_folds.md",
    "en/paths/way.md",
    "en/search.md",
    "en/snippets.md",
    "en/snippets/tidy_scale.md",
]


@pytest.fixture
def pages(context: Context) -> Mapping[str, str]:
    return {page.source: with_body(page, as_markdown(page)) for page in every_page(context)}


@pytest.mark.parametrize("source", KEPT)
def test_the_page_is_as_it_was_kept(pages: Mapping[str, str], source: str) -> None:
    golden = GOLDENS / source.replace("/", "__").replace(".md", ".html")
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(pages[source], encoding="utf-8")
    assert pages[source] == golden.read_text(encoding="utf-8")


def test_every_page_has_its_counterpart(pages: Mapping[str, str]) -> None:
    english = {source.removeprefix("en/") for source in pages if source.startswith("en/")}
    japanese = {source.removeprefix("ja/") for source in pages if source.startswith("ja/")}
    assert english == japanese


def test_every_kept_page_is_still_made(pages: Mapping[str, str]) -> None:
    assert set(KEPT) <= set(pages)


def test_no_formula_of_the_invented_base_is_refused(pages: Mapping[str, str]) -> None:
    assert 'class="katex"' in pages["en/papers/tidy_scale.md"]


def test_a_title_with_markup_is_text_everywhere(pages: Mapping[str, str]) -> None:
    assert all("<Sample>" not in text for text in pages.values())
    assert "Ben &lt;Sample&gt; &amp; Co" in pages["en/papers/tidy_scale.md"]
