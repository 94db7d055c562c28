"""MkDocs as a function: a docs folder in, a folder of rendered pages out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from paper_notes.logs import recorded
from paper_notes.problems import Place, Problem

# Of Material we use templates and its main style sheet, joined to ours; the sitemap is our own.
_UNUSED = (
    "sitemap.xml*",
    "assets/javascripts",
    "assets/images",
    "assets/stylesheets",
)
_MATERIAL = "assets/stylesheets/main.*.css"


def render(config: MkDocsConfig) -> list[Problem]:
    """Run MkDocs; its warnings and errors become problems."""
    with recorded("mkdocs") as records:
        try:
            build(config)
        except MkDocsException as error:
            return [_problem("mkdocs.yml", str(error))]
    return [_problem("docs", record.getMessage()) for record in records]


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
