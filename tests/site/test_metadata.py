"""What a page's head says to machines."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import html5lib
import pytest

from paper_notes.notes.model import Paper
from paper_notes.pages.page import Page
from paper_notes.site.metadata import head
from paper_notes.site.publication import Publication
from tests.site.conftest import ADDRESS

URL = "en/papers/tidy_scale/"


@pytest.fixture
def page(publication: Publication) -> Page:
    return next(page for page in publication.pages if page.url == URL)


@pytest.fixture
def paper(publication: Publication) -> Paper:
    return publication.context.library.papers["tidy_scale"]


def named(text: str, attribute: str) -> list[tuple[str, str]]:
    """Each meta element's name and content, as a parser understands them."""
    document = html5lib.parse(f"<head>{text}</head>", namespaceHTMLElements=False)
    metas = document.iter("meta")
    return [(meta.get(attribute), meta.get("content")) for meta in metas if meta.get(attribute)]


def article(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert found
    return dict(json.loads(found[1]))


def test_zotero_finds_the_paper(page: Page, paper: Paper) -> None:
    found = named(head(page, replace(paper, doi="10.9999/tidy"), ADDRESS), "name")
    citation = [(name, value) for name, value in found if name.startswith("citation_")]
    assert citation == [
        ("citation_title", "Tidy Scale: Dividing by the Largest"),
        ("citation_author", "Aiko Example"),
        ("citation_author", "Ben <Sample> & Co"),
        ("citation_publication_date", "2019"),
        ("citation_journal_title", "Invented Letters"),
        ("citation_doi", "10.9999/tidy"),
        ("citation_arxiv_id", "1801.00010"),
        ("citation_pdf_url", "https://arxiv.org/pdf/1801.00010"),
    ]


def test_a_pdf_is_named_only_where_its_address_is_certain(page: Page, paper: Paper) -> None:
    assert "citation_pdf_url" not in head(page, replace(paper, arxiv=None), ADDRESS)


def test_the_article_is_about_the_scholarly_article(page: Page, paper: Paper) -> None:
    found = article(head(page, paper, ADDRESS))
    assert found["@type"] == "Article"
    assert found["url"] == ADDRESS + URL
    assert found["inLanguage"] == "en"
    about = found["about"]
    assert isinstance(about, dict)
    assert about["@type"] == "ScholarlyArticle"
    assert [author["name"] for author in about["author"]] == list(paper.authors)


def test_no_title_ends_the_script_it_stands_in(page: Page, paper: Paper) -> None:
    title = "</script><script>alert(1)</script>\u2028"
    text = head(page, replace(paper, title=title), ADDRESS)
    assert article(text)["headline"] == title
    assert "alert(1)</script" not in text


def test_a_preview_has_title_words_and_picture(page: Page, paper: Paper) -> None:
    found = dict(named(head(page, paper, ADDRESS), "property"))
    assert found["og:title"] == page.title
    assert found["og:description"] == page.description
    assert found["og:image"] == ADDRESS + "assets/preview.png"


def test_without_an_address_nothing_claims_to_be_absolute(page: Page, paper: Paper) -> None:
    text = head(page, paper, None)
    assert "og:url" not in text
    assert "og:image" not in text
    assert "atom.xml" not in text
    assert "url" not in article(text)


def test_a_list_is_no_article(publication: Publication) -> None:
    page = next(page for page in publication.pages if page.url == "ja/papers/")
    text = head(page, None, ADDRESS)
    assert "citation_" not in text
    assert "ld+json" not in text
    assert dict(named(text, "property"))["og:locale"] == "ja_JP"
