"""MkDocs as a function: a docs folder in, a folder of rendered pages out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from paper_notes.logs import recorded
from paper_notes.problems import Place, Problem
from paper_notes.site.source_date import VARIABLE

# Of Material we use templates and its main style sheet, joined to ours; the sitemap is our own.
_UNUSED = (
    "sitemap.xml*",
    "assets/javascripts",
    "assets/images",
    "assets/stylesheets",
)
_MATERIAL = "assets/stylesheets/main.*.css"


def render(config: MkDocsConfig, moment: datetime) -> list[Problem]:
    """Run MkDocs; its warnings and errors become problems.

    Where a theme shows when the site was built, it shows this moment.
    """
    with recorded("mkdocs") as records, _at(moment):
        try:
            build(config)
        except MkDocsException as error:
            return [_problem("mkdocs.yml", str(error))]
    return [_problem("docs", record.getMessage()) for record in records]


@contextmanager
def _at(moment: datetime) -> Iterator[None]:
    """MkDocs asks the environment which time it is, then the clock: there is no other way in."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def take_pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Each page by the path of its file, which is taken away: what becomes of it is ours to say.

    Raises OSError where the folder cannot be read or written.
    """
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
        yield path.relative_to(folder).as_posix(), text


def take_style(folder: Path) -> str:
    """Material's style sheet, taken away with everything else of Material's that no page loads.

    Raises OSError where the folder cannot be read or written.
    """
    style = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob(_MATERIAL)))
    for pattern in _UNUSED:
        for path in list(folder.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return style


def _problem(path: str, message: str) -> Problem:
    return Problem(Place(PurePosixPath(path)), "mkdocs", message)
