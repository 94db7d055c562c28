"""Makes the pages that are not about one paper, the lists of a kind wherever a process is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paper_notes.pages.context import Context
from paper_notes.pages.every import lists
from paper_notes.parallel import shared
from paper_notes.site.fragments import Gained
from paper_notes.site.press import Found
from paper_notes.site.spool import Spools, Waiting
from paper_notes.site.tools import Tools


@dataclass(frozen=True)
class _Listed:
    """What one maker made."""

    number: int
    pages: Sequence[Waiting]
    found: Found
    gained: Gained


@dataclass(frozen=True)
class Lists:
    """All lists in a fixed order, their bodies put away, and what was met on the way."""

    pages: Sequence[Waiting]
    found: Found


def make_lists(context: Context, tools: Tools, spools: Spools) -> Lists:
    """Make all lists. Raises OSError where there is no room for them."""
    makers = [(make, spools()) for make in lists(context)]

    def make(number: int) -> _Listed:
        pages, spool = makers[number]
        waiting = [spool.put(page) for page in pages()]
        found = Found(shown=tools.math.shown, refused=dict(tools.refused))
        return _Listed(number, waiting, found, tools.fragments.gained())

    context.prepare()
    _ = context.groups
    made: dict[int, Sequence[Waiting]] = {}
    found = Found()
    for listed in shared(make, range(len(makers))):
        made[listed.number] = listed.pages
        found |= listed.found
        tools.fragments.add(listed.gained)
    return Lists([page for number in sorted(made) for page in made[number]], found)
