"""What is sealed comes back as it was, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.storage.sealed import read_sealed, write_sealed

VERSION = b"one"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "file"
    write_sealed(path, b"content", VERSION)
    return path


def test_what_was_written_is_read(path):
    assert read_sealed(path, VERSION) == b"content"


def test_another_version_reads_nothing(path):
    assert read_sealed(path, b"two") is None


def test_a_file_that_is_not_there_is_none(tmp_path):
    assert read_sealed(tmp_path / "file", VERSION) is None


@given(data=st.data())
def test_any_damage_shows(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("cache") / "file"
    write_sealed(path, b"content", VERSION)
    whole = path.read_bytes()
    where = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.just(whole[:where])
        | st.integers(1, 255).map(
            lambda flip: whole[:where] + bytes([whole[where] ^ flip]) + whole[where + 1 :]
        )
    )
    path.write_bytes(damaged)
    assert read_sealed(path, VERSION) is None


def test_where_nothing_can_be_written_it_goes_on(path):
    write_sealed(path / "below", b"other", VERSION)
    assert read_sealed(path, VERSION) == b"content"
