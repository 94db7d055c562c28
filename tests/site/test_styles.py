"""Style sheets cut down to what pages use."""

from __future__ import annotations

import pytest

from paper_notes.site.styles import names_in, trim


def test_a_pages_names_are_its_classes_and_ids() -> None:
    page = '<p class="one two" id="three"><b class="one">x</b></p>'
    assert set(names_in(page)) == {".one", ".two", "#three"}


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".here{color:red}", ".here{color:red}"),
        (".gone{color:red}", ""),
        ("#gone{color:red}", ""),
        (".here .gone{color:red}", ""),
        (".here.gone{color:red}", ""),
        (".gone,.here{color:red}", ".here{color:red}"),
        ("video{color:red}", "video{color:red}"),
        (".here:not(.gone){color:red}", ".here:not(.gone){color:red}"),
        ("a:is(.gone,.here){color:red}", "a:is(.gone,.here){color:red}"),
        ("@media print{.gone{color:red}}", ""),
        ("@media print{.here{color:red}}", "@media print{.here{color:red}}"),
        ("@keyframes x{from{top:0}to{top:1px}}", "@keyframes x{from{top:0}to{top:1px}}"),
        ('@charset "utf-8";/* words */.here{color:red}', ".here{color:red}"),
        ('.here::before{content:","}', '.here::before{content:","}'),
        ("@font-face{font-family:Idle;src:url(i)}", ""),
        (
            "@font-face{font-family:Busy;src:url(b)}p{font:1em Busy}",
            "@font-face{font-family:Busy;src:url(b)}p{font:1em Busy}",
        ),
        (":root{--idle:1px;top:0}", ":root{top:0}"),
        (":root{--idle:1px}", ""),
        (":root{--busy:1px}", ":root{--busy:1px}"),
        (
            ".here{background:url(\"data:image/svg+xml;charset=utf-8,<svg a='b{}'/>\")}",
            ".here{background:url(\"data:image/svg+xml;charset=utf-8,<svg a='b{}'/>\")}",
        ),
    ],
)
def test_what_stays_of_a_style_sheet(css: str, kept: str) -> None:
    assert trim(css, {".here"}, ["p{top:var(--busy)}"]) == kept
