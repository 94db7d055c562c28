"""Invented bases: sound, canonical, counted as run, and always the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from benchmarks.make_library import make_library
from paper_notes.library import load_library
from paper_notes.notes.format import formatted
from paper_notes.notes.model import LANGUAGES, QUESTIONS
from paper_notes.site.runs import REPORT, current_runs
from paper_notes.snippets.figures import FigureFolder
from paper_notes.snippets.mutate.record import current

PAPERS = 30


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of thirty papers."""
    folder = tmp_path_factory.mktemp("invented")
    make_library(PAPERS, folder)
    return folder


def files(folder: Path) -> Mapping[str, bytes]:
    """Everything in a base, less what is of this very copy: the stamps of its files."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "stamps.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def notes(folder: Path) -> Mapping[str, bytes]:
    return {path: content for path, content in files(folder).items() if path.startswith("papers/")}


def test_the_same_seed_gives_the_same_bytes(base: Path, tmp_path: Path) -> None:
    make_library(PAPERS, tmp_path)
    assert files(tmp_path) == files(base)


def test_another_seed_gives_other_papers(base: Path, tmp_path: Path) -> None:
    make_library(3, tmp_path, seed=1)
    assert set(notes(base)) & set(notes(tmp_path)) == {
        "papers/paths.yaml",
        "papers/synonyms.yaml",
        "papers/topics.yaml",
    }


def test_nothing_is_wrong_with_it(base: Path) -> None:
    library, problems = load_library(base)
    assert problems == []
    assert len(library.papers) == len(library.snippets) == PAPERS


def test_fmt_finds_nothing_to_do(base: Path) -> None:
    for id in load_library(base)[0].notes:
        path = PurePosixPath("papers") / f"{id}.yaml"
        text = (base / path).read_text(encoding="utf-8")
        assert formatted(text, path) == (text, [])


def test_every_snippet_counts_as_run_and_its_tests_as_measured(base: Path) -> None:
    library, _ = load_library(base)
    runs = current_runs(library, base / REPORT)
    assert set(runs) == set(library.snippets)
    assert set(current(base, runs)) == set(runs)


def test_some_snippets_have_a_figure_and_all_print_something(base: Path) -> None:
    library, _ = load_library(base)
    runs = current_runs(library, base / REPORT).values()
    assert 0 < sum(run.figure is not None for run in runs) < PAPERS
    assert all(run.demo for run in runs)
    read = FigureFolder.beside(base / REPORT).read
    assert all(read(run.figure) for run in runs if run.figure)


def test_every_question_is_answered_in_both_languages(base: Path) -> None:
    for paper in load_library(base)[0].papers.values():
        answers = [paper.answer(question) for question in QUESTIONS]
        assert all(answer.get(language) for answer in answers for language in LANGUAGES)


def test_papers_are_of_the_real_topics(base: Path) -> None:
    library, _ = load_library(base)
    assert {paper.topic for paper in library.papers.values()} <= set(library.topics)
