"""The command `paper-notes path`: the way from one paper to another, with reasons, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from paper_notes.graph.before import read_before
from paper_notes.graph.find import find_node, near_ids
from paper_notes.graph.model import Edge, Graph, Node
from paper_notes.graph.ways import Direction, Step, shortest_way

_WIDTH = 88
_INDENT = "   "
_WORDS = {
    "en": {
        Direction.ON: "comes after it",
        Direction.BESIDE: "an alternative to it",
        Direction.BACK: "comes before it",
        "missing": "not here yet",
        "source": "notes of {id}",
        "same": "that is the same paper",
        "no_way": "no way leads from {start} to {end} yet",
        "before": "read before {end}:",
        "nearest": "nothing is known to come before {end}; near it by topic:",
        "alone": "no other paper of the base is near {end}",
    },
    "ja": {
        Direction.ON: "前の論文の次に読む",
        Direction.BESIDE: "前の論文と並ぶ別の方法",
        Direction.BACK: "前の論文より先に読む",
        "missing": "未収録",
        "source": "{id} の要約から",
        "same": "同じ論文である",
        "no_way": "{start} から {end} への道はまだない",
        "before": "{end} の前に読む論文:",
        "nearest": "{end} の前に読む論文は知られていない。同じ分野の論文:",
        "alone": "{end} の近くにほかの論文はない",
    },
}


def show_way(graph: Graph, start: str, end: str, language: str) -> tuple[int, str]:
    """The exit status and what to say: the way with its reasons, or what is nearest to it.

    Start and end are whatever the reader calls the papers: id, alias, title, arXiv id, DOI.
    """
    first, last = find_node(graph, start), find_node(graph, end)
    if first is None or last is None:
        unknown = [name for name, node in ((start, first), (end, last)) if node is None]
        return 2, "\n".join(_unknown(graph, name) for name in unknown)
    steps = shortest_way(graph, first.key, last.key)
    if steps is None:
        return 1, "\n".join(_no_way(graph, first, last, language))
    if not steps:
        return 0, f"{_title(first, language)}\n{_INDENT}{_WORDS[language]['same']}"
    return 0, "\n".join(_way(first, steps, language))


def _way(first: Node, steps: Sequence[Step], language: str) -> Iterator[str]:
    yield f"1. {_title(first, language)}"
    for number, step in enumerate(steps, 2):
        yield f"{number}. {_title(step.node, language)}"
        yield _reason(_WORDS[language][step.direction], step.edge, language)


def _no_way(graph: Graph, start: Node, end: Node, language: str) -> Iterator[str]:
    words = _WORDS[language]
    yield words["no_way"].format(start=start.key, end=end.key)
    before = read_before(graph, end.key)
    if before:
        yield words["before"].format(end=end.key)
        yield from (f"{_INDENT}{_title(item.node, language)}" for item in before)
        return
    near = _same_topic(graph, end)
    yield words["nearest" if near else "alone"].format(end=end.key)
    yield from (f"{_INDENT}{_title(node, language)}" for node in near)


def _same_topic(graph: Graph, end: Node) -> list[Node]:
    """The five papers of the topic that are nearest in time."""
    if not end.here:
        return []
    others = [node for node in graph.nodes.values() if node.topic == end.topic]
    others.sort(key=lambda node: (abs((node.year or 0) - (end.year or 0)), node.key))
    return [node for node in others if node is not end][:5]


def _title(node: Node, language: str) -> str:
    year = f" ({node.year})" if node.year else ""
    if node.here:
        return f"{node.title}{year} · {node.key}"
    address = f", {node.address}" if node.address else ""
    return f"{node.title}{year} · {_WORDS[language]['missing']}{address}"


def _reason(label: str, edge: Edge, language: str) -> str:
    why = " ".join(edge.why.best(language)[0].split())
    text = f"{label}: {why} ({_WORDS[language]['source'].format(id=edge.source)})"
    return fill(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _unknown(graph: Graph, name: str) -> str:
    near = near_ids(graph, name)
    hint = f"\n    did you mean {' or '.join(f'`{id}`' for id in near)}?" if near else ""
    return f"there is no paper {name!r}{hint}"
