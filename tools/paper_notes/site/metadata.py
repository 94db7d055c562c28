"""What a page's head says to machines: Zotero, search engines, previews in chats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from paper_notes.export.bibtex import entry_type
from paper_notes.notes.addresses import addresses
from paper_notes.notes.model import Paper
from paper_notes.pages.page import Page, href
from paper_notes.pages.plain import markdown_path
from paper_notes.pages.words import WORDS
from paper_notes.site.feeds import FEEDS

PREVIEW = "assets/preview.png"
_LOCALES = {"en": "en_GB", "ja": "ja_JP"}
_LANGUAGE = Markup('<link rel="alternate" hreflang="{}" href="{}">\n')
_META = Markup('<meta {}="{}" content="{}">\n')
_ALTERNATE = Markup('<link rel="alternate" type="{}" title="{}" href="{}">\n')


def head(page: Page, paper: Paper | None, address: str | None) -> Markup:
    """The end of this page's head; `paper` is the one it is about, if any.

    Without the address of the site, what has to be absolute is left out.
    """
    return Markup("").join(_lines(page, paper, address))


def _lines(page: Page, paper: Paper | None, address: str | None) -> Iterator[Markup]:
    if address:
        for language, url in sorted([(page.language, page.url), (page.other, page.counterpart)]):
            yield _LANGUAGE.format(language, address + url)
    for name, value in _open_graph(page, address):
        yield _META.format("property", f"og:{name}", value)
    if address:
        yield _META.format("name", "twitter:card", "summary_large_image")
        for kind, name in FEEDS.items():
            place = href(page.url, f"{page.language}/{name}")
            yield _ALTERNATE.format(kind, WORDS[page.language]["site"], place)
    if paper is None:
        return
    for kind, path in (
        ("text/markdown", markdown_path(paper.id, page.language)),
        ("application/json", f"papers/{paper.id}.json"),
        ("application/x-bibtex", f"bibtex/{paper.id}.bib"),
    ):
        yield _ALTERNATE.format(kind, paper.title, href(page.url, path))
    for name, value in _citation(paper):
        yield _META.format("name", f"citation_{name}", value)
    document = _for_a_script(_article(page, paper, address))
    yield Markup('<script type="application/ld+json">{}</script>\n').format(document)


def _open_graph(page: Page, address: str | None) -> Iterator[tuple[str, str]]:
    yield "title", page.title
    if page.description:
        yield "description", page.description
    yield "type", "article" if page.about else "website"
    yield "site_name", WORDS[page.language]["site"]
    yield "locale", _LOCALES[page.language]
    if address:
        yield "url", address + page.url
        yield "image", address + PREVIEW


def _citation(paper: Paper) -> Iterator[tuple[str, str]]:
    """What Zotero and Google Scholar read, under the names that they read it by."""
    venue, year = paper.published
    yield "title", paper.title
    for author in paper.authors:
        yield "author", author
    yield "publication_date", str(year)
    kind = entry_type(paper)
    if kind != "misc":
        yield ("journal_title" if kind == "article" else "conference_title"), venue
    if paper.doi:
        yield "doi", paper.doi
    if paper.arxiv:
        yield "arxiv_id", paper.arxiv
        yield "pdf_url", f"https://arxiv.org/pdf/{paper.arxiv}"


def _article(page: Page, paper: Paper, address: str | None) -> dict[str, Any]:
    """The page as schema.org's Article about a ScholarlyArticle."""
    publisher = {"@type": "Organization", "name": WORDS[page.language]["site"]}
    about = {
        "@type": "ScholarlyArticle",
        "name": paper.title,
        "author": [{"@type": "Person", "name": author} for author in paper.authors],
        "datePublished": str(paper.year),
        "sameAs": list(addresses(paper)),
    }
    article = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": paper.title,
        "description": page.description,
        "inLanguage": page.language,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "author": publisher,
        "publisher": publisher,
        "about": about,
    }
    if paper.added:
        article["datePublished"] = paper.added.isoformat()
    if address:
        article |= {"url": address + page.url, "image": address + PREVIEW}
    return article


def _for_a_script(document: dict[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(document, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
