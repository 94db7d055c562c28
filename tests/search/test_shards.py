"""The index in files."""

from __future__ import annotations

from bisect import bisect_right

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.search.shards import CHAPTER, SIZE, cut

ENTRIES = st.dictionaries(
    st.text("abcあい正規#=~", min_size=1, max_size=6), st.text("1:a", max_size=2000), max_size=60
).map(lambda entries: dict(sorted(entries.items())))


@given(ENTRIES)
def test_every_entry_is_in_the_file_that_its_key_leads_to(entries: dict[str, str]) -> None:
    shards = cut(entries)
    for key, entry in entries.items():
        assert shards.files[bisect_right(shards.starts, key) - 1][key] == entry


@given(ENTRIES)
def test_no_file_of_several_entries_is_large(entries: dict[str, str]) -> None:
    for file in cut(entries).files:
        assert len(file) <= 1 or sum(len(key) + len(entry) for key, entry in file.items()) <= SIZE


def test_an_empty_index_is_one_empty_file() -> None:
    shards = cut({})
    assert (shards.files, shards.starts) == ([{}], [""])


def test_starts_are_as_short_as_they_can_be() -> None:
    entries = {"normal": "x" * SIZE, "normalization": "x" * SIZE, "transformer": "x" * SIZE}
    assert cut(entries).starts == ["", "normali", "t"]


def test_chapters_hold_the_starts_of_so_many_files() -> None:
    entries = {f"{number:05d}": "x" * SIZE for number in range(CHAPTER + 1)}
    shards = cut(entries)
    assert [len(chapter) for chapter in shards.chapters] == [CHAPTER, 1]
    assert set(shards.contents()) == {*map(str, range(CHAPTER + 1)), "c0", "c1"}
