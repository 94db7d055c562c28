"""A reading comes back from its bytes as it was, and other bytes are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.reading.sources import find_sources
from paper_notes.reading.units import Unit, pack, units, unpack

LIBRARY = Path(__file__).parents[1] / "data" / "library"
UNITS = list(units(find_sources(LIBRARY)))


def test_a_unit_is_a_note_or_a_snippet_with_its_tests():
    assert [unit.files for unit in UNITS if "tidy_scale" in unit.name] == [
        ("papers/tidy_scale.yaml",),
        ("snippets/tidy_scale.py", "tests/snippets/test_tidy_scale.py"),
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_reading_comes_back_as_it_was(unit):
    reading = unit.read(LIBRARY)
    assert unpack(unit, pack(reading)) == reading


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_reading_files_is_understanding_what_they_hold(unit):
    contents = [(LIBRARY / file).read_bytes() for file in unit.files]
    assert unit.understand(contents) == unit.read(LIBRARY)


@given(st.binary())
def test_other_bytes_are_refused(packed):
    with pytest.raises(ValueError):
        unpack(UNITS[0], packed)


def test_a_reading_of_another_kind_is_refused():
    note, snippet = UNITS[0], UNITS[-1]
    with pytest.raises(ValueError):
        unpack(note, pack(snippet.read(LIBRARY)))


@pytest.mark.parametrize("name", ["papers/a.yml", "papers/a.YAML", "papers/ａ.yaml", "papers/a"])
def test_a_file_with_an_odd_name_is_not_ordinary(tmp_path, name):
    (tmp_path / "papers").mkdir()
    (tmp_path / name).write_text("")
    assert not any(unit.ordinary for unit in units(find_sources(tmp_path)))


def test_a_note_is_ordinary(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/a.yaml").write_text("")
    assert list(units(find_sources(tmp_path))) == [Unit(("papers/a.yaml",), True)]
