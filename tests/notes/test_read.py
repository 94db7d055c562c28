"""A note is read whole, or everything that is wrong with it is said with its place."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.notes.markdown import offences
from paper_notes.notes.model import Relation, Text
from paper_notes.notes.placeholders import placeholder


def codes(problems):
    return sorted(problem.code for problem in problems)


def test_every_field_arrives(read, document):
    note, problems = read(
        document(
            venue="ECCV 2018",
            doi="10.1007/978-3-030-01261-8_1",
            url="https://example.org/a?b=c#d",
            code="https://example.org/code",
            added="2026-11-21",
            tags=["a-b", "c"],
            aliases=["GN", "グループ正規化"],
            results=[{"dataset": "D", "metric": "m (%)", "value": "24.10", "source": "Table 1"}],
        )
    )
    assert problems == []
    paper = note.paper
    assert (paper.id, paper.title, paper.authors) == ("tidy", "A Title", ("Aiko Example",))
    assert (paper.year, paper.added, paper.arxiv) == (2018, date(2026, 11, 21), "1803.08494")
    assert (paper.tags, paper.aliases) == (("a-b", "c"), ("GN", "グループ正規化"))
    assert paper.next_read[0].relation is Relation.FOLLOW_UP
    assert paper.claims[0].test == "test_it"
    assert (paper.results[0].value, paper.results[0].setting) == ("24.10", None)


LETTERS = st.characters(exclude_categories=["C", "Z"]).filter(
    lambda c: unicodedata.is_normalized("NFC", c)
)
PROSE = st.text(LETTERS | st.sampled_from(" \n"), max_size=60).map("Words {} and words.".format)
ACCEPTED = PROSE.filter(lambda text: placeholder(text) is None and not list(offences(text)))


@given(en=ACCEPTED, ja=ACCEPTED)
def test_any_accepted_text_comes_back_exactly(read, document, en, ja):
    note, problems = read(document(what={"en": en, "ja": ja}))
    assert problems == []
    assert note.paper.what == Text(en, ja)


@pytest.mark.parametrize(
    ("text", "language"), [("Plain.", "en"), ("かな", "ja"), ("漢字", "ja"), ("GN は層", "ja")]
)
def test_a_plain_string_is_in_the_language_of_its_letters(read, document, text, language):
    note, _ = read(document(what=text))
    assert note.paper.what == Text(**{language: text})


@pytest.mark.parametrize("key", ["title", "authors", "year", "topic", "what", "claims"])
def test_a_missing_key_is_named(read, document, key):
    note, [problem] = read(document(**{key: None}))
    assert note is None
    assert (problem.code, f"`{key}`" in problem.message) == ("missing-key", True)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1803.08494v2", "no version"),
        ("arXiv:1803.08494", "no version, no address"),
        ("1813.08494", ""),
        ("180.08494", ""),
        ("hep-th/99", ""),
    ],
)
def test_what_is_no_arxiv_id_is_refused(read, document, value, hint):
    _, [problem] = read(document(arxiv=value))
    assert problem.code == "arxiv-id"
    assert hint in problem.hint


@pytest.mark.parametrize("value", ["https://doi.org/10.1/x", "10.1038", "10.1038/a b"])
def test_what_is_no_doi_is_refused(read, document, value):
    assert codes(read(document(doi=value))[1]) == ["doi"]


@pytest.mark.parametrize(
    "value", ["ftp://a.b/", "http://", "https://a b.c/", "a.b/c", "https://x.y/<", "//a.b/c"]
)
def test_what_is_no_address_is_refused(read, document, value):
    assert codes(read(document(code=value))[1]) == ["url"]


@pytest.mark.parametrize("value", ["Upper", "two words", "-a", "a-", "a--b", "日本"])
def test_what_is_no_tag_is_refused(read, document, value):
    assert codes(read(document(tags=[value]))[1]) == ["tag"]


WHY = {"relation": "follow_up", "why": "Because."}
OTHER = {"paper": "other", **WHY}


@pytest.mark.parametrize(
    "target",
    [
        {"paper": "a"},
        {"title": "T", "arxiv": "1803.08494"},
        {"title": "T", "doi": "10.1000/x"},
        {"title": "T", "url": "https://a.example"},
    ],
)
def test_one_target_to_read_next_is_accepted(read, document, target):
    assert read(document(next_read=[OTHER, {**target, **WHY}]))[1] == []


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"title": "T"},
        {"arxiv": "1803.08494"},
        {"paper": "a", "title": "T", "arxiv": "1803.08494"},
        {"paper": "a", "doi": "10.1000/x"},
    ],
)
def test_no_target_or_two_are_refused(read, document, target):
    problems = read(document(next_read=[OTHER, {**target, **WHY}]))[1]
    assert codes(problems) == ["next-read-target"]


@pytest.mark.parametrize("count", [0, 1, 6])
def test_two_to_five_papers_are_due(read, document, count):
    papers = [{"paper": f"p{i}", **WHY} for i in range(count)]
    assert codes(read(document(next_read=papers))[1]) == ["item-count"]


def test_an_unknown_relation_is_refused_with_the_nearest(read, document):
    papers = [OTHER, {"paper": "a", "relation": "prerequesite", "why": "Because."}]
    _, [problem] = read(document(next_read=papers))
    assert (problem.code, problem.hint) == ("relation", "did you mean `prerequisite`?")


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        ({}, "claim-evidence"),
        ({"test": "test_a", "reported": "needs ImageNet"}, "claim-evidence"),
        ({"test": "check_a"}, "test-name"),
        ({"reported": "needs ImageNet", "stated": {"a": "1"}}, "stated-without-test"),
    ],
)
def test_a_claim_without_one_kind_of_evidence_is_refused(read, document, evidence, code):
    claims = [{"says": "It holds.", "source": "Eq. 1", **evidence}]
    assert codes(read(document(claims=claims))[1]) == [code]


def test_stated_figures_are_words_by_name(read, document):
    claims = [{"says": "Holds.", "source": "Eq. 1", "test": "test_a", "stated": {"n m": "1.0 M"}}]
    assert read(document(claims=claims))[0].paper.claims[0].stated == {"n m": "1.0 M"}


def test_a_field_knows_its_place(read):
    text = "title: A\nclaims:\n  - says: x\n    test: 5\nyear: [1]\n"
    _, problems = read(text)
    places = {problem.code: (problem.place.line, problem.place.column) for problem in problems}
    assert places["test-name"] == (4, 11)
    assert places["wrong-kind"] == (5, 7)


def test_the_place_of_a_field_that_is_not_there_is_what_is_around_it(read, document):
    note, _ = read(document())
    assert note.place("claims", 0, "stated") == note.place("claims", 0)
    assert note.place("doi") == note.place()


def test_a_title_on_two_lines_is_refused(read, document):
    assert codes(read(document(title="A\nB"))[1]) == ["not-one-line"]


def test_a_very_long_answer_is_refused(read, document):
    assert codes(read(document(what="word " * 5000))[1]) == ["too-long"]


@pytest.mark.parametrize("venue", ["ECCV", "2018", "ECCV 18", "ECCV 2018 workshop"])
def test_a_venue_needs_its_year(read, document, venue):
    _, problems = read(document(venue=venue))
    assert [problem.code for problem in problems] == ["venue"]
