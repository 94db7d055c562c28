"""What is being published: the pages, what they are made from, and where they will stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from paper_notes.library import paths_of
from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.site.heads import Heads
from paper_notes.site.history import newest


@dataclass(frozen=True)
class Publication:
    """All that the site's files are made from."""

    context: Context
    pages: Heads
    address: str | None  # the site's own; None: what has to be absolute is left out
    changes: Mapping[str, datetime]  # the last commit of each file
    written: Sequence[Page] = ()  # by hand: only what their heads say

    def paper(self, page: Page) -> Paper | None:
        """The paper that a page is about."""
        return self.context.library.papers.get(page.about or "")

    def changed(self, paper: Paper) -> datetime | None:
        """When the note, the snippet or its tests last changed; else the day the note was added."""
        moment = newest(self.changes, map(str, paths_of(paper.id)))
        if moment is None and paper.added:
            return datetime.combine(paper.added, time(), UTC)
        return moment
