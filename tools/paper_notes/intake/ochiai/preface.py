"""What stands before the first question: the title, who wrote the paper, where it is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from paper_notes.intake.metadata import Metadata, one_line, plain
from paper_notes.intake.ochiai.lines import without_bullet
from paper_notes.intake.ochiai.spellings import PREFACE
from paper_notes.intake.source import parse_source

_FIELD = re.compile(r"^(.{1,20}?)\s*[:\uff1a|]\s*(.+)$")
_ADDRESS = re.compile(
    r"https?://[^\s<>()\[\]\u3000-\u30ff]+|\b(?:arXiv|doi)\s*:\s*[^\s,)\]]+", re.IGNORECASE
)
_YEAR = re.compile(r"(?<![0-9.])((?:19|20)[0-9]{2})(?![0-9])")
_YEAR_AT_END = re.compile(r"((?:19|20)[0-9]{2})$")
_WRAPPING = re.compile(
    r"^(?:【[^】]{0,20}】|\[(?:論文|paper)[^\]]{0,12}\]"
    r"|(?:論文(?:読み|まとめ|メモ|紹介|要約)|paper\s?(?:notes?|summary))\s?[:\uff1a-])\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[(\uff08\[]\s*+([A-Za-z][A-Za-z/&+-]{1,30})?[\s',\u2019]*+((?:19|20)[0-9]{2})\s*[)\uff09\]]\s*$"
)
_LINK = re.compile(r"\[([^\[\]]+)\]\(\s*<?([^()\s<>]++)>?[^()]*\)")
_BETWEEN_NAMES = re.compile(r"[,、;\uff0c\uff1b]| (?:and|&) ")


@dataclass(frozen=True)
class Preface:
    """What the lines before the questions tell."""

    metadata: Metadata = field(default_factory=lambda: Metadata("", ()))
    tags: tuple[str, ...] = ()


def with_title(preface: Preface, text: str) -> Preface:
    """The preface with a heading's words as its title: `Group Normalization (ECCV 2018)`."""
    known = preface.metadata
    link = _LINK.search(text)
    if link:
        known = _with_address(known, link[2])
        text = f"{text[: link.start()]}{link[1]}{text[link.end() :]}"
    title = _WRAPPING.sub("", text.strip())
    tail = _TAIL.search(title)
    if tail:
        title = title[: tail.start()].rstrip()
        known = replace(known, year=known.year or int(tail[2]))
        if tail[1]:
            known = replace(known, venue=known.venue or f"{one_line(tail[1])} {tail[2]}")
    return replace(preface, metadata=replace(known, title=plain(title.strip('*_` 「」『』"'))))


def with_line(preface: Preface, text: str) -> tuple[Preface, str | None]:
    """The preface with what a line tells, and the fields it went to; None where it tells none."""
    body = without_bullet(text).replace("**", "").replace("__", "").strip().strip("|").strip()
    match = _FIELD.match(body)
    name = PREFACE.get(_key(match[1])) if match else None
    if match and name:
        changed = with_field(preface, name, match[2].strip())
        return (changed, name) if changed != preface else (preface, None)
    address = _ADDRESS.search(body)
    # A line that is nothing but an address, or a link with a word such as "pdf".
    if address and len(_ADDRESS.sub("", _LINK.sub("", body)).strip(" ()[]<>,、-:")) <= 12:
        known = _with_address(preface.metadata, address[0])
        if known != preface.metadata:
            return replace(preface, metadata=known), "link"
    return preface, None


def with_field(preface: Preface, name: str, value: str) -> Preface:
    """The preface with one named value, unless an earlier line has told it."""
    known = preface.metadata
    if name == "title":
        return with_title(preface, value)
    if name == "authors" and not known.authors:
        return replace(preface, metadata=replace(known, authors=_authors(value)))
    if name == "venue" and not known.venue:
        return replace(preface, metadata=_with_venue(known, value))
    if name == "year" and known.year is None and (year := _YEAR.search(_narrow(value))):
        return replace(preface, metadata=replace(known, year=int(year[1])))
    if name in ("link", "code"):
        address = _ADDRESS.search(value)
        found = address[0] if address else value
        if name == "link":
            return replace(preface, metadata=_with_address(known, found))
    if name == "tags" and not preface.tags:
        return replace(preface, tags=_tags(value))
    return preface


def _key(text: str) -> str:
    return "".join(_narrow(text).casefold().split()).strip("*_`[]()・-")


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _authors(text: str) -> tuple[str, ...]:
    names = (plain(name).strip("\"'") for name in _BETWEEN_NAMES.split(one_line(text.strip("[] "))))
    return tuple(dict.fromkeys(name for name in names if name))


def _with_venue(known: Metadata, text: str) -> Metadata:
    text = one_line(_narrow(_LINK.sub(r"\1", text)))
    match = _YEAR_AT_END.search(text)
    year = int(match[1]) if match else known.year
    name = (text[: match.start()].rstrip(" '\u2019,") if match else "") or text
    if "arxiv" in name.lower():
        return replace(known, venue="arXiv", year=known.year or year)
    return replace(known, venue=f"{name} {year}" if year else None, year=known.year or year)


def _with_address(known: Metadata, text: str) -> Metadata:
    source = parse_source(text.strip(" <>()[]").rstrip(".,、。"))
    if source and source.catalogue == "arxiv":
        return known if known.arxiv else replace(known, arxiv=source.id)
    if source:
        return known if known.doi else replace(known, doi=source.id)
    address = text.strip(" <>()[]")
    plausible = address.startswith(("http://", "https://")) and known.url is None
    return replace(known, url=address) if plausible else known


def _tags(text: str) -> tuple[str, ...]:
    words = re.split(r"[,、;\s\[\]\"'#]+", _narrow(text).lower())
    tags = (re.sub(r"[^a-z0-9]+", "-", word).strip("-") for word in words)
    return tuple(dict.fromkeys(tag for tag in tags if tag))
