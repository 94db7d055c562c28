"""The map of all papers: a drawing that works by itself, and the frame for a livelier one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping

from paper_notes.graph.layout import Map, best_linked, lay_out
from paper_notes.graph.lettering import short_title, wrapped
from paper_notes.graph.model import Node
from paper_notes.pages.context import Context
from paper_notes.pages.data import GRAPH, RELATIONS
from paper_notes.pages.groups import Ids
from paper_notes.pages.map_data import MAP, MISSING, STATES
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

DRAWN = 400  # papers that drawing and list show by themselves; more would be slow and unreadable
TAGS = 200  # to filter by: those of most papers
_LABEL_ROOM = 160 / 12  # em of a label


def map_page(context: Context, language: str) -> Page:
    """The page of the map in that language."""
    url = f"{language}/map/"
    graph = context.graph
    topics = list(context.library.topics)
    whole = lay_out(graph, topics)
    drawn = lay_out(graph, topics, best_linked(graph, DRAWN))
    places = {spot.node.key: spot for spot in drawn.spots}
    body = context.render(
        "map.html",
        url,
        language,
        map=drawn,
        whole=whole,
        places=places,
        label=lambda node: wrapped(_name(node), _LABEL_ROOM, 1)[0],
        links=[edge for edge in graph.edges if edge.source in places and edge.target in places],
        groups=_by_lane(whole, places),
        counts=Counter(spot.topic for spot in whole.spots),
        states=[state for state in STATES if state != MISSING],
        relations=RELATIONS,
        tags=_tags(context.groups.tags),
        files={"graph": GRAPH, "map": MAP, "what": f"data/{language}/what.json"},
    )
    words = WORDS[language]
    return Page(
        url=url,
        language=language,
        title=words["map"],
        description=words["map_help"],
        body=body,
        kind="map",
        styles=("assets/graph.css", "assets/map.css"),
        scripts=("assets/map-model.js", "assets/map-stage.js", "assets/map.js"),
        libraries=("assets/sigma/graphology.umd.min.js", "assets/sigma/sigma.min.js"),
    )


def _by_lane(whole: Map, keys: Container[str]) -> Mapping[str, list[tuple[int, Node]]]:
    """The papers at these keys by topic, each with its number in the data."""
    groups: dict[str, list[tuple[int, Node]]] = {topic: [] for topic in whole.lanes}
    for number, spot in enumerate(whole.spots):
        if spot.node.key in keys:
            groups[spot.topic].append((number, spot.node))
    for members in groups.values():
        members.sort(key=lambda item: (not item[1].here, item[1].year or 0, item[1].title))
    return groups


def _tags(groups: Ids) -> list[str]:
    """The tags of most papers, and of equally common ones the first by name; sorted."""
    return sorted(sorted(groups, key=lambda tag: -len(groups[tag]))[:TAGS])


def _name(node: Node) -> str:
    return short_title(node.title, node.key if node.here else None)
