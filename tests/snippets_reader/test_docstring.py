"""A snippet's docstring falls into title, body and fields."""

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.snippets.docstring import Docstring, take_apart


def test_all_parts_are_found_and_fields_wrap():
    parts = take_apart(
        r"""Group norm.

        Body with $\mu$.

            code

        Paper: group_norm, Eq. 1
        Shapes: N batch,
        C channels
        Differs from the paper: smaller
            digits.
        """
    )
    assert parts == Docstring(
        "Group norm.",
        "Body with $\\mu$.\n\n    code",
        "group_norm, Eq. 1",
        "N batch, C channels",
        "smaller digits.",
    )


def test_a_field_name_within_a_line_is_body():
    assert take_apart("T.\n\nThe Paper: is not a field.").body == "The Paper: is not a field."


def test_what_is_not_there_is_empty():
    assert take_apart("") == Docstring("", "")
    assert take_apart("Title.\nPaper: x") == Docstring("Title.", "", "x")


@given(st.text())
def test_no_docstring_raises(text):
    take_apart(text)
