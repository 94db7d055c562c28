"""Pages made from shells are the pages that MkDocs itself would make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from markupsafe import Markup
from mkdocs.config import load_config

from paper_notes.pages.context import Context
from paper_notes.pages.every import every_id, every_page, heads_about, list_pages
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.pages.page import Page, as_markdown, with_body
from paper_notes.pages.words import WORDS
from paper_notes.site.docs_tree import write_tree
from paper_notes.site.mkdocs import render
from paper_notes.site.shells import LostBodyError, cut, shape_of, shapes_of
from tests.conftest import FIGURES, INVENTED, invent_runs, lay_out, load

SITE_NAME = "Paper Notes"


@pytest.fixture(scope="module")
def context() -> Context:
    library = load(INVENTED)
    markdown = Markdown(MathRenderer({}))
    runs = invent_runs(library)
    return Context(library, runs, markdown, None, read_figure=FIGURES.get)


@pytest.fixture(scope="module")
def pages(context: Context) -> Sequence[Page]:
    """Every page of the invented base, and some that titles and descriptions might spoil."""
    pages = list(every_page(context))
    paper = next(page for page in pages if page.kind == "paper")
    odd = [
        replace(paper, url="en/papers/odd/", title=SITE_NAME),
        replace(paper, url="en/papers/no_words/", description=""),
        replace(paper, url="en/papers/marked/", title='"<b>&amp; PnShellBody', description="<&'\""),
    ]
    return [*pages, *odd]


def rendered(root: Path, sources: Mapping[str, str], address: str) -> Path:
    """The folder that MkDocs makes of these sources."""
    tree = {PurePosixPath(path): text.encode() for path, text in sources.items()}
    tree[PurePosixPath("index.md")] = b"# The page that nav names"
    write_tree(tree, root / "build/docs")
    config = load_config(str(root / "mkdocs.yml"), site_url=address, plugins=[])
    config.extra["words"] = WORDS
    assert render(config, datetime.fromtimestamp(0, UTC)) == []
    return root / "site"


@pytest.fixture(scope="module", params=["", "https://notes.example.org/base/"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def make(folder: Path, pages: Sequence[Page], address: str) -> Iterator[tuple[str, str]]:
    """Each page as MkDocs makes it and as its shell does."""
    shapes = {page.url: shape_of(page, SITE_NAME) for page in pages}
    own = {page.source: as_markdown(page) for page in pages}
    shared = {shape.source: shape.markdown for shape in shapes.values()}
    by_mkdocs = rendered(lay_out(folder / "a"), own, address)
    by_shells = rendered(lay_out(folder / "b"), shared, address)
    for page in pages:
        whole = (by_mkdocs / page.url / "index.html").read_text(encoding="utf-8")
        shape = shapes[page.url]
        shell = (by_shells / shape.example.url / "index.html").read_text(encoding="utf-8")
        head = f"<!-- {page.url} -->"
        yield with_body(page, whole, head), cut(shell, shape, address or None).fill(page, head)


def test_a_page_from_a_shell_is_the_page_that_mkdocs_makes(
    tmp_path: Path, pages: Sequence[Page], address: str
) -> None:
    for expected, made in make(tmp_path, pages, address):
        assert made == expected


def test_there_are_few_shapes(pages: Sequence[Page]) -> None:
    papers = [page for page in pages if page.kind == "paper" and page.url.count("_") < 9]
    assert len({shape_of(page, SITE_NAME) for page in papers}) < len(papers)


def test_pages_that_headers_link_to_have_shells_of_their_own(pages: Sequence[Page]) -> None:
    papers = next(page for page in pages if page.url == "en/papers/")
    shape = shape_of(papers, SITE_NAME)
    assert not shape.shared
    assert shape.example.url == papers.url


def test_the_shapes_of_papers_are_known_before_the_papers_are_made(context: Context) -> None:
    heads = [head for id in every_id(context) for head in heads_about(context, id)]
    known = shapes_of(list_pages(context), heads, SITE_NAME)
    assert {shape_of(page, SITE_NAME) for page in every_page(context)} <= known


def test_a_generator_that_loses_the_place_of_the_body_is_found_out(pages: Sequence[Page]) -> None:
    shape = shape_of(replace(pages[0], body=Markup("")), SITE_NAME)
    with pytest.raises(LostBodyError, match="the generator lost"):
        cut("<main></main>", shape, None)
