"""Hostile snippets are contained and named for what they are, and leave nothing behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.runner.containment import Ran, as_expected, run_all
from tests.runner.hostile import CASES

# What it takes to be contained by ourselves where the kernel gives no namespace.
HARDEST = ("daemon", "fork_bomb", "kills_its_parent", "network", "sleeps", "home")


@pytest.fixture(scope="module")
def empty() -> Iterator[Path]:
    """A folder that every user of this machine may read."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def contained(empty: Path) -> Ran:
    return run_all(empty / "as_is", CASES)


@pytest.fixture(scope="module")
def as_ordinary_user(empty: Path) -> Ran:
    return _as_ordinary_user(empty / "ordinary", CASES)


@pytest.fixture(scope="module")
def without_namespaces(empty: Path) -> Ran:
    return _as_ordinary_user(empty / "without", HARDEST, "namespaces", "bubblewrap")


def _as_ordinary_user(root: Path, ids: Iterable[str], *without: str) -> Ran:
    try:
        return run_all(root, ids, *without, ordinary=True)
    except LookupError as error:
        pytest.skip(str(error))


def check(ran: Ran, id: str) -> None:
    result = ran.report.results[id]
    assert as_expected(id, result), f"{result.status}: {result.error}"


@pytest.mark.parametrize("id", CASES)
@pytest.mark.hostile(43, 44, 45, 46, 53, 54)
def test_a_hostile_snippet_is_named_for_what_it_is(contained, id):
    check(contained, id)


@pytest.mark.parametrize("id", CASES)
def test_an_ordinary_user_is_protected_as_well(as_ordinary_user, id):
    check(as_ordinary_user, id)


@pytest.mark.parametrize("id", HARDEST)
def test_without_namespaces_the_worker_finds_what_snippets_start(without_namespaces, id):
    check(without_namespaces, id)
    assert without_namespaces.report.sandbox["namespaces"] == "none: not tried"


@pytest.mark.parametrize("ran", ["contained", "as_ordinary_user", "without_namespaces"])
@pytest.mark.hostile(45)
def test_no_process_and_no_file_is_left(ran, request):
    assert request.getfixturevalue(ran).left == []


@pytest.mark.parametrize("ran", ["contained", "as_ordinary_user", "without_namespaces"])
@pytest.mark.hostile(47)
def test_the_repository_is_as_it_was(ran, request):
    result = request.getfixturevalue(ran)
    assert result.after == result.before
