"""What is decided of all papers before any is written: names, years, and who cites whom.

Citations grow by preferential attachment: papers come in the order of their years, and each cites
older ones the more readily the more often these are cited already, mostly within its own topic.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.invented.vocabulary import Vocabulary, name
from paper_notes.notes.model import Paper, Relation

NEWEST = 2026
OLDEST = 1990
_AGE = 7.0  # years of a paper, on average: the field grows that fast
_WITHIN = 0.7  # of the citations stay in the topic
_MISSING = 0.3  # of the next reads are not in the base


@dataclass(frozen=True)
class Outside:
    """A paper that the base does not have."""

    title: str
    arxiv: str | None
    doi: str | None


@dataclass
class Outline:
    """One paper before it is written."""

    number: int
    id: str
    name: str
    title: str
    year: int
    model: int  # the real paper after which it is made
    topic: str
    reads: list[tuple[Relation, int | Outside]] = field(default_factory=list)

    @property
    def arxiv(self) -> str | None:
        """Its arXiv id; older papers have none."""
        return arxiv_id(self.year, self.number)

    @property
    def doi(self) -> str | None:
        """Its DOI, where it has no arXiv id."""
        return None if self.arxiv else f"10.5555/{self.year}.{self.number}"


def arxiv_id(year: int, number: int) -> str | None:
    """An arXiv id of that year; none before ids had this form."""
    return f"{year % 100:02}{number % 12 + 1:02}.{number:05}" if year > 2007 else None


def outlines(models: Sequence[Paper], number: int, seed: int, words: Vocabulary) -> list[Outline]:
    """The outlines of so many papers in the order of their numbers."""
    draw = random.Random(f"outlines {seed}")
    latin = words.latin_words(draw)
    made = [_outline(draw, count, models) for count in range(number)]
    for one in made:
        one.title = f"{one.name}: {' '.join(next(latin) for _ in range(6)).title()}"
    outside = [_outside(draw, count, latin) for count in range(number // 4 + 8)]
    _cite(made, models, outside, draw)
    return made


def _outline(draw: random.Random, count: int, models: Sequence[Paper]) -> Outline:
    model = count % len(models)
    own = name(draw)
    year = max(OLDEST, NEWEST - int(draw.expovariate(1 / _AGE)))
    return Outline(count, f"{own.lower()}_{count}", own, "", year, model, models[model].topic)


def _outside(draw: random.Random, count: int, latin: Iterator[str]) -> Outside:
    year = draw.randint(OLDEST, NEWEST)
    title = f"{name(draw)} {count}: {' '.join(next(latin) for _ in range(5)).title()}"
    arxiv = arxiv_id(year, 50_000 + count)
    return Outside(title, arxiv, None if arxiv else f"10.5555/outside.{count}")


def _cite(
    made: Sequence[Outline],
    models: Sequence[Paper],
    outside: Sequence[Outside],
    draw: random.Random,
) -> None:
    """Give every paper the next reads that its model has, to other papers."""
    cited_by: dict[int, list[int]] = defaultdict(list)
    pools: dict[str, list[int]] = defaultdict(list)  # a paper, once more for every citation
    everywhere: list[int] = []
    order = sorted(made, key=lambda one: (one.year, one.number))
    for one in order:
        own = pools[one.topic]
        for relation in _relations(models[one.model]):
            if relation is Relation.FOLLOW_UP:
                continue
            target = _older(one, own if draw.random() < _WITHIN else everywhere, draw)
            if target is None:
                one.reads.append((relation, _missing(one, outside, draw)))
                continue
            one.reads.append((relation, target))
            cited_by[target].append(one.number)
            pools[made[target].topic].append(target)
            everywhere.append(target)
        own.append(one.number)
        everywhere.append(one.number)
    for one in order:
        later = cited_by[one.number]
        wanted = sum(r is Relation.FOLLOW_UP for r in _relations(models[one.model]))
        taken = {read for _, read in one.reads}
        for target in draw.sample(later, min(wanted, len(later))):
            if target not in taken and draw.random() >= _MISSING:
                one.reads.append((Relation.FOLLOW_UP, target))
                taken.add(target)
        while len(one.reads) < len(models[one.model].next_read):
            one.reads.append((Relation.FOLLOW_UP, _missing(one, outside, draw)))


def _relations(model: Paper) -> list[Relation]:
    return [read.relation for read in model.next_read]


def _older(one: Outline, pool: Sequence[int], draw: random.Random) -> int | None:
    """A paper of the pool that this one does not read yet; None for one that is not here."""
    if not pool or draw.random() < _MISSING:
        return None
    target = draw.choice(pool)
    return None if target in {read for _, read in one.reads} else target


def _missing(one: Outline, outside: Sequence[Outside], draw: random.Random) -> Outside:
    taken = {read for _, read in one.reads}
    while True:
        found = outside[int(len(outside) * draw.random() ** 2)]  # the first are wanted most
        if found not in taken:
            return found
