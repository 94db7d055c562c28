"""A test's digest changes with the test and with what it uses, and with nothing else."""

from __future__ import annotations

import pytest

from paper_notes.snippets.mutate.digests import test_digests as digests_of

SOURCE = """\
import pytest
from snippets.s import f, g

SIZE = 3

def helper():
    return f(SIZE)

@pytest.fixture
def value():
    return 1

def test_a(value):
    assert helper() == value

def test_b():
    assert g() == 2
"""


def changed(old: str, new: str) -> set[str]:
    """The tests whose digests change when old is replaced."""
    assert old in SOURCE
    before, after = digests_of(SOURCE, b""), digests_of(SOURCE.replace(old, new), b"")
    return {name for name in before | after if before.get(name) != after.get(name)}


@pytest.mark.parametrize(
    ("old", "new", "tests"),
    [
        ("== 2", "== 3", {"test_b"}),
        ("SIZE = 3", "SIZE = 4", {"test_a"}),
        ("return 1", "return 2", {"test_a"}),
        ("f(SIZE)", "f(SIZE + 1)", {"test_a"}),
        ("def test_b", "def test_c", {"test_b", "test_c"}),
        ("def test_b", "# why\n\ndef test_b", set()),
        ("@pytest.fixture\n", "@pytest.fixture(autouse=True)\n", {"test_a", "test_b"}),
        ("SIZE = 3", "SIZE = 3\nassert SIZE", {"test_a", "test_b"}),
        ("SIZE = 3", "SIZE = 3\npytestmark = []", {"test_a", "test_b"}),
    ],
)
def test_what_a_change_touches(old, new, tests):
    assert changed(old, new) == tests


def test_what_all_tests_depend_on_changes_all():
    assert set(digests_of(SOURCE, b"a").values()).isdisjoint(digests_of(SOURCE, b"b").values())
