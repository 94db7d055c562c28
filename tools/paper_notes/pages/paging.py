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
    further: str  # under this address stand the others
    number: int  # from 1
    parts: int
    items: Sequence[Item]
    before: int  # how many items stand on the parts before

    @property
    def url(self) -> str:
        """The address of this part."""
        return self._url(self.number)

    @property
    def is_first(self) -> bool:
        """Whether the list begins here."""
        return self.number == 1

    @property
    def previous(self) -> str | None:
        """The address of the part before."""
        return self._url(self.number - 1) if self.number > 1 else None

    @property
    def next(self) -> str | None:
        """The address of the part after."""
        return self._url(self.number + 1) if self.number < self.parts else None

    def title(self, text: str) -> str:
        """What the page is called: titles of two pages differ."""
        return text if self.is_first else f"{text} ({self.number})"

    def _url(self, number: int) -> str:
        return self.base if number == 1 else f"{self.further}{number}/"


def parts(
    base: str, items: Sequence[Item], size: int, further: str | None = None
) -> list[Part[Item]]:
    """The items in parts of that size, the first at `base`; an empty list is one empty part.

    The others stand at `further` and a number, which is `base` where nothing else has numbers.
    """
    starts = range(0, len(items), size) or range(1)
    return [
        Part(base, further or base, number, len(starts), items[start : start + size], start)
        for number, start in enumerate(starts, 1)
    ]
