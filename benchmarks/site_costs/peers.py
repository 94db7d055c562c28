"""Other tools on the same pages: a note and a snippet each as plain Markdown, in both languages."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.site_costs.figures import Figures
from benchmarks.site_costs.pages import page_bytes, size
from benchmarks.site_costs.processes import MB, measured
from benchmarks.site_costs.searching import Dialog
from paper_notes.library import Library, load_library
from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.context import Context
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.pages.plain import markdown_path, paper_markdown
from paper_notes.site.runs import REPORT, current_runs
from paper_notes.snippets.model import Snippet

PEERS = ("material", "zensical")
_SETTINGS = """\
site_name: Notes
theme:
  name: material
  font: false
nav:
  - Home: index.md
not_in_nav: "*"
plugins:
  - search:
      lang: [en, ja]
markdown_extensions:
  - tables
  - toc
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.arithmatex:
      generic: true
"""


@dataclass(frozen=True)
class Peer:
    """A tool that reads an MkDocs project."""

    name: str
    command: tuple[str, ...]  # that builds, run in the project's folder
    dialog: Dialog | None = None  # None: its search is not measured


def peer(name: str, zensical: str | None) -> Peer | None:
    """The tool of that name; None where it is not installed."""
    if name == "material":
        dialog = Dialog(
            "", ".md-search__input", ".md-search-result__item a", "search_index.json", "/"
        )
        return Peer(name, (sys.executable, "-m", "mkdocs", "build", "--quiet"), dialog)
    found = shutil.which(zensical or "zensical")
    return Peer(name, (found, "build")) if found else None


def write_project(root: Path, folder: Path) -> None:
    """The base at root as a project of plain Markdown pages."""
    library, _ = load_library(root)
    runs = current_runs(library, root / REPORT)
    markdown = Markdown(MathRenderer({}))
    context = Context(library, runs, markdown, None)
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(_SETTINGS, encoding="utf-8")
    (folder / "docs" / "index.md").write_text("# Notes\n", encoding="utf-8")
    for path, text in _pages(library, context):
        target = folder / "docs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _pages(library: Library, context: Context) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for paper in library.papers.values():
            yield markdown_path(paper.id, language), paper_markdown(context, paper, language)
        for snippet in library.snippets.values():
            yield f"{language}/snippets/{snippet.id}.md", _snippet_markdown(snippet)


def _snippet_markdown(snippet: Snippet) -> str:
    code = f"```python\n{snippet.code}\n```"
    tests = f"```python\n{snippet.tests_source}\n```"
    return f"# {snippet.title}\n\n{snippet.body}\n\n{code}\n\n## Tests\n\n{tests}\n"


def build_costs(tool: Peer, folder: Path) -> Figures:
    """What its build costs. Raises FailedError where it does not succeed."""
    shutil.rmtree(folder / "site", ignore_errors=True)
    cost = measured(tool.command, folder)
    pages = page_bytes(folder / "site")
    return {
        "build": cost.wall,
        "build CPU": cost.cpu,
        "serve": cost.wall * 1000,  # it builds all of it on each save
        "memory": cost.memory / MB,
        "site": size(folder / "site") / MB,
        "page KB": pages["paper"].raw / 1000,
        "page KB packed": pages["paper"].packed / 1000,
        "snippet KB packed": pages["snippet"].packed / 1000,
    }
