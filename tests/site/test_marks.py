"""Marks of content on the addresses of assets."""

from __future__ import annotations

from pathlib import Path

import pytest

from paper_notes.site.marks import mark_links, mark_styles, marks

KNOWN = {"assets/x.css": "1234", "assets/deep/y.js": "5678"}


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ('<link href="../../assets/x.css">', '<link href="../../assets/x.css?v=1234">'),
        ('<script src="assets/deep/y.js">', '<script src="assets/deep/y.js?v=5678">'),
        ('<link href="/sub/assets/x.css">', '<link href="/sub/assets/x.css?v=1234">'),
        ('<link href="assets/other.css">', '<link href="assets/other.css">'),
        ('<a href="en/papers/a/">', '<a href="en/papers/a/">'),
        ('<link href="assets/x.css?v=1">', '<link href="assets/x.css?v=1">'),
    ],
)
def test_links_to_known_assets_are_marked(html: str, marked: str) -> None:
    assert mark_links(html, KNOWN) == marked


def test_the_mark_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/x.css").write_text("a{}")
    before = marks(tmp_path)
    (tmp_path / "assets/x.css").write_text("b{}")
    assert before.keys() == marks(tmp_path).keys()
    assert before != marks(tmp_path)


def test_a_style_sheet_names_its_fonts_with_their_marks(tmp_path: Path) -> None:
    (tmp_path / "assets/k/fonts").mkdir(parents=True)
    (tmp_path / "assets/k/fonts/f.woff2").write_bytes(b"font")
    (tmp_path / "assets/k/k.css").write_text("@font-face{src:url(fonts/f.woff2)}")
    mark = marks(tmp_path)["assets/k/fonts/f.woff2"]
    mark_styles(tmp_path)
    assert (tmp_path / "assets/k/k.css").read_text() == (
        f"@font-face{{src:url(fonts/f.woff2?v={mark})}}"
    )
