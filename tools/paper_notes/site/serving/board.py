"""What browsers are to see at this moment: pages newer than the site's folder, and problems."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from paper_notes.problems import Problem


@dataclass(frozen=True)
class State:
    """One moment; never changes, so it may be read without a lock."""

    number: int = 0
    pages: Mapping[str, bytes] = field(default_factory=dict)  # by address: "en/papers/bert/"
    problems: tuple[Problem, ...] = ()
    open: bool = True


class Board:
    """Holds the present state. One thread changes it, any number look at it and wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = State()

    @property
    def state(self) -> State:
        """As things are now."""
        return self._state

    def show(self, pages: Mapping[str, bytes], problems: tuple[Problem, ...]) -> None:
        """Let these pages stand before those in the folder, and these problems be told."""
        self._put(replace(self._state, pages={**self._state.pages, **pages}, problems=problems))

    def settle(self, problems: tuple[Problem, ...]) -> None:
        """The site's folder now holds every page that was shown."""
        self._put(replace(self._state, pages={}, problems=problems))

    def close(self) -> None:
        """Send everyone home."""
        self._put(replace(self._state, open=False))

    def wait(self, seen: State, seconds: float) -> State:
        """The state that follows the one that was seen; after that time the same once more."""
        with self._changed:
            self._changed.wait_for(lambda: self._state is not seen, seconds)
            return self._state

    def _put(self, state: State) -> None:
        with self._changed:
            self._state = replace(state, number=self._state.number + 1)
            self._changed.notify_all()
