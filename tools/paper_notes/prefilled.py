"""Cached properties whose values are known before they are asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

T = TypeVar("T")


def prefilled(value: T, **known: object) -> T:
    """The same object, with these cached properties worked out already.

    Raises TypeError for a name that is no cached property of it.
    """
    for name in known:
        if not isinstance(getattr(type(value), name, None), cached_property):
            raise TypeError(f"{name} is no cached property of {type(value).__name__}")
    vars(value).update(known)  # where cached_property itself keeps them
    return value
