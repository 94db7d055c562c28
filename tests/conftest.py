"""What several folders of tests share: an invented base, and results its snippets would give."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from paper_notes.library import Library, load_library
from paper_notes.problems import has_errors
from paper_notes.snippets.figures import FigureFolder, name_of
from paper_notes.snippets.report import SnippetResult, TestOutcome

# A run in the background may have been told to ignore interrupts, and would tell its children.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is not a bug.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

REPOSITORY = Path(__file__).parents[1]
INVENTED = REPOSITORY / "tests" / "data" / "library"
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'
FIGURES = {name_of(FIGURE.encode()): FIGURE}  # what every invented run has drawn
OVERRIDES = "tools/paper_notes/site/overrides"


def lay_out(folder: Path) -> Path:
    """A copy of the invented base with the real settings, hand-written pages and a figure."""
    shutil.copytree(INVENTED, folder, dirs_exist_ok=True)
    shutil.copytree(REPOSITORY / "docs", folder / "docs")
    settings = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    settings = settings.replace(OVERRIDES, (REPOSITORY / OVERRIDES).as_posix())
    (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
    FigureFolder(folder / "build/figures").keep(FIGURE)
    return folder


def load(root: Path) -> Library:
    """The base at root, which must be free of errors."""
    library, problems = load_library(root)
    assert not has_errors(problems), problems
    return library


def invent_runs(library: Library) -> Mapping[str, SnippetResult]:
    """Results as if every test had passed, always the same."""
    return {
        id: SnippetResult(
            id=id,
            key="0" * 32,
            status="passed",
            seconds=0.25,
            checked="2026-01-31",
            python="3.11.0",
            torch="2.13.0",
            tests=tuple(
                TestOutcome(test.name, "passed", 0.01, recorded=dict.fromkeys(test.records, 1234))
                for test in snippet.tests
            ),
            demo=f"{id} says <hello> & more\n",
            figure=next(iter(FIGURES)),
        )
        for id, snippet in library.snippets.items()
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A fresh invented base."""
    return lay_out(tmp_path / "base")


@pytest.fixture
def invented() -> Library:
    """The invented base, read where it lies."""
    return load(INVENTED)


@pytest.fixture
def runs_of() -> Callable[[Library], Mapping[str, SnippetResult]]:
    """Makes results for a library."""
    return invent_runs


@pytest.fixture
def no_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that other tests of this session have left do not count: they would forbid forks."""
    others, count = threading.active_count() - 1, threading.active_count
    monkeypatch.setattr(threading, "active_count", lambda: count() - others)
