"""Long lists in parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.pages.paging import parts


def test_the_first_part_is_at_the_list_s_own_address() -> None:
    first, second, third = parts("en/tags/x/", "abcde", 2)
    assert [part.url for part in (first, second, third)] == [
        "en/tags/x/",
        "en/tags/x/2/",
        "en/tags/x/3/",
    ]


def test_each_part_knows_its_neighbours() -> None:
    first, second = parts("a/", "abc", 2)
    assert (first.previous, first.next) == (None, "a/2/")
    assert (second.previous, second.next) == ("a/", None)


def test_further_parts_may_stand_elsewhere() -> None:
    first, second, third = parts("en/tags/", "abc", 1, further="en/tags/-/")
    assert [part.url for part in (first, second, third)] == [
        "en/tags/",
        "en/tags/-/2/",
        "en/tags/-/3/",
    ]
    assert third.previous == second.url


def test_two_parts_have_two_titles() -> None:
    assert [part.title("X") for part in parts("a/", "abc", 2)] == ["X", "X (2)"]


def test_an_empty_list_is_one_empty_part() -> None:
    [part] = parts("a/", "", 2)
    assert (part.items, part.parts, part.is_first) == ("", 1, True)


@given(st.text(max_size=50), st.integers(1, 10))
def test_nothing_is_lost_and_nothing_too_long(items: str, size: int) -> None:
    found = parts("a/", items, size)
    assert "".join("".join(part.items) for part in found) == items
    assert all(len(part.items) <= size for part in found)
    assert [part.before for part in found] == [n * size for n in range(len(found))]
