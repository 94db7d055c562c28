"""Crossref: one paper's metadata by its DOI."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from paper_notes.intake.metadata import Metadata, plain, venue_with_year
from paper_notes.intake.web import Web, WebError

ADDRESS = "https://api.crossref.org/works"


def ask_crossref(web: Web, doi: str, address: str = ADDRESS) -> Metadata:
    """The paper of that DOI. Raises WebError."""
    return parse_work(web.get(f"{address.rstrip('/')}/{quote(doi, safe='')}"), doi)


def parse_work(answer: bytes, doi: str) -> Metadata:
    """The metadata in Crossref's answer. Raises WebError where the answer holds none."""
    try:
        work = json.loads(answer)["message"]
        title = plain(_first(work, "title"))
        authors = tuple(dict.fromkeys(filter(None, map(_name, work.get("author", [])))))
        year = _year(work)
        venue = venue_with_year(plain(_first(work, "container-title")), year)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = f"Crossref's answer cannot be read: {type(error).__name__}"
        raise WebError("bad-answer", message, "try again in some minutes") from error
    if not title:
        raise WebError("not-found", f"Crossref has no title for {doi}", "is the DOI right?")
    return Metadata(title=title, authors=authors, year=year, venue=venue, doi=doi)


def _first(work: dict[str, Any], key: str) -> str:
    values = work.get(key) or [""]
    return str(values[0])


def _name(author: dict[str, Any]) -> str:
    parts = (author.get("given"), author.get("family"), author.get("suffix"))
    return plain(" ".join(part for part in parts if part) or author.get("name", ""))


def _year(work: dict[str, Any]) -> int | None:
    """The year of whatever came first: online or in print."""
    keys = ("published", "published-print", "published-online", "issued")
    dates = [work[key]["date-parts"][0] for key in keys if work.get(key)]
    years = [int(date[0]) for date in dates if date and date[0]]
    return min(years, default=None)
