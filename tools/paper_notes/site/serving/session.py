"""What is done about each save: the paper's pages at once, all others behind them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from queue import Empty, SimpleQueue
from time import monotonic, perf_counter
from typing import TypeAlias

from mkdocs.exceptions import MkDocsException

from paper_notes.problems import Problem, render
from paper_notes.site.serving.background import Builder, Outcome
from paper_notes.site.serving.board import Board
from paper_notes.site.serving.changes import changes_of, paper_of
from paper_notes.site.serving.desk import Desk, Fate, Revision, open_desk, revise

Message: TypeAlias = PurePosixPath | Outcome  # a file that was saved; a build that ended

_TOGETHER = 0.01  # seconds: one save is several events
_AT_MOST = 0.1  # seconds until something is done even if it never gets quiet
_DOUBT = 0.1  # an editor may be in the middle of writing what cannot be read
_MANY = 20  # papers at once, as when git changes branches: then everything is read again


class Session:
    """Follows saves and builds, one batch after the other, in one thread."""

    def __init__(
        self,
        root: Path,
        site: Path,
        inbox: SimpleQueue[Message],
        board: Board,
        builder: Builder,
        say: Callable[[str], None],
    ) -> None:
        self._root, self._site = root, site
        self._inbox, self._board, self._builder, self._say = inbox, board, builder, say
        self._desk: Desk | None = None
        self._doubtful: set[str] = set()  # papers that could not be read a moment ago
        self._broken: dict[str, list[Problem]] = {}  # by paper
        self._failed: list[Problem] = []  # why the last complete build failed
        self._warned: set[Problem] = set()  # what earlier builds warned of: once is enough

    def run(self) -> bool:
        """Serve until interrupted. False where no site could be built and none stands."""
        self._builder.start(aloud=True)
        self._open()
        while True:
            batch = _together(self._inbox, _DOUBT if self._doubtful else None)
            for outcome in (message for message in batch if isinstance(message, Outcome)):
                self._built(outcome)
                if self._failed and not self._site.is_dir():
                    return False
            paths = [message for message in batch if isinstance(message, PurePosixPath)]
            self._saved(paths, settled=not batch)

    def close(self) -> None:
        """Let go of the base."""
        if self._desk:
            self._desk.close()
        self._desk = None

    def _open(self) -> None:
        self.close()
        try:
            self._desk = open_desk(self._root, self._site)
        except (MkDocsException, OSError):
            return  # the build says what is wrong
        self._broken.clear()
        self._doubtful.clear()
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # what was read stays: to look through it for waste takes longer than a page

    def _saved(self, paths: list[PurePosixPath], *, settled: bool) -> None:
        """Follow these saves. Settled: nothing has happened for long enough to believe bad news."""
        changes = changes_of(paths)
        if changes.base or len(changes.papers) > _MANY:
            self._builder.start()
            self._open()
            return
        papers = sorted({*changes.papers, *self._doubtful})
        self._doubtful.clear()
        fates = [self._look_at(id, certain=settled) for id in papers]
        if self._broken:
            self._builder.cancel()  # a build could only say the same again
        elif changes.pages or Fate.SHOWN in fates or Fate.GONE in fates:
            self._builder.start()

    def _look_at(self, id: str, *, certain: bool) -> Fate:
        """Show what the files of this paper say now. Bad news is believed where it is certain."""
        start = perf_counter()
        if self._desk is None:
            return Fate.GONE  # nothing is known; the build will tell
        revision = revise(self._desk, id)
        if revision.fate in (Fate.BROKEN, Fate.GONE) and not certain:
            self._doubtful.add(id)
            return Fate.SAME
        self._desk = revision.desk
        mended = self._broken.pop(id, None) is not None
        if revision.fate is Fate.BROKEN:
            self._broken[id] = [each for each in revision.problems if each.severity == "error"]
        self._failed = [each for each in self._failed if paper_of(each.place.path) != id]
        self._board.show(revision.pages, self._wrong)
        self._tell(id, revision, perf_counter() - start)
        return Fate.SHOWN if mended and revision.fate is Fate.SAME else revision.fate

    @property
    def _wrong(self) -> tuple[Problem, ...]:
        """Every error there is, once."""
        in_papers = (problem for problems in self._broken.values() for problem in problems)
        return tuple(dict.fromkeys([*in_papers, *self._failed]))

    def _tell(self, id: str, revision: Revision, seconds: float) -> None:
        if revision.problems:
            self._say(render(revision.problems, "text"))
        if revision.fate is Fate.SHOWN:
            self._say(f"{id}: shown ({1000 * seconds:.0f} ms)")

    def _built(self, outcome: Outcome) -> None:
        if not self._builder.is_newest(outcome):
            return
        problems = outcome.report.problems
        self._failed = [problem for problem in problems if problem.severity == "error"]
        new = [problem for problem in problems if problem not in self._warned]
        self._warned = {problem for problem in problems if problem.severity == "warning"}
        if new:
            self._say(render(new, "text"))
        if self._failed:
            self._say("not built: the site is as it was before")
            self._board.show({}, self._wrong)
        else:
            self._say(f"{outcome.report.pages} pages ({outcome.seconds:.1f} s)")
            self._board.settle(self._wrong)
            if self._desk is None:
                self._open()


def _together(inbox: SimpleQueue[Message], patience: float | None) -> list[Message]:
    """What comes in until it is quiet for a moment; nothing where nobody comes in time."""
    batch: list[Message] = []
    try:
        batch.append(inbox.get(timeout=patience))
        end = monotonic() + _AT_MOST
        while monotonic() < end:
            batch.append(inbox.get(timeout=_TOGETHER))
    except Empty:
        pass
    return batch
