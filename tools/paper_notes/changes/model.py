"""The difference between two states of the base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paper_notes.changes.translations import LeftBehind, left_behind
from paper_notes.evidence import Totals, count, weigh
from paper_notes.library import Library
from paper_notes.notes.identity import Identity, identities, plain_title
from paper_notes.notes.model import NextRead, Paper
from paper_notes.snippets.report import SnippetResult


@dataclass(frozen=True, order=True)
class Edge:
    """One next read: who names whom, and as what."""

    source: str
    relation: str
    target: str  # an id of the base, or the title of a paper that it lacks


@dataclass(frozen=True)
class Changes:
    """What is different after a change, by paper id."""

    added: tuple[Paper, ...]
    removed: tuple[Paper, ...]
    changed: tuple[Paper, ...]  # the note, the snippet or its tests
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]
    closed: tuple[str, ...]  # titles that next reads named and the base lacked, and now has
    claims: Mapping[str, Totals]  # for papers added and changed
    left_behind: tuple[LeftBehind, ...]


def compare(before: Library, after: Library, runs: Mapping[str, SnippetResult]) -> Changes:
    """What the change from `before` to `after` does; `runs` are current results of `after`."""
    old, new = before.papers, after.papers
    added = tuple(new[id] for id in new.keys() - old.keys())
    changed = tuple(new[id] for id in new.keys() & old.keys() if _differs(id, before, after))
    edges_before, edges_after = set(_edges(old)), set(_edges(new))
    return Changes(
        added=_sorted(added),
        removed=_sorted(tuple(old[id] for id in old.keys() - new.keys())),
        changed=_sorted(changed),
        edges_added=tuple(sorted(edges_after - edges_before)),
        edges_removed=tuple(sorted(edges_before - edges_after)),
        closed=tuple(sorted(set(_closed(old, new)))),
        left_behind=tuple(
            one for paper in _sorted(changed) for one in left_behind(old[paper.id], paper)
        ),
        claims={p.id: count(weigh(p, runs.get(p.id))) for p in _sorted((*added, *changed))},
    )


def _sorted(papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
    return tuple(sorted(papers, key=lambda paper: paper.id))


def _differs(id: str, before: Library, after: Library) -> bool:
    old, new = before.snippets.get(id), after.snippets.get(id)
    digests = [snippet.digest if snippet else None for snippet in (old, new)]
    return before.papers[id] != after.papers[id] or digests[0] != digests[1]


def _edges(papers: Mapping[str, Paper]) -> Iterator[Edge]:
    known = _by_name(papers)
    for paper in papers.values():
        for read in paper.next_read:
            yield Edge(paper.id, read.relation.value, _target(read, known))


def _closed(old: Mapping[str, Paper], new: Mapping[str, Paper]) -> Iterator[str]:
    lacking, having = _by_name(old), _by_name(new)
    for paper in old.values():
        for read in paper.next_read:
            if (
                not read.paper
                and _target(read, lacking) not in old
                and _target(read, having) in new
            ):
                yield read.title or ""


Names = Mapping[Identity, str]


def _by_name(papers: Mapping[str, Paper]) -> Names:
    """Ids by everything that a next read may call a paper."""
    names: dict[Identity, str] = {}
    for id, paper in papers.items():
        for name in (*identities(paper), ("title", plain_title(paper.title))):
            names.setdefault(name, id)
    return names


def _target(read: NextRead, known: Names) -> str:
    if read.paper:
        return read.paper
    title = read.title or ""
    names = (*identities(read), ("title", plain_title(title)))
    return next((known[name] for name in names if name in known), title)
