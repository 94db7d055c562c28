"""Papers as lists show them."""

from __future__ import annotations

from paper_notes.pages.context import Context
from paper_notes.pages.entries import Entries
from paper_notes.pages.paging import Part, parts


def part_at(url: str, *ids: str) -> Part[str]:
    """A list of these papers at this address."""
    [part] = parts(url, ids, 10)
    return part


def test_entries_come_in_the_order_of_the_list(context: Context) -> None:
    entries = Entries(context, "en").of(part_at("en/tags/x/", "tidy_scale", "folded_words"))
    assert ["Tidy Scale" in entry for entry in entries] == [True, False]


def test_an_entry_leads_to_its_paper_from_wherever_it_stands(context: Context) -> None:
    entries = Entries(context, "en")
    [near] = entries.of(part_at("en/tags/x/", "tidy_scale"))
    [far] = entries.of(part_at("en/topics/x/2/", "tidy_scale"))
    assert 'href="../../papers/tidy_scale/"' in near
    assert 'href="../../../papers/tidy_scale/"' in far


def test_lists_of_one_depth_share_an_entry(context: Context) -> None:
    entries = Entries(context, "en")
    [one] = entries.of(part_at("en/tags/x/", "tidy_scale"))
    [other] = entries.of(part_at("en/topics/y/", "tidy_scale"))
    assert one is other
