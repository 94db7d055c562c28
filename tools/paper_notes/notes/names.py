"""Names that are known, and the one that somebody may have meant by another."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

_AROUND = 100  # candidates on either side: comparing with ten thousand takes a tenth of a second


class Names(Collection[str]):
    """A set of names that is quick to search for near misses."""

    def __init__(self, names: Iterable[str]) -> None:
        self._all = frozenset(names)
        self._sorted = sorted(self._all)

    def __contains__(self, name: object) -> bool:
        return name in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._sorted)

    def did_you_mean(self, name: str, otherwise: str) -> str:
        """The hint that names what is most like `name`, or the other hint.

        Of very many names, those are compared that begin most like it.
        """
        place = bisect(self._sorted, name)
        around = self._sorted[max(0, place - _AROUND) : place + _AROUND]
        near = get_close_matches(name, around, 1)
        return f"did you mean `{near[0]}`?" if near else otherwise
