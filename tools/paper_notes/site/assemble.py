"""From pages to a whole site in a folder: lists first, then papers, then what all of them use.

Pages are written as they are made. What only all of them together tell (which styles and fonts
they need, where their links lead) is collected on the way and used at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from paper_notes.pages.every import every_id
from paper_notes.pages.page import Page
from paper_notes.parallel import shared
from paper_notes.search.files import reading_of
from paper_notes.site.csp import with_policy
from paper_notes.site.links import Asked, Link, anchors, follow, unanswered
from paper_notes.site.lists import Lists
from paper_notes.site.machines import files_about, machine_files
from paper_notes.site.marks import mark_links, marks
from paper_notes.site.metadata import head
from paper_notes.site.mkdocs import take_pages, take_style
from paper_notes.site.press import Found, Press, Pressed, Workshop
from paper_notes.site.publication import Publication
from paper_notes.site.shells import Shape, bare, cut
from paper_notes.site.staging import UNKNOWN
from paper_notes.site.style_sheets import LATE, Assets, take_assets
from paper_notes.site.styles import names_in

T = TypeVar("T")

_SHARE = 16  # papers or lists of a share: few enough that no process waits long for the last one
_INDEX = "index.html"
_ANYWHERE = "404.html"  # served from any address: its links start at the site's root


def assemble(
    publication: Publication,
    lists: Lists,
    shapes: Collection[Shape],
    shop: Workshop,
) -> Found:
    """Make the folder that MkDocs wrote into the whole site; gives what was met on the way.

    Raises FileExistsError where two sources make one file; OSError where one cannot be written;
    LostBodyError where a shell lost the place of its body.
    """
    staging = shop.staging
    assets = Assets(take_style(staging.folder), take_assets(staging.folder))
    press, found = _set_up(publication, shapes, shop, assets)
    found |= lists.found | _press_lists(press, lists)
    found = _press_papers(press, found)

    late = assets.late(found.names, found.shown, shop.tools.fonts)
    staging.write_all(late.items())
    staging.put_marks({path: mark for path, mark in marks(late).items() if path in LATE})
    return replace(found, broken=(*found.broken, *_unanswered(found.asked, staging.folder)))


def _set_up(
    publication: Publication, shapes: Collection[Shape], shop: Workshop, assets: Assets
) -> tuple[Press, Found]:
    """Write what MkDocs made and what is no page; gives the press for all the rest."""
    staging = shop.staging
    known = marks(assets.early) | dict.fromkeys(LATE, UNKNOWN)
    rendered = {
        path: with_policy(mark_links(text, known)) for path, text in take_pages(staging.folder)
    }
    for page in publication.written:
        if (path := _file(page)) in rendered:  # mkdocs.yml may leave pages out
            end = head(page, None, publication.address)
            rendered[path] = rendered[path].replace("</head>", f"{end}</head>", 1)
    shells = {shape: rendered.pop(_file(shape.example)) for shape in shapes}
    urls = {page.url for page in publication.pages}
    for url in urls:
        rendered.pop(f"{url}{_INDEX}", None)  # it was only there for others to link to
    urls.update(path.removesuffix(_INDEX) for path in rendered if path.endswith(_INDEX))
    staging.write_all(assets.early.items())
    staging.write_all(rendered.items())
    staging.write_all(machine_files(publication, urls))

    # Of a large base these are many: there is one such set, and nothing else lasts.
    files = frozenset((*_files(staging.folder), *LATE, *_planned(publication)))
    common = {_file(shape.example): bare(text) for shape, text in shells.items()}
    found = _found_on(rendered, files) | _found_on(common, files | common.keys())
    address = publication.address
    press = Press(
        publication,
        {shape: cut(text, shape, address) for shape, text in shells.items()},
        {shape: anchors(text).ids for shape, text in shells.items()},
        files,
        shop,
    )
    return press, found


def _press_lists(press: Press, lists: Lists) -> Found:
    """Make the index and the lists in as many processes as there are cores."""
    # The index takes as much memory as a page-making process: it is not made beside two of those.
    reading = reading_of(press.publication.context.library)
    jobs: list[Callable[[], Pressed]] = [partial(press.index, reading)]
    jobs += (partial(press.lists, share) for share in _shares(lists.pages))
    return _pressed(press.shop, jobs)


def _press_papers(press: Press, found: Found) -> Found:
    """Make the papers' pages in as many processes as there are cores."""
    press, found = _handed_over(press, found)
    ids = every_id(press.publication.context)
    return found | _pressed(press.shop, [partial(press.papers, share) for share in _shares(ids)])


def _handed_over(press: Press, found: Found) -> tuple[Press, Found]:
    """What is asked of papers' pages is answered where these are made."""
    theirs = {_file(page) for page in press.publication.pages.about}
    press = press.wanting(one for one in found.asked if one.target in theirs)
    rest = tuple(one for one in found.asked if one.target not in theirs)
    return press, replace(found, asked=rest)


def _pressed(shop: Workshop, jobs: Sequence[Callable[[], Pressed]]) -> Found:
    """Do these jobs, wherever a process is free, and take over what came of them."""
    found = Found()
    accounts: list[bytes] = []
    for pressed in shared(_do, jobs, again=False):
        found |= pressed.found
        accounts.append(pressed.account)
        shop.tools.fragments.add(pressed.gained)
    for account in accounts:
        shop.staging.take(account)
    return found


def _do(job: Callable[[], Pressed]) -> Pressed:
    return job()


def _shares(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[at : at + _SHARE] for at in range(0, len(items), _SHARE))


def _found_on(pages: Mapping[str, str], files: Collection[str]) -> Found:
    """What is on pages that MkDocs made."""
    names = frozenset(name for text in pages.values() for name in names_in(text))
    broken: list[Link] = []
    asked: list[Asked] = []
    for path, text in pages.items():
        here = anchors(text)
        links = () if path == _ANYWHERE else here.links
        for one in follow(path, links, files):
            if isinstance(one, Link):
                broken.append(one)
            elif one.target != path:
                asked.append(one)
            elif one.fragment not in here.ids:
                broken.append(one.by)
    return Found(names, broken=tuple(broken), asked=tuple(asked))


def _unanswered(asked: Iterable[Asked], folder: Path) -> Iterator[Link]:
    @lru_cache(maxsize=100)
    def ids_of(path: str) -> frozenset[str]:
        return anchors((folder / path).read_text(encoding="utf-8")).ids

    return unanswered(sorted(asked), ids_of)


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _planned(publication: Publication) -> Iterator[str]:
    """The files that are yet to come."""
    yield from (_file(page) for page in publication.pages)
    for id in every_id(publication.context):
        yield from (path for path, _ in files_about(publication.context, id))


def _file(page: Page) -> str:
    return f"{page.url}{_INDEX}"
