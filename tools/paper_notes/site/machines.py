"""Files that are no pages: papers as Markdown and JSON, feeds, sitemap, service worker and kin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial

from paper_notes.export.bibtex import bibtex
from paper_notes.export.inert import inert, link
from paper_notes.export.json import paper_json
from paper_notes.export.notebook import notebook
from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.context import Context
from paper_notes.pages.data import data_files
from paper_notes.pages.figure import drawing_path
from paper_notes.pages.plain import markdown_path, paper_markdown
from paper_notes.pages.words import WORDS
from paper_notes.pages.words.search import WORDS as SEARCH_WORDS
from paper_notes.search.files import card_files, client_files, index_files, word_files
from paper_notes.search.index import Reading
from paper_notes.search.opensearch import opensearch
from paper_notes.site.feeds import Entry, atom, json_feed, newest_first
from paper_notes.site.own_assets import own_asset
from paper_notes.site.publication import Publication
from paper_notes.site.sitemap import sitemaps


def files_about(
    context: Context, id: str
) -> Iterator[tuple[str, Callable[[], str | bytes | None]]]:
    """The files of one paper and its snippet that are no pages: paths, and what makes each.

    What makes one gives None where there is nothing to make it of: a figure that was lost.
    """
    paper, snippet = context.library.papers.get(id), context.library.snippets.get(id)
    if paper:
        yield f"bibtex/{id}.bib", partial(bibtex, paper)
        yield f"papers/{id}.json", partial(paper_json, paper, context.evidence[id])
        for language in LANGUAGES:
            yield markdown_path(id, language), partial(paper_markdown, context, paper, language)
    if snippet:
        yield f"notebooks/{id}.ipynb", partial(notebook, snippet, paper)
    run = context.runs.get(id)
    if run and run.figure:
        yield drawing_path(run), partial(_figure, context, id)


def _figure(context: Context, id: str) -> bytes | None:
    figure = context.drawing(id)
    return figure.content if figure else None


def cards_about(context: Context, id: str) -> Iterator[tuple[str, bytes]]:
    """The paper's cards for the search."""
    library, paper = context.library, context.library.papers.get(id)
    if paper:
        made = card_files(paper, context.keys[id], library.topics, context.totals([paper]))
        yield from ((str(path), content) for path, content in made)


def index_of(context: Context, reading: Reading) -> Iterator[tuple[str, bytes]]:
    """The index of the search, of what was read in all papers."""
    yield from ((str(path), content) for path, content in index_files(context.library, reading))


def machine_files(
    publication: Publication, urls: Collection[str]
) -> Iterator[tuple[str, str | bytes]]:
    """The files about the whole site but the index, where pages are at these addresses."""
    context, address = publication.context, publication.address
    yield from data_files(context)
    for path, content in (*word_files(context.library, SEARCH_WORDS), *client_files()):
        yield str(path), content
    yield "sw.js", own_asset("sw.js")
    yield "llms.txt", _llms(publication)
    yield (
        "robots.txt",
        "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else ""),
    )
    if not address:
        return
    yield from sitemaps(urls, address, lambda url: _page_changed(publication, url))
    for language in LANGUAGES:
        yield f"{language}/opensearch.xml", opensearch(address, language, WORDS[language])
        entries = newest_first(_entries(publication, language))
        yield f"{language}/atom.xml", atom(entries, language, address)
        yield f"{language}/feed.json", json_feed(entries, language, address)


def _entries(publication: Publication, language: str) -> Iterator[Entry]:
    """A feed needs dates: a note that does not say when it was added is not in it."""
    for page in publication.pages:
        paper = publication.paper(page)
        changed = publication.changed(paper) if paper else None
        if page.language == language and paper and paper.added and changed:
            yield Entry(page, paper.added, changed)


def _page_changed(publication: Publication, url: str) -> datetime | None:
    """When the page at this address changed; lists change with whatever is in them: no date."""
    language, _, rest = url.partition("/")
    kind, _, id = rest.strip("/").partition("/")
    paper = publication.context.library.papers.get(id)
    if kind in ("papers", "snippets") and paper:
        return publication.changed(paper)
    return publication.changes.get(f"docs/{language}/{kind}.md") if not id else None


def _llms(publication: Publication) -> str:
    """What is here, for language models: https://llmstxt.org."""
    base = publication.address or ""
    words = WORDS["en"]
    lines = [f"# {words['site']}", "", f"> {words['tagline']}", "", words["introduction"]]
    for language in LANGUAGES:
        lines += ["", f"## {WORDS[language]['papers']} ({language})", ""]
        lines += [
            f"- {link(page.title, base + markdown_path(page.about, language))}: "
            f"{inert(page.description)}"
            for page in publication.pages
            if page.about and page.language == language
        ]
    return "\n".join(lines) + "\n"
