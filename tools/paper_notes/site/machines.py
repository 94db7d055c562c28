"""Files that are no pages: papers as Markdown and JSON, feeds, sitemap, service worker and kin."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from paper_notes.export.inert import inert, link
from paper_notes.export.json import paper_json
from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.plain import markdown_path, paper_markdown
from paper_notes.pages.words import WORDS
from paper_notes.site.feeds import Entry, atom, json_feed, newest_first
from paper_notes.site.own_assets import own_asset
from paper_notes.site.publication import Publication
from paper_notes.site.sitemap import sitemap


def write_for_machines(publication: Publication, site: Path) -> None:
    """Write them into the folder of the site, whose pages are there already.

    Raises OSError where it cannot be written.
    """
    pages = {path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")}
    urls = {"" if page == "." else f"{page}/" for page in pages}
    for path, text in _files(publication, urls):
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(text if isinstance(text, bytes) else text.encode())


def _files(publication: Publication, urls: Collection[str]) -> Iterator[tuple[str, str | bytes]]:
    context, address = publication.context, publication.address
    for paper in context.library.papers.values():
        yield f"papers/{paper.id}.json", paper_json(paper, context.evidence[paper.id])
        for language in LANGUAGES:
            yield markdown_path(paper.id, language), paper_markdown(context, paper, language)
    yield "sw.js", own_asset("sw.js")
    yield "llms.txt", _llms(publication)
    yield (
        "robots.txt",
        "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else ""),
    )
    if not address:
        return
    yield "sitemap.xml", sitemap(urls, address, lambda url: _page_changed(publication, url))
    for language in LANGUAGES:
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
