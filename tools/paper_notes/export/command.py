"""The command `paper-notes export`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from paper_notes.export.bibtex import bibtex
from paper_notes.export.collection import collection_json, collection_schema
from paper_notes.export.csl import csl_json
from paper_notes.export.notebook import notebook
from paper_notes.export.table import csv_table
from paper_notes.library import Library, load_library
from paper_notes.notes.model import Paper
from paper_notes.problems import Place, Problem, not_written, render
from paper_notes.storage.whole import write_whole

_TEXTS: dict[str, Callable[[Iterable[Paper]], str]] = {
    "bibtex": lambda papers: "\n".join(map(bibtex, papers)),
    "csl": csl_json,
    "csv": csv_table,
    "json": collection_json,
}


def export(arguments: argparse.Namespace) -> tuple[int, str]:
    """Write the chosen papers in another format; the exit status and what to say."""
    if arguments.format == "json-schema":
        schema = json.dumps(collection_schema(), ensure_ascii=False, indent=2) + "\n"
        return _out(schema, arguments.output)
    library, problems = load_library(arguments.root)
    if any(problem.code == "no-papers" for problem in problems):
        return 1, render(problems, "text")
    unknown = [_unknown(id, library) for id in arguments.ids if id not in library.papers]
    if unknown:
        return 1, render(unknown, "text")
    papers = [paper for paper in library.papers.values() if _chosen(paper, arguments)]
    if not papers:
        return 1, "nothing was chosen: no paper is left by these ids, topic and tag"
    if arguments.format == "notebook":
        return _notebooks(library, papers, arguments.output or Path("notebooks"))
    return _out(_TEXTS[arguments.format](papers), arguments.output)


def _chosen(paper: Paper, arguments: argparse.Namespace) -> bool:
    return (
        (not arguments.ids or paper.id in arguments.ids)
        and arguments.topic in (None, paper.topic)
        and (arguments.tag is None or arguments.tag in paper.tags)
    )


def _unknown(id: str, library: Library) -> Problem:
    near = get_close_matches(id, library.papers, 1)
    hint = f"did you mean `{near[0]}`?" if near else "paper-notes check names what is wrong with it"
    path = PurePosixPath(f"papers/{id}.yaml")
    return Problem(Place(path), "unknown-paper", f"there is no readable note `{id}`", hint)


def _notebooks(library: Library, papers: list[Paper], folder: Path) -> tuple[int, str]:
    written = []
    for paper in papers:
        snippet = library.snippets.get(paper.id)
        if snippet:
            path = folder / f"{paper.id}.ipynb"
            status, said = _out(notebook(snippet, paper), path)
            if status:
                return status, said
            written.append(said)
    return 0, "\n".join(written)


def _out(text: str, output: Path | None) -> tuple[int, str]:
    if output is None:
        return 0, text.rstrip("\n")
    try:
        write_whole(output, text.encode())
    except OSError as error:
        return 1, render([not_written(PurePosixPath(output.as_posix()), error)], "text")
    return 0, f"written: {output}"
