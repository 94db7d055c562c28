"""BibTeX as people export it (Zotero, JabRef, ACL Anthology, Google Scholar) made into metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, Field

from paper_notes.intake.bibtex_values import UnknownValueError, evaluate
from paper_notes.intake.metadata import Metadata, one_line, plain, venue_with_year
from paper_notes.intake.source import parse_source
from paper_notes.logs import recorded
from paper_notes.problems import Place, Problem

# Where a field's text goes; the first one that an entry has is taken.
_VENUE = ("booktitle", "journal", "journaltitle", "eventtitle", "howpublished", "publisher")
_USED = {
    *("title", "author", "year", "date", "doi", "eprint", "archiveprefix", "eprinttype"),
    *("primaryclass", "eprintclass", "url", *_VENUE),
}


@dataclass(frozen=True)
class Entered:
    """One entry of a file: what it says, and where it begins."""

    key: str
    metadata: Metadata
    place: Place
    unused: tuple[str, ...]  # `field = value` for each that a note has no place for


def read_bibtex(text: str, path: PurePosixPath) -> tuple[list[Entered], list[Problem]]:
    """Every entry that can be read, and everything that cannot, with its line. Never raises."""
    with recorded("bibtexparser"):  # what it logs, failed_blocks says with a place
        library = parse_string(text, parse_stack=[])
    problems = [_failed(block, path) for block in library.failed_blocks]
    abbreviations = {string.key.lower(): string.value for string in library.strings}
    entries = []
    for entry in library.entries:
        values, found = _values(entry, abbreviations, path)
        place = Place(path, (entry.start_line or 0) + 1)
        if not found:
            found += _incomplete(values, entry.key, place)
        problems += found
        if not found:
            unused = tuple(f"{key} = {one_line(values[key])}" for key in values.keys() - _USED)
            entries.append(Entered(entry.key, _metadata(values), place, tuple(sorted(unused))))
    return entries, sorted(problems)


def _values(
    entry: Entry, abbreviations: Mapping[str, str], path: PurePosixPath
) -> tuple[dict[str, str], list[Problem]]:
    values: dict[str, str] = {}
    problems = []
    for field in entry.fields:
        try:
            values[field.key.lower()] = evaluate(field.value, abbreviations)
        except UnknownValueError as error:
            problems.append(_unknown(field, error, path))
    return values, problems


def _unknown(field: Field, error: UnknownValueError, path: PurePosixPath) -> Problem:
    place = Place(path, (field.start_line or 0) + 1)
    hint = "put the text in braces, or define the abbreviation with @string"
    return Problem(place, "bibtex-string", f"{field.key}: {error}", hint)


def _incomplete(values: Mapping[str, str], key: str, place: Place) -> Iterator[Problem]:
    if not values.get("title", "").strip():
        yield Problem(place, "bibtex-field", f"{key} has no title", "a note needs one")


def _metadata(values: Mapping[str, str]) -> Metadata:
    year = _year(values)
    venue = next((values[field] for field in _VENUE if values.get(field)), "")
    arxiv = _arxiv(values)
    doi = parse_source(values.get("doi", ""))
    return Metadata(
        title=plain(values["title"]),
        authors=tuple(dict.fromkeys(filter(None, map(_name, _names(values.get("author", "")))))),
        year=year,
        venue=_venue(plain(venue), year, arxiv),
        arxiv=arxiv or (doi.id if doi and doi.catalogue == "arxiv" else None),
        doi=doi.id if doi and doi.catalogue == "doi" else None,
        url=_url(values.get("url", "")),
    )


def _names(authors: str) -> list[str]:
    """The names between `and`s that stand outside braces."""
    authors = one_line(authors)
    names, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]| and ", authors, re.IGNORECASE):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif depth <= 0:
            names.append(authors[start : match.start()])
            start = match.end()
    return [name.strip() for name in [*names, authors[start:]] if name.strip()]


def _name(text: str) -> str:
    """`Wu, Yuxin` as `Yuxin Wu`; what BibTeX cannot split stays as it is. `others` is nobody."""
    if text.lower() == "others":
        return ""
    try:
        parts = parse_single_name_into_parts(text)
    except InvalidNameError:
        return plain(text)
    return plain(" ".join([*parts.first, *parts.von, *parts.last, *parts.jr]))


def _year(values: Mapping[str, str]) -> int | None:
    match = re.search(r"(?:19|20)[0-9]{2}", values.get("year") or values.get("date", ""))
    return int(match[0]) if match else None


def _arxiv(values: Mapping[str, str]) -> str | None:
    kind = (values.get("archiveprefix") or values.get("eprinttype") or "").lower()
    mentioned = re.search(r"arXiv:\s*(\S+)", " ".join(values.values()), re.IGNORECASE)
    for text in (
        values.get("eprint", "") if kind in ("arxiv", "") else "",
        values.get("url", ""),
        mentioned[1].rstrip(".,;)]}") if mentioned else "",
    ):
        source = parse_source(text)
        if source and source.catalogue == "arxiv":
            return source.id
    return None


def _venue(name: str, year: int | None, arxiv: str | None) -> str | None:
    if not name or "arxiv" in name.lower() or name.lower() == "corr":
        return "arXiv" if arxiv or name else None
    return venue_with_year(name, year)


def _url(text: str) -> str | None:
    """An address of the paper's own; those of arXiv and doi.org say what other fields say."""
    text = text.strip().replace(r"\_", "_").replace(r"\%", "%").replace(r"\&", "&")
    return text if text.startswith(("http://", "https://")) and not parse_source(text) else None


def _failed(block: Block, path: PurePosixPath) -> Problem:
    place = Place(path, (block.start_line or 0) + 1)
    if isinstance(block, DuplicateBlockKeyBlock):
        message = f"the key {block.key} stands in this file twice"
        return Problem(place, "bibtex-duplicate", message, "keep one of the two entries")
    if isinstance(block, DuplicateFieldKeyBlock):
        fields = ", ".join(sorted(block.duplicate_keys))
        return Problem(place, "bibtex-duplicate", f"the entry has twice: {fields}", "keep one")
    hint = "are its braces and quotes balanced, and is a comma missing?"
    reason = getattr(getattr(block, "error", None), "abort_reason", "").rstrip(".")
    message = "this entry cannot be read" + (f": {reason}" if reason else "")
    return Problem(place, "bibtex-syntax", message, hint)
