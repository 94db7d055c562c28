"""What MkDocs made becomes the site: bodies in their shells, and no byte that no page uses."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from paper_notes.pages.page import Page, with_body
from paper_notes.problems import Place, Problem
from paper_notes.site.csp import with_policy
from paper_notes.site.machines import write_for_machines
from paper_notes.site.marks import mark_links, mark_styles, marks
from paper_notes.site.metadata import head
from paper_notes.site.publication import Publication
from paper_notes.site.styles import names_in, trim

# Of Material we use templates and its main style sheet, joined to ours; the sitemap is our own.
_UNUSED = (
    "sitemap.xml*",
    "assets/javascripts",
    "assets/images",
    "assets/stylesheets",
)
_MATERIAL = "assets/stylesheets/main.*.css"
_OURS = "assets/paper-notes.css"


def finish(staged: Path, publication: Publication) -> list[Problem]:
    """Make the folder that MkDocs wrote into the site of these pages.

    Raises OSError where the folder cannot be written.
    """
    shells = sorted(staged.rglob("*.html"))
    _join_styles(staged, shells, publication.pages)
    _drop_unused(staged)
    mark_styles(staged)
    known = marks(staged)
    for path in shells:
        shell = path.read_text(encoding="utf-8")
        path.write_text(with_policy(mark_links(shell, known)), encoding="utf-8")
    write_for_machines(publication, staged)
    return [problem for page in publication.pages for problem in _fill(staged, page, publication)]


def _fill(staged: Path, page: Page, publication: Publication) -> list[Problem]:
    path = staged / page.url / "index.html"
    try:
        shell = path.read_text(encoding="utf-8")
        end = head(page, publication.paper(page), publication.address)
        path.write_text(with_body(page, shell, end), encoding="utf-8")
    except FileNotFoundError:
        return [_problem("missing-page", page, "the page was not built")]
    except ValueError as error:
        return [_problem("lost-body", page, str(error))]
    return []


def _drop_unused(staged: Path) -> None:
    for pattern in _UNUSED:
        for path in list(staged.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _join_styles(staged: Path, shells: Sequence[Path], pages: Sequence[Page]) -> None:
    """Put what pages use of Material's style sheet before ours: one file, one request."""
    names = {name for page in pages for name in names_in(page.body)}
    names.update(name for path in shells for name in names_in(path.read_text(encoding="utf-8")))
    ours = (staged / _OURS).read_text(encoding="utf-8")
    others = [
        path.read_text(encoding="utf-8") for path in sorted((staged / "assets").glob("*.css"))
    ]
    theirs = "".join(path.read_text(encoding="utf-8") for path in staged.glob(_MATERIAL))
    joined = f"{trim(theirs, names, others)}\n{ours}"
    (staged / _OURS).write_text(joined, encoding="utf-8")


def _problem(code: str, page: Page, message: str) -> Problem:
    return Problem(Place(PurePosixPath(page.url)), code, message)
