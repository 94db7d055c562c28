"""Every page is valid HTML: a parser that is as strict as the standard has nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import html5lib

from paper_notes.library import Library
from paper_notes.site.build import build_site
from paper_notes.snippets.report import SnippetResult
from tests.conftest import load


def test_every_page_is_valid_html(
    root: Path, runs_of: Callable[[Library], Mapping[str, SnippetResult]]
) -> None:
    library = load(root)
    assert build_site(library, runs_of(library)).problems == []
    pages = sorted((root / "site").rglob("*.html"))
    assert pages
    assert [(page.name, *faults) for page in pages if (faults := _faults(page))] == []


def _faults(page: Path) -> list[tuple[int, str]]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page.read_text(encoding="utf-8"))
    faults = [(line, code) for (line, _), code, _ in parser.errors]
    return [*faults, *((0, id) for id in _twice(page))]


def _twice(page: Path) -> list[str]:
    """The ids that stand more than once, which a parser does not mind."""
    document = html5lib.parse(page.read_text(encoding="utf-8"), namespaceHTMLElements=False)
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    return sorted({id for id in ids if ids.count(id) > 1})
