"""Links within a built site."""

from __future__ import annotations

from pathlib import Path

import pytest

from paper_notes.site.links import broken_links


def site(folder: Path, body: str) -> list[str]:
    pages = {
        "index.html": body,
        "en/a/index.html": '<h2 id="claims">x</h2>',
        "assets/style.css": "",
    }
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return [link for _, link in broken_links(folder)]


@pytest.mark.parametrize(
    "link",
    ["en/a/", "en/a/index.html", "en/a/#claims", "assets/style.css", "#here",
     "https://example.org/x", "mailto:a@example.org", "?q=1"],
)  # fmt: skip
def test_links_that_lead_somewhere(tmp_path: Path, link: str) -> None:
    assert site(tmp_path, f'<p id="here"><a href="{link}">x</a>') == []


@pytest.mark.parametrize("link", ["en/b/", "en/a/#nothing", "../outside", "/en/a/", "#nowhere"])
def test_links_that_lead_nowhere(tmp_path: Path, link: str) -> None:
    assert site(tmp_path, f'<a href="{link}">x</a>') == [link]


def test_images_and_scripts_count_too(tmp_path: Path) -> None:
    body = '<img src="a.svg"><script src="b.js"></script>'
    assert site(tmp_path, body) == ["a.svg", "b.js"]
