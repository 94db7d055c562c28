"""A reference finds the paper that it means, and no other."""

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.notes.identity import Index
from paper_notes.notes.model import NextRead, Relation, Text

VALUES = st.none() | st.sampled_from(["a", "b", "c"])


def reference(title=None, arxiv=None, doi=None):
    return NextRead(Relation.FOLLOW_UP, Text("x"), title=title, arxiv=arxiv, doi=doi)


def test_the_identifier_decides_before_the_title():
    index = Index()
    index.add("one", reference("Same", arxiv="1"))
    index.add("two", reference("Other", arxiv="2"))
    assert index.find(reference("Same", arxiv="2")) == "two"


def test_of_two_with_one_title_the_one_that_nothing_contradicts_is_found():
    index = Index()
    index.add("one", reference("Same", arxiv="1"))
    index.add("two", reference("Same", doi="2"))
    assert index.find(reference("Same", arxiv="3")) == "two"


def test_a_title_without_letters_finds_nothing():
    index = Index()
    index.add("one", reference("?!"))
    assert index.find(reference("!?")) is None


def test_a_key_is_found_under_every_reference_it_was_added_with():
    index = Index()
    index.add("one", reference("First", arxiv="1"))
    index.add("one", reference("Second", doi="2"))
    assert {index.find(reference("Second")), index.find(reference("x", doi="2"))} == {"one"}


@given(st.lists(st.builds(reference, st.sampled_from(["A", "B"]), VALUES, VALUES), max_size=6))
def test_whatever_was_added_is_found(references):
    index = Index()
    for one in references:
        index.add(index.find(one) or repr(one), one)
    assert all(index.find(one) is not None for one in references)
