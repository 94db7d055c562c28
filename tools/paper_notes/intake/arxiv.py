"""arXiv: one paper's metadata from its Atom interface."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from paper_notes.intake.metadata import Metadata, one_line, plain
from paper_notes.intake.web import Web, WebError

ADDRESS = "https://export.arxiv.org/api/query"

_NAMES = {"atom": "http://www.w3.org/2005/Atom", "arxiv": "http://arxiv.org/schemas/atom"}


def ask_arxiv(web: Web, id: str, address: str = ADDRESS) -> Metadata:
    """The paper of that arXiv id. Raises WebError."""
    return parse_feed(web.get(address, {"id_list": id, "max_results": "1"}), id)


def parse_feed(feed: bytes, id: str) -> Metadata:
    """The metadata in arXiv's answer. Raises WebError where the answer holds none."""
    try:
        entry = fromstring(feed, forbid_dtd=True).find("atom:entry", _NAMES)
    except (ParseError, DefusedXmlException, ValueError) as error:
        message = f"arXiv's answer cannot be read: {error}"
        raise WebError("bad-answer", message, "try again in some minutes") from error
    # arXiv answers 200 with an entry titled "Error" to an id that it does not know.
    title = _text(entry, "title")
    authors = _authors(entry)
    if entry is None or not title or not authors or "/api/errors" in _text(entry, "id"):
        raise WebError("not-found", f"arXiv knows no paper {id}", "is the id right?")
    return Metadata(
        title=plain(title),
        authors=authors,
        year=_year(_text(entry, "published")),
        venue="arXiv",
        arxiv=id,
        doi=_text(entry, "doi", "arxiv") or None,
    )


def _authors(entry: Element | None) -> tuple[str, ...]:
    names = [] if entry is None else entry.findall("atom:author/atom:name", _NAMES)
    found = (plain(name.text or "") for name in names)
    return tuple(dict.fromkeys(name for name in found if name))


def _year(published: str) -> int | None:
    return int(published[:4]) if published[:4].isdecimal() else None


def _text(entry: Element | None, name: str, space: str = "atom") -> str:
    found = None if entry is None else entry.find(f"{space}:{name}", _NAMES)
    return one_line(found.text or "") if found is not None else ""
