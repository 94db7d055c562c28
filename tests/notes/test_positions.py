"""Where a field stands is known, or where what is around it stands."""

from __future__ import annotations

from paper_notes.notes.positions import by_keys, document, pack

ROWS = [document(1, 1), (0, "claims", 3, 1), (1, 0, 4, 3), (2, "says", 4, 5)]
KNOWN = pack(ROWS)


def test_a_field_stands_where_it_was_found():
    assert KNOWN.nearest("claims", 0, "says") == (4, 5)


def test_a_field_that_is_not_there_stands_where_the_nearest_around_it_does():
    assert KNOWN.nearest("claims", 0, "test") == (4, 3)
    assert KNOWN.nearest("claims", 7, "test") == (3, 1)
    assert KNOWN.nearest("what") == (1, 1)


def test_the_keys_that_lead_to_a_field_find_it():
    assert by_keys(ROWS) == {
        (): (1, 1),
        ("claims",): (3, 1),
        ("claims", 0): (4, 3),
        ("claims", 0, "says"): (4, 5),
    }
