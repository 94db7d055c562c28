"""When two references mean the same paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeAlias

Identity: TypeAlias = tuple[str, str]  # ("arxiv", "1803.08494"), ("doi", "10.1038/323533a0")

_ARXIV_DOI = "10.48550/arxiv."
_NO_LETTERS = re.compile(r"[\W_]+")  # what is not alphanumeric


class Reference(Protocol):
    """Whatever names a paper by its title and, where it has one, by an identifier."""

    @property
    def title(self) -> str | None: ...
    @property
    def arxiv(self) -> str | None: ...
    @property
    def doi(self) -> str | None: ...


class Named(NamedTuple):
    """A reference and nothing else: what is kept of a paper to find it again."""

    title: str | None
    arxiv: str | None
    doi: str | None


def named(reference: Reference) -> Named:
    """The reference alone."""
    return Named(reference.title, reference.arxiv, reference.doi)


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
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", title).casefold())


class Index:
    """Known papers under their keys, found again by identifier or else by equal title."""

    def __init__(self) -> None:
        self._by_identity: dict[Identity, str] = {}
        self._by_title: dict[str, list[str]] = {}
        self._identities: dict[str, dict[str, str]] = {}

    def add(self, key: str, reference: Reference) -> None:
        """Let this reference be found as `key`; a key may be added under several references."""
        own = self._identities.setdefault(key, {})
        for kind, value in identities(reference):
            own.setdefault(kind, value)
            self._by_identity.setdefault((kind, value), key)
        keys = self._by_title.setdefault(plain_title(reference.title or ""), [])
        if key not in keys:
            keys.append(key)

    def find(self, reference: Reference) -> str | None:
        """The key of the paper that is meant, or None. One title may belong to two papers: it
        decides only where no identifier says otherwise."""
        names = identities(reference)
        for name in names:
            if name in self._by_identity:
                return self._by_identity[name]
        title = plain_title(reference.title or "")
        for key in self._by_title.get(title, ()) if title else ():
            if not self._identities[key].keys() & {kind for kind, _ in names}:
                return key
        return None


def index_of(papers: Mapping[str, Reference]) -> Index:
    """An index that finds these papers under their ids."""
    index = Index()
    for id in sorted(papers):
        index.add(id, papers[id])
    return index
