"""Highlighted code apart from its page."""

from __future__ import annotations

from markupsafe import Markup

from paper_notes.site.code import names_in_code, without_code

CODE = '<span class="n">x</span>'


def test_code_is_taken_out_and_nothing_else() -> None:
    block = f'<code class="highlight">{CODE}</code>'
    page = f"<p>a</p>{block}<code>b</code>{block}<i>c</i>"
    empty = '<code class="highlight"></code>'
    assert without_code(page) == (f"<p>a</p>{empty}<code>b</code>{empty}<i>c</i>", [CODE, CODE])


def test_what_comes_behind_code_stays_markup() -> None:
    page = Markup(f'<code class="highlight">{CODE}</code><a href="b">b</a>')
    assert without_code(page) == ('<code class="highlight"></code><a href="b">b</a>', [CODE])


def test_a_page_without_code_stays_as_it_is() -> None:
    assert without_code("<p>a</p>") == ("<p>a</p>", [])


def test_the_classes_of_code_are_known() -> None:
    assert names_in_code(CODE) == {".n"}
