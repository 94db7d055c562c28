"""Jobs in their order; of the first ones the tests are made into code before they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path

from paper_notes.snippets.jobs import Job

MOST = 500  # jobs made ready ahead, some kB each


class Ahead:
    """The jobs that no worker has yet."""

    def __init__(self, jobs: Iterable[Job], root: Path) -> None:
        self._rest = deque(jobs)
        self._ready: deque[Job] = deque()
        self._root = root.resolve()

    def __len__(self) -> int:
        return len(self._ready) + len(self._rest)

    def make_one(self) -> bool:
        """Make the tests of one more job into code. False where enough are, or all."""
        from paper_notes.snippets import rewritten  # not needed, and so not loaded, elsewhere

        if not self._rest or len(self._ready) >= MOST:
            return False
        self._ready.append(rewritten.with_code(self._rest.popleft(), self._root))
        return True

    def take(self) -> Job:
        """The next job. Raises IndexError where there is none."""
        return (self._ready or self._rest).popleft()

    def clear(self) -> None:
        """Forget all jobs."""
        self._ready.clear()
        self._rest.clear()
