"""Cached properties that are known in advance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest

from paper_notes.prefilled import prefilled


@dataclass(frozen=True)
class Square:
    side: int

    @cached_property
    def area(self) -> int:
        return self.side**2


def test_what_is_known_is_not_worked_out() -> None:
    assert prefilled(Square(3), area=10).area == 10


def test_only_cached_properties_can_be_known() -> None:
    with pytest.raises(TypeError, match="side is no cached property of Square"):
        prefilled(Square(3), side=4)
