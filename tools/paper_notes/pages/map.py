"""The map of all papers: a drawing that works by itself, and the frame for a livelier one."""

from __future__ import annotations

from collections.abc import Mapping

from paper_notes.graph.layout import best_linked, lay_out
from paper_notes.graph.lettering import short_title, wrapped
from paper_notes.graph.model import Node
from paper_notes.pages.context import Context
from paper_notes.pages.data import GRAPH, RELATIONS
from paper_notes.pages.map_data import MAP, MISSING, STATES, all_tags
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

DRAWN = 400  # papers that the drawing without script shows; more would be slow and unreadable
_LABEL_ROOM = 160 / 12  # em of a label


def map_page(context: Context, language: str) -> Page:
    """The page of the map in that language."""
    url = f"{language}/map/"
    graph = context.graph
    drawn = lay_out(graph, list(context.library.topics), best_linked(graph, DRAWN))
    places = {spot.node.key: spot for spot in drawn.spots}
    body = context.render(
        "map.html",
        url,
        language,
        map=drawn,
        places=places,
        label=lambda node: wrapped(_name(node), _LABEL_ROOM, 1)[0],
        links=[edge for edge in graph.edges if edge.source in places and edge.target in places],
        groups=_by_lane(context),
        states=[state for state in STATES if state != MISSING],
        relations=RELATIONS,
        tags=all_tags(context),
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
        scripts=(
            "assets/sigma/graphology.umd.min.js",
            "assets/sigma/sigma.min.js",
            "assets/map-model.js",
            "assets/map-stage.js",
            "assets/map.js",
        ),
    )


def _by_lane(context: Context) -> Mapping[str, list[tuple[int, Node]]]:
    """All papers by topic, each with its number in the data."""
    whole = lay_out(context.graph, list(context.library.topics))
    groups: dict[str, list[tuple[int, Node]]] = {topic: [] for topic in whole.lanes}
    for number, spot in enumerate(whole.spots):
        groups[spot.topic].append((number, spot.node))
    for members in groups.values():
        members.sort(key=lambda item: (item[1].paper is None, item[1].year or 0, item[1].title))
    return groups


def _name(node: Node) -> str:
    return short_title(node.title, node.paper.id if node.paper else None)
