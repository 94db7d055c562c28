"""Learning paths: their list, a page for each, and the page that finds a way from A to B."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paper_notes.evidence import Totals
from paper_notes.graph.build import node_of_step
from paper_notes.graph.model import Node
from paper_notes.notes.identity import plain_title
from paper_notes.notes.model import Text
from paper_notes.notes.paths import LearningPath
from paper_notes.pages.context import Context
from paper_notes.pages.data import GRAPH
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

STYLES = ("assets/graph.css",)


@dataclass(frozen=True)
class Stop:
    """One step of a path as its page shows it."""

    node: Node
    why: Text

    @property
    def name(self) -> str:
        """Under which the browser remembers that it was read, whether its note is here or not."""
        return plain_title(self.node.title)


def path_pages(context: Context, language: str) -> Iterator[Page]:
    """The list, the way from A to B, and each hand-made path."""
    yield _list(context, language)
    yield _way(context, language)
    for path in context.library.paths.values():
        yield _path(context, path, language)


def stops_of(context: Context, path: LearningPath) -> list[Stop]:
    """The steps of a path, each at its note where there is one by now."""
    return [Stop(node_of_step(context.graph, step), step.why) for step in path.steps]


def _list(context: Context, language: str) -> Page:
    url = f"{language}/paths/"
    stops = {id: stops_of(context, path) for id, path in context.library.paths.items()}
    body = context.render("paths.html", url, language, paths=context.library.paths, stops=stops)
    words = WORDS[language]
    return Page(
        url, language, words["paths_learning"], words["paths_help"], body, "list", "katex" in body
    )


def _path(context: Context, path: LearningPath, language: str) -> Page:
    url = f"{language}/paths/{path.id}/"
    name, _ = path.name.best(language)
    stops = stops_of(context, path)
    body = context.render(
        "path.html",
        url,
        language,
        path=path,
        name=name,
        stops=stops,
        totals={stop.name: _totals(context, stop.node) for stop in stops if stop.node.here},
    )
    return Page(
        url=url,
        language=language,
        title=name,
        description=f"{name}. {WORDS[language]['paths_help']}",
        body=body,
        kind="list",
        math="katex" in body,
        styles=STYLES,
        scripts=("assets/progress.js",),
    )


def _totals(context: Context, node: Node) -> Totals:
    return context.totals([context.library.papers[node.key]])


def _way(context: Context, language: str) -> Page:
    url = f"{language}/paths/way/"
    body = context.render(
        "way.html",
        url,
        language,
        graph=GRAPH,
        why=f"data/{language}/why.json",
        paths=context.library.paths,
    )
    words = WORDS[language]
    return Page(
        url=url,
        language=language,
        title=words["way"],
        description=words["way_help"],
        body=body,
        kind="list",
        math=True,  # reasons come by script, with whatever formulas they have
        styles=STYLES,
        scripts=("assets/shortest.js", "assets/way.js"),
    )
