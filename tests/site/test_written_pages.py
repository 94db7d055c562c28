"""What the heads of hand-written pages say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import pytest

from paper_notes.library import Library
from paper_notes.site.build import build_site
from paper_notes.site.docs_tree import handwritten
from paper_notes.site.written_pages import written_pages
from paper_notes.snippets.report import SnippetResult
from tests.conftest import REPOSITORY, load
from tests.site.conftest import ADDRESS

Runs = Callable[[Library], Mapping[str, SnippetResult]]
TEXT = b'---\ntitle: A "B" & C\ndescription: Two words\n---\n# Heading\n'


def urls(*names: str, text: bytes = TEXT) -> list[str]:
    return [page.url for page in written_pages({PurePosixPath(name): text for name in names})]


def test_front_matter_describes_the_page() -> None:
    tree = {PurePosixPath(f"{language}/about.md"): TEXT for language in ("en", "ja")}
    english, japanese = written_pages(tree)
    assert (english.url, english.counterpart) == ("en/about/", japanese.url)
    assert (english.title, english.description) == ('A "B" & C', "Two words")


@pytest.mark.parametrize(
    ("name", "url"), [("a/b.md", "a/b/"), ("a/index.md", "a/"), ("index.md", "")]
)
def test_a_page_is_where_mkdocs_puts_it(name: str, url: str) -> None:
    assert urls(f"en/{name}", f"ja/{name}") == [f"en/{url}", f"ja/{url}"]


@pytest.mark.parametrize(
    "names", [("en/about.md",), ("index.md",), ("decisions/0001.md",), ("en/a.png", "ja/a.png")]
)
def test_what_has_no_counterpart_is_left_out(names: tuple[str, ...]) -> None:
    assert urls(*names) == []


@pytest.mark.parametrize(
    "text", [b"", b"# Heading\n", b"---\n[\n---\n", b"---\n- x\n---\n", b"\xff\x00"]
)
def test_what_has_no_title_is_left_out(text: bytes) -> None:
    assert urls("en/a.md", "ja/a.md", text=text) == []


def test_every_hand_written_page_of_ours_has_a_description() -> None:
    pages = list(written_pages(handwritten(REPOSITORY / "docs")))
    assert {page.url for page in pages} >= {"en/about/", "ja/commands/", "en/contributing/"}
    assert [page.url for page in pages if not page.description] == []


def test_the_built_page_says_it_to_machines(
    root: Path, runs_of: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPER_NOTES_SITE_URL", ADDRESS)
    library = load(root)
    assert build_site(library, runs_of(library)).problems == []
    page = (root / "site/ja/about/index.html").read_text(encoding="utf-8")
    head = page.partition("</head>")[0]
    assert f'<link rel="canonical" href="{ADDRESS}ja/about/">' in head
    assert f'<link rel="alternate" hreflang="en" href="{ADDRESS}en/about/">' in head
    assert '<meta property="og:title" content="このサイトについて">' in head
    assert f'<meta property="og:image" content="{ADDRESS}assets/preview.png">' in head
    assert head.count('name="description"') == 1
