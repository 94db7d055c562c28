"""Formulas that no page could show are found by `check`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from paper_notes.checking import formulas
from paper_notes.checking.check import check
from paper_notes.checking.formulas import FEWEST, MEMORY, check_formulas
from paper_notes.mappings import Derived
from paper_notes.notes.read import Note
from paper_notes.problems import Problem
from tests.conftest import load

NOTE = "papers/tidy_scale.yaml"


def change(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def many(root: Path) -> Path:
    """A base with so many formulas that it is worth remembering them."""
    formulas = " ".join(f"$x_{{{number}}}$" for number in range(FEWEST + 1))
    change(root, NOTE, "It needs", f"{formulas} It needs")
    return root


def found(root: Path) -> list[Problem]:
    return [problem for problem in check(root, []).problems if problem.code == "math"]


def test_good_formulas_are_no_matter(root: Path) -> None:
    assert found(root) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "line"),
    [
        (NOTE, "$y = x /", "$\\frakk{y} = x /", 13),
        ("papers/paths.yaml", "$\\max$", "$\\maxx$", 4),
        ("snippets/tidy_scale.py", "y_i = \\frac", "y_i = \\fracc", 5),
        ("papers/folded_words.yaml", "$f(x) =", "$f(x =)_a_b", 9),
    ],
)
def test_a_formula_that_katex_refuses_is_named_with_its_place(
    root: Path, path: str, old: str, new: str, line: int
) -> None:
    change(root, path, old, new)
    [problem] = found(root)
    assert (str(problem.place.path), problem.place.line) == (path, line)
    assert problem.place.column > 1


def test_what_the_page_shows_as_words_is_no_formula(root: Path) -> None:
    change(root, NOTE, "It needs", "Between `$\\nosuch$` and \\\\$5. It needs")
    assert found(root) == []


def test_a_base_that_was_good_is_not_looked_at_again(many: Path) -> None:
    root = many
    check(root, [])
    before = (root / MEMORY).stat().st_mtime_ns
    assert check_formulas(load(root)) == []
    assert (root / MEMORY).stat().st_mtime_ns == before


def test_notes_that_did_not_change_are_not_opened_for_it(many: Path) -> None:
    check_formulas(load(many))
    change(many, "papers/folded_words.yaml", "$f(x) =", "$f(x =)_a_b")
    library, opened = load(many), list[str]()

    def look(id: str) -> Note:
        opened.append(id)
        return library.notes[id]

    watched = replace(library, notes=Derived(library.notes, look))
    assert [problem.code for problem in check_formulas(watched)] == ["math"]
    assert opened == ["folded_words"]


def test_very_many_new_formulas_are_left_to_the_build(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(many, NOTE, "$y = x /", "$\\frakk{y} = x /")
    monkeypatch.setattr(formulas, "MOST", FEWEST)
    assert check_formulas(load(many)) == []
    assert not (many / MEMORY).exists()


def test_what_another_katex_accepted_is_looked_at_again(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_formulas(load(many))
    before = (many / MEMORY).read_bytes()
    monkeypatch.setattr(formulas, "reader", lambda: "a newer KaTeX")
    check_formulas(load(many))
    assert (many / MEMORY).read_bytes() != before


def test_a_refused_formula_is_named_each_time(root: Path) -> None:
    change(root, NOTE, "$y = x /", "$\\frakk{y} = x /")
    assert len(found(root)) == len(found(root)) == 1


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b"\xff", b'{"papers/tidy_scale.yaml": 3}'])
def test_a_damaged_memory_is_made_anew(many: Path, damage: bytes) -> None:
    check(many, [])
    good = (many / MEMORY).read_bytes()
    (many / MEMORY).write_bytes(damage)
    assert found(many) == []
    assert (many / MEMORY).read_bytes() == good


def test_a_folder_in_place_of_the_memory_gives_way(many: Path) -> None:
    (many / MEMORY / "folder").mkdir(parents=True)
    check(many, [])
    assert (many / MEMORY).is_file()


def test_where_something_else_is_wrong_nothing_is_written(many: Path) -> None:
    change(many, NOTE, "year: 2018", "year: 18")
    check(many, [])
    assert not (many / MEMORY).exists()


def test_few_formulas_are_not_worth_remembering(root: Path) -> None:
    check(root, [])
    assert not (root / MEMORY).exists()
