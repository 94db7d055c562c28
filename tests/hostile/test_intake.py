"""What other people's files and catalogues did to the importers once, and does no more."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from paper_notes.intake.bibtex import read_bibtex
from paper_notes.intake.metadata import plain
from paper_notes.intake.ochiai.preface import Preface, with_field, with_line, with_title
from paper_notes.intake.ochiai.read import read_notes
from paper_notes.intake.source import parse_source

PATH = PurePosixPath("refs.bib")


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "https://a]b/", "http://℀.example"])
def test_what_is_no_address_names_nothing(address: str) -> None:
    assert parse_source(address) is None


def test_a_bibtex_entry_with_such_an_address_is_read_without_it() -> None:
    [entry], problems = read_bibtex("@misc{a, title={x}, url={http://arxiv[}}", PATH)
    assert problems == []
    assert entry.metadata.title == "x"


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("{" * 300 + "x" + "}" * 300, "x"),
        (r"\sqrt" * 2000, "sqrt" * 2000),
        (r"a \verb", "a verb"),
        (r"\begin{a}" * 500, "begina" * 500),
    ],
    ids=["nested", "roots", "verbatim", "environments"],
)
def test_latex_that_cannot_be_read_leaves_its_letters(latex: str, words: str) -> None:
    assert plain(latex) == words


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000, "2020-13-45", "{a=1}"])
def test_front_matter_in_toml_that_is_too_much_is_passed_over(value: str) -> None:
    [paper], _ = read_notes(f"+++\nx = {value}\n+++\n# A title\n")
    assert paper.preface.metadata.title == "A title"


@pytest.mark.parametrize(
    ("title", "words", "venue"),
    [
        ("Tidy Scale (CVPR 2018)", "Tidy Scale", "CVPR 2018"),
        ("Tidy Scale  [ NeurIPS'19 2019 ] ", "Tidy Scale  [ NeurIPS'19 2019 ]", None),
        ("Tidy Scale（ECCV, 2018）", "Tidy Scale", "ECCV 2018"),
        ("Tidy Scale (2018)", "Tidy Scale", None),
    ],
)
def test_a_venue_behind_a_title_is_still_found(title: str, words: str, venue: str | None) -> None:
    found = with_title(Preface(), title).metadata
    assert (found.title, found.venue) == (" ".join(words.split()), venue)


@pytest.mark.parametrize(
    ("text", "venue"),
    [
        ("CVPR 2018", "CVPR 2018"),
        ("CVPR, 2018", "CVPR 2018"),
        ("CVPR'2018", "CVPR 2018"),
        ("," * 50_000, None),
    ],
    ids=["blank", "comma", "apostrophe", "commas"],
)
def test_a_venue_gives_up_its_year(text: str, venue: str | None) -> None:
    assert with_field(Preface(), "venue", text).metadata.venue == venue


def test_names_are_parted_whatever_blanks_stand_between() -> None:
    preface, _ = with_line(Preface(), "Authors: A B   and\tC D ,E F、 G H & I J")
    assert preface.metadata.authors == ("A B", "C D", "E F", "G H", "I J")
