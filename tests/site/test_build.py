"""Building a site from the invented base."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from filelock import FileLock

from paper_notes.library import Library, load_library
from paper_notes.problems import has_errors
from paper_notes.site import build
from paper_notes.site.build import Built, build_site
from paper_notes.snippets.report import SnippetResult

Runs = Callable[[Library], Mapping[str, SnippetResult]]


@pytest.fixture
def built(root: Path, runs_of: Runs) -> Built:
    return make(root, runs_of)


def make(root: Path, runs_of: Runs) -> Built:
    library, problems = load_library(root)
    assert not has_errors(problems), problems
    return build_site(library, runs_of(library))


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_every_page_is_built_and_every_link_leads_somewhere(root: Path, built: Built) -> None:
    assert built.problems == []
    assert (root / "site/en/papers/tidy_scale/index.html").is_file()
    assert (root / "site/ja/papers/tidy_scale/index.html").is_file()
    assert (root / "site/bibtex/tidy_scale.bib").is_file()
    assert (root / "site/notebooks/tidy_scale.ipynb").is_file()


def test_pages_say_which_language_they_are_in(root: Path, built: Built) -> None:
    assert built.pages
    for language in ("en", "ja"):
        page = (root / f"site/{language}/papers/tidy_scale/index.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}"' in page


def test_nothing_is_asked_of_another_host(root: Path, built: Built) -> None:
    import re

    assert built.pages
    for page in (root / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//', text) == []
        assert re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="(?:https?:)?//', text) == []


def test_katex_styles_are_loaded_only_where_there_is_mathematics(root: Path, built: Built) -> None:
    assert built.pages
    assert "katex.min.css" in (root / "site/en/papers/tidy_scale/index.html").read_text()
    assert "katex.min.css" not in (root / "site/en/snippets/index.html").read_text()


def test_sources_are_not_touched(root: Path, runs_of: Runs) -> None:
    folders = ("papers", "snippets", "tests", "docs")
    before = {folder: tree(root / folder) for folder in folders}
    make(root, runs_of)
    assert {folder: tree(root / folder) for folder in folders} == before


def test_an_unchanged_build_writes_nothing_and_gives_the_same_bytes(
    root: Path, runs_of: Runs
) -> None:
    make(root, runs_of)
    before = tree(root / "site")
    again = make(root, runs_of)
    assert again.written == 0
    assert tree(root / "site") == before


def test_a_removed_paper_leaves_the_site(root: Path, runs_of: Runs) -> None:
    make(root, runs_of)
    (root / "build/docs/en/papers/gone.md").write_text("# Gone")
    (root / "site/en/papers/gone").mkdir()
    make(root, runs_of)
    assert not (root / "site/en/papers/gone").exists()


@pytest.mark.hostile(52)
def test_a_damaged_cache_is_rebuilt_with_the_same_output(root: Path, runs_of: Runs) -> None:
    make(root, runs_of)
    before = (root / "site/en/papers/tidy_scale/index.html").read_bytes()
    for path in (root / "build/cache").iterdir():
        path.write_bytes(b"\x00 not JSON")
    assert make(root, runs_of).problems == []
    assert (root / "site/en/papers/tidy_scale/index.html").read_bytes() == before


def fail_to_build(root: Path, runs_of: Runs, code: str) -> Built:
    """Build, expecting one problem; the old site must still be whole."""
    before = tree(root / "site")
    built = make(root, runs_of)
    assert code in {problem.code for problem in built.problems}
    assert tree(root / "site") == before
    return built


def test_a_refused_formula_names_its_line_and_leaves_the_old_site(
    root: Path, runs_of: Runs
) -> None:
    make(root, runs_of)
    note = root / "papers/tidy_scale.yaml"
    note.write_text(note.read_text(encoding="utf-8").replace(r"\max_i |x_i|", r"\frac{x_i", 1))
    problem = fail_to_build(root, runs_of, "math").problems[0]
    assert str(problem.place.path) == "papers/tidy_scale.yaml"
    assert r"\frac{x_i" in note.read_text().split("\n")[problem.place.line - 1]


def test_a_broken_link_in_a_hand_written_page_leaves_the_old_site(
    root: Path, runs_of: Runs
) -> None:
    make(root, runs_of)
    page = root / "docs/en/about.md"
    page.write_text(page.read_text(encoding="utf-8") + '\n<a href="../nowhere/">x</a>\n')
    fail_to_build(root, runs_of, "broken-link")


def test_a_hand_written_page_in_the_place_of_a_generated_one_is_refused(
    root: Path, runs_of: Runs
) -> None:
    make(root, runs_of)
    (root / "docs/en/papers").mkdir()
    (root / "docs/en/papers/tidy_scale.md").write_text("# Mine")
    fail_to_build(root, runs_of, "two-sources")


@pytest.mark.hostile(49)
@pytest.mark.parametrize("step", ["write_tree", "assemble"])
def test_a_full_disk_leaves_the_old_site(
    root: Path, runs_of: Runs, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    make(root, runs_of)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device", "build/docs/x")

    monkeypatch.setattr(build, step, full)
    problem = fail_to_build(root, runs_of, "cannot-write").problems[-1]
    assert "No space left" in problem.message


@pytest.mark.hostile(50)
def test_a_second_build_at_once_is_refused_after_waiting(
    root: Path, runs_of: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(root, runs_of)
    monkeypatch.setattr(build, "LOCK_SECONDS", 0.2)
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with FileLock(root / "build/.lock"):
            held.set()
            free.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(60)
    try:
        fail_to_build(root, runs_of, "locked")
    finally:
        free.set()
        other.join()


def test_without_mkdocs_yml_the_reason_is_given(root: Path, runs_of: Runs) -> None:
    (root / "mkdocs.yml").unlink()
    (problem,) = make(root, runs_of).problems
    assert problem.code == "no-config"


@pytest.mark.parametrize("damage", ["theme: [", "theme: {name: nothing-like-it}", "nav: 3"])
def test_a_damaged_mkdocs_yml_is_a_problem_not_a_traceback(
    root: Path, runs_of: Runs, damage: str
) -> None:
    (root / "mkdocs.yml").write_text(f"site_name: x\n{damage}\n")
    problems = make(root, runs_of).problems
    assert {problem.code for problem in problems} == {"bad-config"}
