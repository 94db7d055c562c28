"""The heads of all pages: what is known of each before it is made, and needed beyond its making.

Ten thousand papers have forty thousand pages, whose titles and summaries would take 25 MB in every
process: those about papers lie packed on a shelf, and whoever wants them goes through all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from paper_notes.pages.context import Context
from paper_notes.pages.every import every_id, heads_about
from paper_notes.pages.page import Page
from paper_notes.reading.values import decoder, encode
from paper_notes.storage.shelf import Shelf

Pages = tuple[Page, ...]


@dataclass(frozen=True)
class Heads(Collection[Page]):
    """The pages of a site, all without their bodies: first the lists, then those about papers."""

    lists: Sequence[Page]
    papers: Mapping[str, Pages]  # by the id that they are about
    number: int  # of pages

    @property
    def about(self) -> Iterator[Page]:
        """Those about papers."""
        return (page for pages in self.papers.values() for page in pages)

    def __iter__(self) -> Iterator[Page]:
        yield from self.lists
        yield from self.about

    def __len__(self) -> int:
        return self.number

    def __contains__(self, page: object) -> bool:
        return any(page == one for one in self)


def heads(lists: Sequence[Page], context: Context) -> Heads:
    """The heads of these lists and of all pages about papers."""
    papers: Shelf[Pages] = Shelf(_PAGES.decode)
    number = len(lists)
    for id in every_id(context):
        pages = tuple(heads_about(context, id))
        number += len(pages)
        papers.put(id, pages, encode(pages))
    return Heads(lists, papers, number)


_PAGES = decoder(Pages)
