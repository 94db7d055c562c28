"""What the map's script fetches besides the graph: where each paper stands, and its kinds."""

from __future__ import annotations

from collections.abc import Mapping

from paper_notes.graph.layout import lay_out
from paper_notes.graph.model import Node
from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context

MAP = "data/map.json"
MISSING = "missing"
STATES = ("verified", "reported", "failing", "unchecked", MISSING)


def map_data(context: Context) -> Mapping[str, object]:
    """Places and kinds of all papers, in the order of the graph's nodes."""
    topics = list(context.library.topics)
    tags = {tag: number for number, tag in enumerate(all_tags(context))}
    whole = lay_out(context.graph, topics)
    lanes = {topic: number for number, topic in enumerate(whole.lanes)}
    kinds = [_kinds(context, spot.node) for spot in whole.spots]
    return {
        "topics": list(lanes),
        "tags": list(tags),
        "states": STATES,
        "width": whole.width,
        "height": whole.height,
        "years": [[year, x] for year, x in whole.years.items()],
        "lanes": list(whole.lanes.values()),
        "x": [spot.x for spot in whole.spots],
        "y": [spot.y for spot in whole.spots],
        "year": [spot.year for spot in whole.spots],
        "topic": [lanes[spot.topic] for spot in whole.spots],
        "tag": [[tags[tag] for tag in own] for own, _ in kinds],
        "state": [STATES.index(state) for _, state in kinds],
    }


def all_tags(context: Context) -> list[str]:
    """Every tag of the base, sorted."""
    return sorted({tag for paper in context.library.papers.values() for tag in paper.tags})


def _kinds(context: Context, node: Node) -> tuple[tuple[str, ...], str]:
    """A paper's tags and its state."""
    if not node.here:
        return (), MISSING
    paper = context.library.papers[node.key]
    return paper.tags, _state(context, paper)


def _state(context: Context, paper: Paper) -> str:
    """The worst that is known of a paper's claims, so that a green map is a promise."""
    totals = context.totals([paper])
    for state in ("failing", "unchecked", "verified"):
        if getattr(totals, state):
            return state
    return "reported"
