"""BibTeX as reference managers and search pages export it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.export.bibtex import bibtex
from paper_notes.intake.bibtex import Entered, read_bibtex
from paper_notes.intake.bring_in import import_file
from paper_notes.intake.draft import Draft
from paper_notes.intake.metadata import Metadata
from paper_notes.problems import Problem
from tests.conftest import REPOSITORY, load

PATH = PurePosixPath("refs.bib")


def read(text: str) -> tuple[list[Entered], list[Problem]]:
    return read_bibtex(text, PATH)


def metadata(text: str) -> Metadata:
    (entry,), problems = read(text)
    assert problems == []
    return entry.metadata


def problem(text: str) -> tuple[str, int]:
    _, (found,) = read(text)
    return found.code, found.place.line


def test_zotero() -> None:
    assert metadata(
        """@inproceedings{wu_group_2018,
          address = {Cham}, title = {Group {Normalization}},
          isbn = {978-3-030-01261-8}, doi = {10.1007/978-3-030-01261-8_1},
          booktitle = {Computer {Vision} – {ECCV} 2018},
          author = {Wu, Yuxin and He, Kaiming}, year = {2018}, pages = {3--19},
        }"""
    ) == Metadata(
        "Group Normalization",
        ("Yuxin Wu", "Kaiming He"),
        2018,
        "Computer Vision – ECCV 2018",
        doi="10.1007/978-3-030-01261-8_1",
    )


def test_arxivs_own_export() -> None:
    assert metadata(
        """@misc{wu2018group, title={Group Normalization}, author={Yuxin Wu and Kaiming He},
          year={2018}, eprint={1803.08494}, archivePrefix={arXiv}, primaryClass={cs.CV},
          url={https://arxiv.org/abs/1803.08494}}"""
    ) == Metadata("Group Normalization", ("Yuxin Wu", "Kaiming He"), 2018, "arXiv", "1803.08494")


def test_google_scholar() -> None:
    found = metadata(
        """@article{kingma2013auto, title={Auto-encoding variational bayes},
          author={Kingma, Diederik P and Welling, Max},
          journal={arXiv preprint arXiv:1312.6114}, year={2013}}"""
    )
    assert (found.arxiv, found.venue) == ("1312.6114", "arXiv")


def test_the_acl_anthology() -> None:
    found = metadata(
        """@inproceedings{devlin-etal-2019-bert, title = "{BERT}: Pre-training",
          author = "Devlin, Jacob  and
            Chang, Ming-Wei", month = jun, year = "2019", doi = "10.18653/v1/N19-1423"}"""
    )
    assert found.title == "BERT: Pre-training"
    assert found.authors == ("Jacob Devlin", "Ming-Wei Chang")


def test_jabref_and_biblatex() -> None:
    found = metadata(
        """@Article{a, author = {M{\\"u}ller, J{\\'o}zef and others}, date = {2019-03-01},
          title = {{\\'E}tude of $\\beta$-{VAE} \\& 50\\% more}, journaltitle = {Nature},
          eprint = {1901.00001}, eprinttype = {arxiv}}"""
    )
    assert found.title == "Étude of β-VAE & 50% more"
    assert found.authors == ("Józef Müller",)
    assert (found.year, found.venue, found.arxiv) == (2019, "Nature 2019", "1901.00001")


def test_names_that_are_not_first_and_last() -> None:
    names = "{The OpenAI Team} and de la Vall{\\'e}e Poussin, Charles and Wu, Jr., A. and a,b,c,d"
    assert metadata(f"@misc{{a, title={{T}}, author={{{names}}}}}").authors == (
        "The OpenAI Team",
        "Charles de la Vallée Poussin",
        "A. Wu Jr.",
        "a,b,c,d",
    )


def test_abbreviations_are_filled_in_and_joined() -> None:
    text = """@string{cvpr = "CV" # "PR"} @string{conf = "IEEE " # cvpr}
      @inproceedings{a, title={T}, year=2018, booktitle = conf # {!}}"""
    assert metadata(text).venue == "IEEE CVPR! 2018"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@article{a, title={x}, journal=nowhere}", ("bibtex-string", 1)),
        ("@string{a=b}\n@string{b=a}\n@misc{k, title=a}", ("bibtex-string", 3)),
        ("\n@article{a, title={x\n", ("bibtex-syntax", 2)),
        ("@misc{a, title={x}}\n@misc{a, title={y}}", ("bibtex-duplicate", 2)),
        ("@misc{a, title={x}, title={y}}", ("bibtex-duplicate", 1)),
        ("\n\n@misc{a, year=2018}", ("bibtex-field", 3)),
    ],
)
@pytest.mark.hostile(36, 37, 38)
def test_what_cannot_be_read_is_named_with_its_line(text: str, expected: tuple[str, int]) -> None:
    assert problem(text) == expected


@pytest.mark.hostile(39)
def test_a_file_cannot_be_included() -> None:
    assert metadata(r"@misc{a, title={\input{/etc/passwd}}}").title == r"\input{/etc/passwd}"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://arxiv.org/abs/1803.08494"]
)
def test_an_address_that_is_none_or_says_nothing_new_is_not_taken(url: str) -> None:
    assert metadata(f"@misc{{a, title={{T}}, url={{{url}}}}}").url is None


def test_a_copied_abstract_is_left_out_and_other_fields_are_kept(root: Path) -> None:
    (root / "refs.bib").write_text(
        "@misc{a, title={A new title}, abstract={Copied.}, file={/home/me/a.pdf}, note={Mine.}}"
    )
    imported = import_file(root, root / "refs.bib", Draft(Metadata("", ()), "2026-01-31", ("t",)))
    assert imported.problems == []
    note = (root / imported.written[0]).read_text(encoding="utf-8")
    assert "#   note = Mine." in note
    assert "Copied" not in note
    assert "/home/me" not in note
    assert "left out: abstract, file" in imported.report


def test_what_we_export_is_read_as_the_same_paper() -> None:
    for paper in load(REPOSITORY).papers.values():
        venue, year = paper.published
        assert metadata(bibtex(paper)) == Metadata(
            paper.title,
            paper.authors,
            year,
            "arXiv" if venue == "arXiv" else f"{venue} {year}",
            paper.arxiv,
            paper.doi,
            paper.url,
        )


@given(st.text(max_size=200) | st.text('@{}"#=,ab \\n', max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    read(text)
    read(f"@misc{{a, title={{{text}}}, author={{{text}}}}}")
