"""The script in a page, and the page's mark."""

from __future__ import annotations

from paper_notes.site.serving.client import SCRIPT, mark_of, script, with_client


def test_the_script_stands_at_the_end_of_the_head() -> None:
    page = with_client(b"<head><title>x</title></head><body></head></body>", "abc")
    assert page.startswith(b"<head><title>x</title><script src=")
    assert page.count(SCRIPT.encode()) == 1
    assert b'data-mark="abc"' in page


def test_another_page_has_another_mark() -> None:
    assert len({mark_of(b"a"), mark_of(b"b"), mark_of(b""), mark_of(None)}) == 4


def test_a_page_that_is_not_there_has_an_empty_mark() -> None:
    assert mark_of(None) == ""


def test_the_script_is_in_the_package() -> None:
    assert b"EventSource" in script()


def test_the_script_shows_somebodys_words_as_text_alone() -> None:
    assert b"innerHTML" not in script()
