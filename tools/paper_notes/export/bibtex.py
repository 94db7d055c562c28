"""BibTeX entries."""

from __future__ import annotations

import re
from typing import Literal

from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library as BibtexLibrary
from bibtexparser.model import Entry, Field

from paper_notes.notes.model import Paper

# What LaTeX would take for a command; the braces keep the field balanced.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def bibtex(paper: Paper) -> str:
    """The paper as one BibTeX entry, with a key such as `wu2018group_norm`."""
    entry = Entry(entry_type(paper), _key(paper), _fields(paper))
    return write_string(BibtexLibrary([entry])).strip() + "\n"


def entry_type(paper: Paper) -> Literal["article", "misc", "inproceedings"]:
    """The kind of publication: in a journal, on arXiv only, or at a meeting."""
    venue, _ = paper.published
    if venue == "arXiv":
        return "misc"
    return "article" if _is_journal(venue) else "inproceedings"


def _is_journal(venue: str) -> bool:
    """Journals are named in full or by these letters; everything else is a meeting."""
    known = {"JMLR", "TPAMI", "IJCV", "PNAS", "TACL", "TMLR"}
    return venue in known or bool(
        re.search(r"Journal|Transactions|Nature|Science|Review|Letters|Neural Computation", venue)
    )


def _key(paper: Paper) -> str:
    family = paper.authors[0].split()[-1] if paper.authors else "anonymous"
    ascii_family = re.sub(r"[^a-z]", "", family.lower()) or "anonymous"
    return f"{ascii_family}{paper.published[1]}{paper.id}"


def _fields(paper: Paper) -> list[Field]:
    kind = entry_type(paper)
    venue, year = paper.published
    fields = {
        "title": "{" + _escape(paper.title) + "}",  # braces keep its capitals
        "author": " and ".join(_escape(author) for author in paper.authors),
        "year": str(year),
    }
    if kind == "article":
        fields["journal"] = _escape(venue)
    if kind == "inproceedings":
        fields["booktitle"] = _escape(venue)
    if paper.arxiv:
        fields["eprint"] = paper.arxiv
        fields["archiveprefix"] = "arXiv"
    if paper.doi:
        fields["doi"] = paper.doi
    if paper.url:
        fields["url"] = paper.url
    return [Field(name, value) for name, value in fields.items()]


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
