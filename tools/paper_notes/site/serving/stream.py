"""What a listening page is told, as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from paper_notes.problems import Problem
from paper_notes.site.serving.board import Board, State
from paper_notes.site.serving.client import mark_of
from paper_notes.site.serving.find import find

STILL_HERE = b": still here\n\n"  # a comment: shows whether anybody listens
_SECONDS = 15


def stream(board: Board, mark: Callable[[State], str], known: str | None) -> Iterator[bytes]:
    """Events until the board is closed: the problems there are, and that the page changed.

    `known` is the mark of the page that the listener has; None: the present one.
    """
    state = board.state
    known = mark(state) if known is None else known
    told: tuple[Problem, ...] | None = None
    while state.open:
        if state.problems != told:
            told = state.problems
            yield _event("problems", [_shown(problem) for problem in told])
        present = mark(state)
        if present != known:
            known = present
            yield _event("reload", {"mark": present})
        following = board.wait(state, _SECONDS)
        if following is state:
            yield STILL_HERE
        state = following


def marker(site: Path, path: str) -> Callable[[State], str]:
    """What tells the mark of the page at this path as it is in a state."""

    def mark(state: State) -> str:
        found = find(site, state.pages, path)
        return mark_of(found.content if found.status is HTTPStatus.OK else None)

    return mark


def _event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _shown(problem: Problem) -> dict[str, str]:
    place = problem.place
    where = f"{place.path}:{place.line}:{place.column}"
    words = {"code": problem.code, "message": problem.message, "hint": problem.hint}
    return {"place": where, **words}
