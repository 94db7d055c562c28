"""Long lists in parts, each on a page of its own, so that no page grows with the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Part(Generic[Item]):
    """Some items of a list, and where the page with them stands among the others."""

    base: str  # the address of the first part
    number: int  # from 1
    parts: int
    items: Sequence[Item]
    before: int  # how many items stand on the parts before

    @property
    def url(self) -> str:
        """The address of this part."""
        return _url(self.base, self.number)

    @property
    def is_first(self) -> bool:
        """Whether the list begins here."""
        return self.number == 1

    @property
    def previous(self) -> str | None:
        """The address of the part before."""
        return _url(self.base, self.number - 1) if self.number > 1 else None

    @property
    def next(self) -> str | None:
        """The address of the part after."""
        return _url(self.base, self.number + 1) if self.number < self.parts else None

    def title(self, text: str) -> str:
        """What the page is called: titles of two pages differ."""
        return text if self.is_first else f"{text} ({self.number})"


def parts(base: str, items: Sequence[Item], size: int) -> list[Part[Item]]:
    """The items in parts of that size, the first at `base`; an empty list is one empty part."""
    starts = range(0, len(items), size) or range(1)
    return [
        Part(base, number, len(starts), items[start : start + size], start)
        for number, start in enumerate(starts, 1)
    ]


def _url(base: str, number: int) -> str:
    return base if number == 1 else f"{base}{number}/"
