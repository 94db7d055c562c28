"""Papers as lists show them: title, how the first answer begins, who wrote it, what is proven.

A paper stands in the list of its topic and in that of each of its tags. It is looked up and
rendered once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from paper_notes.pages.context import Context
from paper_notes.pages.paging import Part


@dataclass(frozen=True)
class Entries:
    """The entries of lists in one language, remembered for as long as this is."""

    context: Context
    language: str
    _made: dict[tuple[str, int], Markup] = field(default_factory=dict)

    def of(self, part: Part[str]) -> list[Markup]:
        """The papers of a part, in its order.

        Links lead out of the list's own folder below the language, so that only the depth of the
        page tells where they lead.
        """
        depth = part.url.count("/")
        missing = [id for id in part.items if (id, depth) not in self._made]
        if missing:
            entry = self.context.macro("lists.html", "entry", part.url, self.language)
            for id in missing:
                self._made[id, depth] = entry(self.context.library.papers[id])
        return [self._made[id, depth] for id in part.items]
