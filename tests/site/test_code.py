"""Highlighted code apart from its page."""

from __future__ import annotations

from paper_notes.site.code import names_in_code, without_code

CODE = '<span class="n">x</span>'


def test_code_is_taken_out_and_nothing_else() -> None:
    block = f'<code class="highlight">{CODE}</code>'
    page = f"<p>a</p>{block}<code>b</code>{block}<i>c</i>"
    empty = '<code class="highlight"></code>'
    assert without_code(page) == (f"<p>a</p>{empty}<code>b</code>{empty}<i>c</i>", [CODE, CODE])


def test_a_page_without_code_stays_as_it_is() -> None:
    assert without_code("<p>a</p>") == ("<p>a</p>", [])


def test_the_classes_of_code_are_known() -> None:
    assert names_in_code(CODE) == {".n"}
