"""Mappings that hold little: values worked out when asked for, or put in place of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Derived(Mapping[str, T], Generic[T]):
    """Values that are worked out from their names whenever they are asked for."""

    def __init__(self, names: Iterable[str], value_of: Callable[[str], T]) -> None:
        self._names = dict.fromkeys(names)
        self._value_of = value_of

    def __getitem__(self, name: str) -> T:
        """The value. Raises KeyError for another name than those that were given."""
        if name not in self._names:
            raise KeyError(name)
        return self._value_of(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Replaced(Mapping[str, T], Generic[T]):
    """A mapping with other values of some names, or without them; the rest is not looked at."""

    def __init__(self, mapping: Mapping[str, T], changes: Mapping[str, T | None]) -> None:
        self._mapping: Mapping[str, T] = mapping
        self._changes: Mapping[str, T | None] = changes
        if isinstance(mapping, Replaced):  # one change after the other stays as quick as the first
            self._mapping = mapping._mapping
            self._changes = {**mapping._changes, **changes}

    def __getitem__(self, name: str) -> T:
        """The value. Raises KeyError where there is none of that name."""
        if name not in self._changes:
            return self._mapping[name]
        value = self._changes[name]
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        if name in self._changes:
            return self._changes[str(name)] is not None
        return name in self._mapping

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._mapping if name in self)
        yield from (name for name in self._changes if name in self and name not in self._mapping)

    def __len__(self) -> int:
        more = ((name in self) - (name in self._mapping) for name in self._changes)
        return len(self._mapping) + sum(more)
