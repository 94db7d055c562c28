"""A body in a shell taken from the standing site is the page that a build makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from paper_notes.pages.context import Context
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.pages.page import Page, with_body
from paper_notes.pages.paper import paper_pages
from paper_notes.pages.snippet import snippet_pages
from paper_notes.site.metadata import head
from paper_notes.site.serving.shells import shell_of
from tests.conftest import load
from tests.site.serving.conftest import ADDRESS

IDS = ["folded_words", "slow_pooling", "tidy_scale"]


@pytest.fixture(scope="module")
def context(built: Path) -> Context:
    return Context(load(built), {}, Markdown(MathRenderer({})), None)


def page_of(context: Context, kind: str, id: str, language: str) -> Page:
    if kind == "papers":
        pages = paper_pages(context, context.library.papers[id])
    else:
        pages = snippet_pages(context, context.library.snippets[id])
    return next(page for page in pages if page.language == language)


def finished(context: Context, site: Path, page: Page, others: Iterable[str]) -> str:
    shell = shell_of(site, page, others, ADDRESS)
    assert shell is not None
    paper = context.library.papers.get(page.about or "")
    return with_body(page, shell, head(page, paper, ADDRESS))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("kind", ["papers", "snippets"])
@pytest.mark.parametrize("id", IDS)
def test_in_its_own_shell_a_page_is_as_built(
    context: Context, built: Path, kind: str, id: str, language: str
) -> None:
    page = page_of(context, kind, id, language)
    standing = (built / "site" / page.url / "index.html").read_text(encoding="utf-8")
    assert finished(context, built / "site", page, []) == standing


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("kind", ["papers", "snippets"])
def test_in_anothers_shell_a_page_is_as_built(
    context: Context, built: Path, tmp_path: Path, kind: str, language: str
) -> None:
    pages = [page_of(context, kind, id, language) for id in IDS]
    by_math = {page.math: page for page in pages}
    for page in pages:
        other = by_math[page.math]
        place = tmp_path / page.kind / other.url
        place.mkdir(parents=True, exist_ok=True)
        (place / "index.html").write_bytes((built / "site" / other.url / "index.html").read_bytes())
        standing = (built / "site" / page.url / "index.html").read_text(encoding="utf-8")
        assert finished(context, tmp_path / page.kind, page, [other.url]) == standing


def test_what_stands_in_the_head_is_escaped(context: Context, built: Path) -> None:
    page = page_of(context, "papers", "tidy_scale", "en")
    page = replace(page, title="</title><b>", description='"><b> \\1')
    shell = shell_of(built / "site", page, [], ADDRESS)
    assert shell is not None
    assert "<title>&lt;/title&gt;&lt;b&gt; – Paper Notes</title>" in shell
    assert 'content="&quot;&gt;&lt;b&gt; \\1"' in shell


def test_a_shell_without_mathematics_does_not_serve_a_page_with_it(
    context: Context, built: Path
) -> None:
    page = page_of(context, "papers", "tidy_scale", "en")
    shell = shell_of(built / "site", replace(page, math=not page.math), [], ADDRESS)
    assert shell is None


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\xff"])
def test_a_page_that_is_not_ours_gives_no_shell(
    context: Context, tmp_path: Path, content: bytes
) -> None:
    page = replace(page_of(context, "papers", "tidy_scale", "en"), math=False)
    (tmp_path / page.url).mkdir(parents=True)
    (tmp_path / page.url / "index.html").write_bytes(content)
    assert shell_of(tmp_path, page, [], None) is None
