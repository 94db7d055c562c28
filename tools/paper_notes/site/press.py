"""Makes the pages and files of the papers, a few papers at a time, wherever a process is free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from paper_notes.pages.every import pages_about
from paper_notes.pages.math import Shown
from paper_notes.pages.page import Page, href
from paper_notes.search.index import Reading
from paper_notes.site.code import names_in_code, without_code
from paper_notes.site.fragments import Gained
from paper_notes.site.links import Asked, Link, follow, ids_of_ours, links_of_ours, unanswered
from paper_notes.site.machines import cards_about, files_about, index_of
from paper_notes.site.metadata import head
from paper_notes.site.publication import Publication
from paper_notes.site.shells import Shape, Shell, shape_of
from paper_notes.site.spool import Waiting
from paper_notes.site.staging import Staging
from paper_notes.site.styles import names_in
from paper_notes.site.tools import Tools


@dataclass(frozen=True)
class Found:
    """What was met while pages were made."""

    names: frozenset[str] = frozenset()  # classes and ids, for the style sheet
    shown: Shown = field(default_factory=Shown)
    refused: Mapping[str, str] = field(default_factory=dict)  # formulas, and why
    broken: tuple[Link, ...] = ()
    asked: tuple[Asked, ...] = ()

    def __or__(self, other: Found) -> Found:
        """Both together; in which order makes no difference."""
        return Found(
            self.names | other.names,
            self.shown | other.shown,
            {**self.refused, **other.refused},
            self.broken + other.broken,
            self.asked + other.asked,
        )


@dataclass(frozen=True)
class Pressed:
    """What came of a share."""

    found: Found
    account: bytes  # of the files that were written or linked
    gained: Gained


@dataclass(frozen=True)
class Workshop:
    """What pages are made with, and where they go."""

    staging: Staging
    tools: Tools
    site_name: str


@dataclass(frozen=True)
class Press:
    """All that is needed to make the site's own pages."""

    publication: Publication
    shells: Mapping[Shape, Shell]
    ids: Mapping[Shape, frozenset[str]]  # of the shells
    files: Collection[str]  # every file that the site is going to have
    shop: Workshop
    wanted: Mapping[str, Sequence[Asked]] = field(default_factory=dict)  # by page

    def wanting(self, asked: Iterable[Asked]) -> Press:
        """The same, minding what pages that were made before ask of those to come."""
        wanted: dict[str, list[Asked]] = {}
        for one in asked:
            wanted.setdefault(one.target, []).append(one)
        return replace(self, wanted=wanted)

    def papers(self, ids: Sequence[str]) -> Pressed:
        """Make everything about these papers. Raises OSError where it cannot be written."""
        context, staging = self.publication.context, self._staging()
        found = Found()
        for id in ids:
            found |= self._pages(pages_about(context, id), staging)
            made = ((path, make()) for path, make in files_about(context, id))
            staging.write_all((path, content) for path, content in made if content is not None)
            staging.write_all(cards_about(context, id))
        return self._pressed(found, staging)

    def lists(self, waiting: Sequence[Waiting]) -> Pressed:
        """Make these lists. Raises OSError where they cannot be written."""
        staging = self._staging()
        found = self._pages((one.page() for one in waiting), staging)
        return self._pressed(found, staging)

    def index(self, reading: Reading) -> Pressed:
        """Make the index of the search. Raises OSError where it cannot be written."""
        staging = self._staging()
        staging.write_all(index_of(self.publication.context, reading))
        return self._pressed(Found(), staging)

    def _staging(self) -> Staging:
        """The staged folder, with an account of its own of what is put there."""
        staging = self.shop.staging
        return Staging(staging.folder, staging.standing, staging.old)

    def _pressed(self, found: Found, staging: Staging) -> Pressed:
        tools = self.shop.tools
        found |= Found(shown=tools.math.shown, refused=dict(tools.refused))
        return Pressed(found, staging.account, tools.fragments.gained())

    def _pages(self, pages: Iterable[Page], staging: Staging) -> Found:
        """Write these pages, which may ask each other for fragments."""
        names: set[str] = set()
        broken: list[Link] = []
        asked: list[Asked] = []
        known: dict[str, frozenset[str]] = {}
        for page in pages:
            shape = shape_of(page, self.shop.site_name)
            end = head(page, self.publication.paper(page), self.publication.address)
            path, body = f"{page.url}index.html", str(page.body)  # Markup is slow to take apart
            staging.write(path, self.shells[shape].fill(page, end).encode())
            text, codes = without_code(body)
            names.update(names_in(text), *map(names_in_code, codes))
            links = {*links_of_ours(f"{end}{text}"), href(page.url, page.counterpart)}
            known[path] = ids_of_ours(body) | self.ids[shape]
            for one in follow(path, links, self.files):
                if isinstance(one, Link):
                    broken.append(one)
                else:
                    asked.append(one)
        asked += (one for path in known for one in self.wanted.get(path, ()))
        here = [one for one in asked if one.target in known]
        broken += unanswered(here, lambda path: known[path])
        elsewhere = tuple(one for one in asked if one.target not in known)
        return Found(frozenset(names), broken=tuple(broken), asked=elsewhere)
