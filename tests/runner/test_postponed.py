"""What is imported for a few users only runs when one of them asks."""

from __future__ import annotations

import importlib
import sys

import pytest

from paper_notes.snippets.worker.postponed import postponed

SOURCES = {
    "__init__.py": "from postponing import b, c\nfrom postponing import b\nready = True\n",
    "b.py": "from postponing import ran\n\nran.append('b')\nvalue = 2\n",
    "c/__init__.py": "from postponing import ran\n\nran.append('c')\n",
    "c/inner.py": "from postponing import ran\n\nran.append('inner')\n",
    "ran.py": "",
}
NAMES = ("postponing.b", "postponing.c")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that imports two of its modules when it is imported, which have not run."""
    for name, text in SOURCES.items():
        path = tmp_path / "postponing" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("ran = []\n" + text if name == "__init__.py" else text)
    monkeypatch.syspath_prepend(tmp_path)
    with postponed(NAMES):
        package = importlib.import_module("postponing")
    yield package
    for name in [name for name in sys.modules if name.partition(".")[0] == "postponing"]:
        del sys.modules[name]


def test_a_postponed_module_is_there_and_has_not_run(package):
    assert package.ready
    assert sys.modules["postponing.b"] is package.b
    assert package.ran == []


def test_an_attribute_runs_it_and_the_others(package):
    assert package.b.value == 2
    assert package.ran == ["b", "c"]
    assert type(package.b) is type(package)


def test_what_it_is_made_of_is_known_without_running_it(package):
    assert package.b.__file__.endswith("b.py")
    assert package.c.__spec__.name == "postponing.c"
    assert not hasattr(package.b, "__all__")
    assert package.ran == []


def test_a_module_below_it_can_be_imported(package):
    importlib.import_module("postponing.c.inner")
    assert package.ran == ["inner"]


def test_what_it_does_not_have_is_missing(package):
    with pytest.raises(AttributeError, match="nothing"):
        _ = package.b.nothing


def test_afterwards_modules_are_found_as_ever():
    before = [*sys.meta_path]
    with postponed(NAMES):
        assert len(sys.meta_path) == len(before) + 1
    assert sys.meta_path == before
