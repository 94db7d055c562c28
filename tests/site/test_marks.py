"""Marks of content on the addresses of assets."""

from __future__ import annotations

import pytest

from paper_notes.site.marks import mark_links, marked, marks

KNOWN = {"assets/x.css": "1234", "assets/deep/y.js": "5678"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<link href="../../assets/x.css">', '<link href="../../assets/x.css?v=1234">'),
        ('<script src="assets/deep/y.js">', '<script src="assets/deep/y.js?v=5678">'),
        ('<link href="/sub/assets/x.css">', '<link href="/sub/assets/x.css?v=1234">'),
        ('<link href="assets/other.css">', '<link href="assets/other.css">'),
        ('<a href="en/papers/a/">', '<a href="en/papers/a/">'),
        ('<link href="assets/x.css?v=1">', '<link href="assets/x.css?v=1">'),
    ],
)
def test_links_to_known_assets_are_marked(html: str, expected: str) -> None:
    assert mark_links(html, KNOWN) == expected


def test_the_mark_changes_with_the_content() -> None:
    before, after = marks({"assets/x.css": b"a{}"}), marks({"assets/x.css": b"b{}"})
    assert before.keys() == after.keys()
    assert before != after


def test_a_style_sheet_names_its_fonts_with_their_marks() -> None:
    assets = {
        "assets/k/fonts/f.woff2": b"font",
        "assets/k/k.css": b"@font-face{src:url(fonts/f.woff2)}",
    }
    known = marks(assets)
    mark = known["assets/k/fonts/f.woff2"]
    made = marked(assets, known)
    assert made["assets/k/k.css"].decode() == f"@font-face{{src:url(fonts/f.woff2?v={mark})}}"
    assert made["assets/k/fonts/f.woff2"] == b"font"
