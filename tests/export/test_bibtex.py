"""BibTeX: what is written can be read again, by a parser that is not ours."""

from __future__ import annotations

from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.export.bibtex import bibtex
from paper_notes.notes.model import Paper, Text

NO_TEXT = Text("-")
TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def paper(title: str = "Group Normalization", **changes: object) -> Paper:
    values: dict[str, object] = {"venue": "ECCV 2018", "arxiv": "1803.08494", **changes}
    authors = ("Yuxin Wu", "Kaiming He")
    return Paper("group_norm", title, authors, 2018, "training", *[NO_TEXT] * 5, (), (), **values)  # type: ignore[arg-type]


def test_a_paper_at_a_meeting() -> None:
    assert bibtex(paper()) == (
        "@inproceedings{wu2018group_norm,\n"
        "\ttitle = {{Group Normalization}},\n"
        "\tauthor = {Yuxin Wu and Kaiming He},\n"
        "\tyear = {2018},\n"
        "\tbooktitle = {ECCV},\n"
        "\teprint = {1803.08494},\n"
        "\tarchiveprefix = {arXiv}\n"
        "}\n"
    )


def test_a_paper_in_a_journal() -> None:
    assert "@article" in bibtex(paper(venue="Nature 2018"))
    assert "journal = {Nature}" in bibtex(paper(venue="Nature 2018"))


def test_a_paper_on_arxiv_alone() -> None:
    assert "@misc" in bibtex(paper(venue="arXiv"))


def test_the_year_is_that_of_the_venue() -> None:
    assert "year = {2019}" in bibtex(paper(venue="ECCV 2019"))
    assert "year = {2018}" in bibtex(paper(venue=None))


def test_a_doi_and_an_address_are_kept() -> None:
    written = bibtex(paper(doi="10.1038/323533a0", url="https://example.org/a_b"))
    assert "doi = {10.1038/323533a0}" in written
    assert "url = {https://example.org/a_b}" in written


def test_what_latex_would_take_for_a_command_is_escaped() -> None:
    assert r"{{100\% of \$5 \& a\_b}}" in bibtex(paper("100% of $5 & a_b"))


def test_a_file_cannot_be_included() -> None:
    assert r"\input" not in bibtex(paper(r"\input{/etc/passwd}"))


@given(TITLES)
def test_any_title_gives_one_valid_entry(title: str) -> None:
    parsed = parse_string(bibtex(paper(title)))
    assert parsed.failed_blocks == []
    (entry,) = parsed.entries
    assert entry.key == "wu2018group_norm"
    assert entry["year"] == "2018"
