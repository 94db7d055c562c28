"""Values of a note that are worked out from others."""

from __future__ import annotations

import pytest

from paper_notes.notes.model import Paper, Text

NO_TEXT = Text("-")


@pytest.mark.parametrize(
    ("venue", "published"),
    [
        ("ECCV 2019", ("ECCV", 2019)),
        ("Neural Computation 2019", ("Neural Computation", 2019)),
        ("arXiv", ("arXiv", 2018)),
        (None, ("arXiv", 2018)),
    ],
)
def test_a_paper_is_published_in_its_venues_year(
    venue: str | None, published: tuple[str, int]
) -> None:
    paper = Paper("a", "A", ("B C",), 2018, "t", *[NO_TEXT] * 5, (), (), venue=venue)
    assert paper.published == published


def test_a_text_that_lacks_a_language_is_shown_in_the_other() -> None:
    assert Text(en="x").best("ja") == ("x", "en")
    assert Text(ja="あ").best("en") == ("あ", "ja")
    assert Text(en="x", ja="あ").best("ja") == ("あ", "ja")
