"""When two references mean the same paper."""

from __future__ import annotations

import unicodedata
from typing import Protocol, TypeAlias

Identity: TypeAlias = tuple[str, str]  # ("arxiv", "1803.08494"), ("doi", …), ("url", …)

_ARXIV_DOI = "10.48550/arxiv."


class Reference(Protocol):
    """Whatever names a paper by its identifiers: a note, a next read, a catalogue's entry."""

    @property
    def arxiv(self) -> str | None:
        """The arXiv id without version."""

    @property
    def doi(self) -> str | None:
        """The DOI."""


def identities(reference: Reference) -> tuple[Identity, ...]:
    """The names under which the world knows a paper: its arXiv id, its DOI."""
    found: list[Identity] = []
    if reference.arxiv:
        found.append(("arxiv", reference.arxiv))
    if reference.doi:
        doi = reference.doi.lower()
        if doi.startswith(_ARXIV_DOI):
            found.append(("arxiv", doi.removeprefix(_ARXIV_DOI)))
        else:
            found.append(("doi", doi))
    return tuple(dict.fromkeys(found))


def plain_title(title: str) -> str:
    """A title without case, punctuation and blanks, by which near-equal ones are found."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(character for character in folded if character.isalnum())
