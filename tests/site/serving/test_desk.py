"""A saved paper renews its own pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paper_notes.library import Library
from paper_notes.problems import Problem
from paper_notes.site.publish import publish
from paper_notes.site.serving.desk import Desk, Fate, open_desk, revise

ID = "tidy_scale"
URLS = [f"{language}/{kind}/{ID}/" for language in ("en", "ja") for kind in ("papers", "snippets")]


@pytest.fixture
def desk(base: Path) -> Iterator[Desk]:
    with closing(open_desk(base, base / "site")) as desk:
        yield desk


def edit(base: Path, old: str, new: str, path: str = f"papers/{ID}.yaml") -> None:
    text = (base / path).read_text(encoding="utf-8")
    assert old in text
    (base / path).write_text(text.replace(old, new), encoding="utf-8")


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems if problem.severity == "error"]


def test_a_note_that_says_what_it_said_changes_nothing(base: Path, desk: Desk) -> None:
    edit(base, "topic: training\n", "topic: training # a remark\n")
    revision = revise(desk, ID)
    assert (revision.fate, revision.pages, revision.desk) == (Fate.SAME, {}, desk)


def test_a_changed_note_gives_its_pages_in_both_languages(base: Path, desk: Desk) -> None:
    edit(base, "A layer that", "A sieve that")
    revision = revise(desk, ID)
    assert (revision.fate, sorted(revision.pages)) == (Fate.SHOWN, sorted(URLS))
    assert b"A sieve that" in revision.pages[f"en/papers/{ID}/"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A layer that", "A sieve with $x_i$ that"),
        ("Tidy Scale: Dividing", "Tidier Scale: Dividing"),
        ("relation: follow_up", "relation: alternative"),
        ("paper: folded_words", "paper: slow_pooling"),
        ("arxiv: 1801.00010", "arxiv: 1801.00011"),
        ("tags: [scaling]", "tags: [other]"),
    ],
)
def test_its_pages_are_those_that_a_build_makes(base: Path, desk: Desk, old: str, new: str) -> None:
    edit(base, old, new)
    revision = revise(desk, ID)
    publish(base, strict=False, say=lambda _line: None)
    assert revision.pages == {
        url: (base / "site" / url / "index.html").read_bytes() for url in URLS
    }


def test_one_change_follows_the_other(base: Path, desk: Desk) -> None:
    edit(base, "A layer that", "A sieve that")
    desk = revise(desk, ID).desk
    edit(base, "from 80 %", "from 79 %")
    page = revise(desk, ID).pages[f"en/papers/{ID}/"]
    assert b"A sieve that" in page
    assert b"from 79 %" in page


def test_a_neighbours_page_knows_of_the_change_before(base: Path, desk: Desk) -> None:
    edit(base, "Uses this layer before each fold.", "Folds rest on it.")
    desk = revise(desk, ID).desk
    edit(base, "topic:", "url: https://example.org/f\ntopic:", "papers/folded_words.yaml")
    pages = revise(desk, "folded_words").pages
    assert b"Folds rest on it." in pages["en/papers/folded_words/"]


def test_a_changed_snippet_is_shown_and_proves_nothing_yet(base: Path, desk: Desk) -> None:
    edit(base, "Tidy scale", "Tidier scale", f"snippets/{ID}.py")
    revision = revise(desk, ID)
    assert revision.fate is Fate.SHOWN
    assert b"Tidier scale" in revision.pages[f"ja/snippets/{ID}/"]
    assert ID not in revision.desk.context.runs


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("year: 2018", "yeer: 2018", "unknown-key"),
        ("topic: training", "topic: nowhere", "unknown-topic"),
        ("paper: folded_words", "paper: nobody", "unknown-paper"),
        ("test_output_ignores_the_scale", "test_of_nothing", "unknown-test"),
        ("A layer that", r"A $\nonsense$ that", "math"),
    ],
)
def test_an_error_is_told_and_leaves_all_as_it_was(
    base: Path, desk: Desk, old: str, new: str, code: str
) -> None:
    edit(base, old, new)
    revision = revise(desk, ID)
    assert (revision.fate, revision.pages, revision.desk) == (Fate.BROKEN, {}, desk)
    assert code in codes(revision.problems)
    assert f"{revision.problems[0].place.path}" == f"papers/{ID}.yaml"


def test_a_note_that_has_errors_itself_can_be_named(base: Path, desk: Desk) -> None:
    desk = replace(desk, context=desk.context.revised(*without(desk, "folded_words")))
    edit(base, "A layer that", "A sieve that")
    assert revise(desk, ID).fate is Fate.SHOWN


def without(desk: Desk, id: str) -> tuple[Library, Mapping[str, Any], Mapping[str, Any], str]:
    """What a context is made from where this note could not be read."""
    notes = {other: note for other, note in desk.library.notes.items() if other != id}
    return replace(desk.library, notes=notes), desk.context.runs, desk.context.scores, id


def test_an_error_is_told_as_often_as_the_note_is_read(base: Path, desk: Desk) -> None:
    edit(base, "A layer that", r"A $\nonsense$ that")
    assert revise(desk, ID).problems == revise(desk, ID).problems != []


def test_an_error_is_forgotten_once_it_is_mended(base: Path, desk: Desk) -> None:
    edit(base, "A layer that", r"A $\nonsense$ that")
    revise(desk, ID)
    edit(base, r"A $\nonsense$ that", "A sieve that")
    assert revise(desk, ID).fate is Fate.SHOWN


def test_a_note_that_went_away_leaves_the_base(base: Path, desk: Desk) -> None:
    (base / f"papers/{ID}.yaml").unlink()
    revision = revise(desk, ID)
    assert revision.fate is Fate.GONE
    assert ID not in revision.desk.library.papers
    assert ID not in revision.desk.library.snippets


def test_a_note_that_never_was_does_not_matter(desk: Desk) -> None:
    assert revise(desk, "never_was").fate is Fate.SAME


def test_a_new_note_has_its_pages_at_once(base: Path, desk: Desk) -> None:
    for path in (f"papers/{ID}.yaml", f"snippets/{ID}.py", f"tests/snippets/test_{ID}.py"):
        text = (base / path).read_text(encoding="utf-8").replace(ID, "new_one")
        text = text.replace("1801.00010", "1801.00099").replace("Tidy Scale:", "New One:")
        (base / path.replace(ID, "new_one")).write_text(text, encoding="utf-8")
    revision = revise(desk, "new_one")
    assert revision.fate is Fate.SHOWN
    assert b"<title>New One:" in revision.pages["en/papers/new_one/"]
