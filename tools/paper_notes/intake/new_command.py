"""The command `paper-notes new`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path, PurePosixPath

from paper_notes.intake.lookup import Catalogues, from_bibtex, look_up
from paper_notes.intake.metadata import Metadata
from paper_notes.intake.new import Begun, begin, begin_snippet
from paper_notes.notes.topics import PATH, read_topics
from paper_notes.problems import Place, Problem, has_errors, render
from paper_notes.storage.files import decode, read_text

MAX_BYTES = 1024 * 1024  # of BibTeX for one paper


def new(arguments: argparse.Namespace) -> tuple[int, str]:
    """Begin a paper; the exit status and what to say."""
    topics, problems = read_topics(arguments.root)
    problems += wrong_topic(arguments.topic, topics)
    if problems:
        return 1, render(problems, "text")
    if arguments.only == "snippet" and arguments.id and not arguments.source:
        return _said(begin_snippet(arguments.root, arguments.id), [])
    metadata, found = _metadata(arguments)
    if metadata is None:
        return 1, render(found, "text")
    begun = begin(
        arguments.root,
        metadata,
        date.today().isoformat(),
        topics=topics,
        id=arguments.id,
        topic=arguments.topic,
        only=arguments.only,
    )
    return _said(begun, found)


def _metadata(arguments: argparse.Namespace) -> tuple[Metadata | None, list[Problem]]:
    source = arguments.source
    if source is None and sys.stdin.isatty():
        source = input("arXiv id, DOI or address: ").strip()
    if source in (None, "-"):
        path = PurePosixPath("<stdin>")
        text, problems = decode(sys.stdin.buffer.read(MAX_BYTES), path)
        return from_bibtex(text, path) if text is not None else (None, problems)
    if source.endswith(".bib"):
        file = Path(source)
        text, problems = read_text(file.parent, PurePosixPath(file.name), MAX_BYTES)
        return from_bibtex(text, PurePosixPath(source)) if text is not None else (None, problems)
    if source.lstrip().startswith("@"):
        return from_bibtex(source, PurePosixPath("<SOURCE>"))
    defaults = Catalogues()
    catalogues = Catalogues(
        arguments.arxiv or defaults.arxiv, arguments.crossref or defaults.crossref
    )
    return look_up(source, catalogues)


def wrong_topic(topic: str | None, topics: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the topic that somebody asked for."""
    if topic is not None and topic not in topics:
        hint = f"one of: {', '.join(topics)}"
        yield Problem(Place(PATH), "unknown-topic", f"there is no topic `{topic}`", hint)


def _said(begun: Begun, problems: list[Problem]) -> tuple[int, str]:
    shown = render([*begun.problems, *problems], "text")
    if has_errors(begun.problems):
        return 1, shown
    lines = [shown] if shown else []
    lines += [f"written: {path}" for path in begun.written]
    lines += [
        "",
        "Next: write the answers where it says TODO, then",
        f"    paper-notes check papers/{begun.id}.yaml",
        f"    paper-notes run {begun.id}",
    ]
    return 0, "\n".join(lines)
