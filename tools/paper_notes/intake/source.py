"""What somebody typed to say which paper: an arXiv id, a DOI, an address of either."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

_ARXIV = re.compile(
    r"(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.ASCII
)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
_OF_ARXIV = re.compile(r"10\.48550/arxiv\.", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """Where a paper's metadata can be asked for."""

    catalogue: Literal["arxiv", "doi"]
    id: str


def parse_source(text: str) -> Source | None:
    """The source that the text names, or None where it names neither arXiv nor a DOI.

    Understands bare ids, `arxiv:` and `doi:` before them, and the addresses of arxiv.org (abs,
    pdf, html), its mirrors and doi.org.
    """
    text = text.strip().removesuffix("/")
    try:
        parts = urlsplit(text)
    except ValueError:  # such as http://[ : what is no address names nothing
        return None
    if parts.scheme in ("http", "https"):
        path = unquote(parts.path).strip("/")
        if "arxiv" in (parts.hostname or ""):
            return _arxiv(re.sub(r"^(?:abs|pdf|html|format|ps|e-print)/", "", path))
        return _doi(path) if (parts.hostname or "").endswith("doi.org") else None
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() == "arxiv":
        return _arxiv(rest.strip())
    if colon and scheme.lower() == "doi":
        return _doi(rest.strip())
    return _arxiv(text) or _doi(text)


def _arxiv(text: str) -> Source | None:
    match = _ARXIV.fullmatch(text.removesuffix(".pdf"))
    return Source("arxiv", match["id"]) if match else None


def _doi(text: str) -> Source | None:
    if not _DOI.fullmatch(text):
        return None
    if _OF_ARXIV.match(text):
        return _arxiv(_OF_ARXIV.sub("", text))
    return Source("doi", text)
