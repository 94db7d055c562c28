"""Hostile text in every field of a note, seen on the finished page."""

from __future__ import annotations

from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from paper_notes.site.build import build_site
from tests.conftest import invent_runs, lay_out, load

ASSETS = files("paper_notes.site").joinpath("assets")
OURS = {path.name for path in Path(str(ASSETS)).rglob("*.js")} | {"client.js"}
TITLE = "<script>alert('title')</script> & {{ config }}"
ANSWER = """<script>alert(1)</script> <img src=x onerror=alert(1)>{: onerror=alert(2)}
--8<-- "/etc/passwd"
{{ config }} {% include "x" %} {7*7} $\\\\href{javascript:alert(3)}{x}$"""
LITERAL = ["{{ config }}", "--8&lt;-- ", "{% include", "&lt;script&gt;alert(1)&lt;/script&gt;"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented base with one hostile note, built."""
    root = lay_out(tmp_path_factory.mktemp("hostile") / "base")
    note = root / "papers/slow_pooling.yaml"
    text = note.read_text(encoding="utf-8")
    title = "title: Slow Pooling Considered Gentle"
    assert title in text
    text = text.replace(title, f'title: "{TITLE}"')
    start = text.index("novelty:")
    end = text.index("key_idea:")
    answer = ANSWER.replace('"', '\\"').replace("\n", "\\n")
    text = f'{text[:start]}novelty: {{en: "{answer}", ja: "{answer}"}}\n{text[end:]}'
    note.write_text(text, encoding="utf-8")
    library = load(root)
    built = build_site(library, invent_runs(library))
    assert built.problems == []
    return root / "site"


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


class _Active(HTMLParser):
    """Collects what could run: scripts that are not ours, handlers, addresses that are code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        source = (values.get("src") or "").partition("?")[0]
        is_data = values.get("type") == "application/ld+json"  # browsers never run it
        if tag == "script" and not is_data and source.rpartition("/")[2] not in OURS:
            self.found.append(f"script {values}")
        self.found += [name for name, _ in attrs if name.startswith("on")]
        for name in ("href", "src"):
            if (values.get(name) or "").lower().startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(f"{name}={values[name]}")


@pytest.mark.hostile(27, 30, 34)
def test_nothing_active_is_on_any_page(site: Path) -> None:
    for page in pages(site):
        active = _Active()
        active.feed(page.read_text(encoding="utf-8"))
        assert (page, active.found) == (page, [])


@pytest.mark.hostile(32, 33)
def test_templates_and_includes_are_literal_text(site: Path) -> None:
    page = (site / "en/papers/slow_pooling/index.html").read_text(encoding="utf-8")
    assert [text for text in LITERAL if text not in page] == []
    assert "root:x:0" not in page


@pytest.mark.hostile(28)
def test_the_title_is_text_wherever_it_stands(site: Path) -> None:
    for page in pages(site):
        assert "<script>alert('title')" not in page.read_text(encoding="utf-8")
    head = (site / "en/papers/slow_pooling/index.html").read_text(encoding="utf-8")
    assert "<title>&lt;script&gt;alert(&#x27;title&#x27;)&lt;/script&gt; &amp; {{ config }}" in head


def test_the_title_is_escaped_in_bibtex(site: Path) -> None:
    written = (site / "bibtex/slow_pooling.bib").read_text(encoding="utf-8")
    assert r"\{\{ config \}\}" in written


def test_a_demo_that_prints_markup_prints_text(site: Path) -> None:
    page = (site / "en/papers/tidy_scale/index.html").read_text(encoding="utf-8")
    assert "says &lt;hello&gt; &amp; more" in page
