"""What people type to say which paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.intake.source import Source, parse_source


@pytest.mark.parametrize(
    "text",
    [
        "1803.08494",
        "1803.08494v3",
        "arXiv:1803.08494",
        "arxiv:1803.08494v1",
        "https://arxiv.org/abs/1803.08494",
        "http://www.arxiv.org/pdf/1803.08494v2.pdf",
        "https://arxiv.org/pdf/1803.08494",
        "https://arxiv.org/html/1803.08494v2/",
        "https://export.arxiv.org/abs/1803.08494?context=cs",
        "10.48550/arXiv.1803.08494",
        "https://doi.org/10.48550/arXiv.1803.08494",
        "  1803.08494\n",
    ],
)
def test_an_arxiv_paper_is_recognised(text: str) -> None:
    assert parse_source(text) == Source("arxiv", "1803.08494")


def test_an_old_arxiv_id_is_recognised() -> None:
    assert parse_source("https://arxiv.org/abs/hep-th/9901001v2") == Source(
        "arxiv", "hep-th/9901001"
    )


@pytest.mark.parametrize(
    "text",
    ["10.1038/323533a0", "doi:10.1038/323533a0", "https://doi.org/10.1038%2F323533a0"],
)
def test_a_doi_is_recognised(text: str) -> None:
    assert parse_source(text) == Source("doi", "10.1038/323533a0")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "group norm",
        "1813.08494",
        "https://example.org/1803.08494",
        "file:///etc/passwd",
        "10.1",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert parse_source(text) is None


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    parse_source(text)
    parse_source(f"https://arxiv.org/{text}")
