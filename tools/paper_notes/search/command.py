"""What `paper-notes search` does: the site's search, in the terminal."""

from __future__ import annotations

import textwrap
from pathlib import Path

from paper_notes.library import Library, load_library
from paper_notes.problems import render
from paper_notes.search.cards import short_authors
from paper_notes.search.directory import directory
from paper_notes.search.engine import Engine, Found
from paper_notes.search.fields import Source, source
from paper_notes.search.index import build_index, read_papers
from paper_notes.search.keys import keys_of
from paper_notes.search.shards import cut

_INDENT = "    "
_WIDTH = {"en": 92, "ja": 46}  # characters; Japanese ones take two columns


def search(root: Path, query: str, language: str, limit: int) -> tuple[int, str]:
    """The papers below root that a query finds: exit status and what to print.

    Notes that cannot be read are left out, as `check` will say; where none can, the status is 1.
    """
    library, problems = load_library(root)
    if not library.papers:
        return 1, render(problems, "text") or "there is no paper to search"
    engine = engine_of(library)
    found = engine.search(query, limit)
    ids = {key: id for id, key in keys_of(library.papers).items()}
    lines = [_heading(found)]
    for key in found.keys:
        lines += _result(engine, found, source(library.papers[ids[key]]), language)
    return 0, "\n".join(lines)


def engine_of(library: Library) -> Engine:
    """The engine over the index of these papers."""
    shards = cut(build_index(read_papers(library.papers, library.topics, library.synonyms)))
    return Engine(directory(len(library.papers), shards, library.synonyms), shards)


def _heading(found: Found) -> str:
    said = [f"“{one}” was read as “{other}”." for one, other in found.corrections]
    if found.partial:
        said.append("No paper has all of this; these have a part of it.")
    if found.total:
        said.append(f"{found.total} paper{'s' * (found.total > 1)} found.")
    else:
        said.append("No paper found.")
        said += [f"Did you mean: {', '.join(found.near)}?"] * bool(found.near)
    return " ".join(said)


def _result(engine: Engine, found: Found, source: Source, language: str) -> list[str]:
    paper = source.paper
    name, year = paper.published
    field, text = engine.excerpt(source.prose[language], found.surfaces)
    excerpt = textwrap.wrap(f"{field}: {text}", _WIDTH[language]) if text else []
    return [
        "",
        f"{paper.title} ({paper.id})",
        f"{_INDENT}{short_authors(paper.authors)} · {name} {year}",
        *(_INDENT + line for line in excerpt),
    ]
