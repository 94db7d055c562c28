"""Measure search: `python benchmarks/search.py 10000 --write docs/benchmarks/search.md`.

The query set runs on the real base; size and speed are measured on that many invented papers.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.invented.papers import invent
from paper_notes.evidence import Totals
from paper_notes.library import Library, load_library
from paper_notes.notes.model import Paper
from paper_notes.search.cards import card
from paper_notes.search.command import engine_of
from paper_notes.search.directory import directory
from paper_notes.search.engine import Engine
from paper_notes.search.fields import Source, source
from paper_notes.search.files import client_files
from paper_notes.search.index import build_index, read_papers
from paper_notes.search.keys import keys_of
from paper_notes.search.shards import cut
from tests.search.test_queries import QUERIES

ROOT = Path(__file__).parents[1]
SHOWN = 8  # results in the dialog, whose cards are loaded

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """What one query cost."""

    index: int  # bytes of the index, as a static host sends them
    cards: int
    files: int
    seconds: float


def main() -> None:
    """Print the report, and write it where told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", nargs="?", type=int, default=10_000)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    text = "\n".join(report(arguments.papers)) + "\n"
    sys.stdout.write(text)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")


def report(number: int) -> Iterator[str]:
    """The lines of docs/benchmarks/search.md."""
    library, _ = load_library(ROOT)
    papers = list(library.papers.values())
    today = datetime.date.today()
    load = os.getloadavg()[0]
    yield "# Search: what it finds and what it costs"
    yield ""
    yield (
        f"Made on {today} by `python -m benchmarks.search {number}` with Python "
        f"{platform.python_version()} on {os.cpu_count()} processors (load {load:.1f})."
    )
    yield ""
    yield "## What it finds"
    yield ""
    yield from found(library)
    yield ""
    yield f"## What it costs at {number:,} papers"
    yield ""
    yield (
        "The papers are invented: sentences of the real notes, mixed, with invented words by "
        "Zipf's law. Bytes are gzipped, as a static host sends them; a query's cards are those of "
        f"the first {SHOWN} papers. Seconds of building are CPU time; those of a query are those "
        "of QuickJS, many times slower than a browser's engine."
    )
    yield ""
    yield from costs(list(invent(papers, number)), library)


def found(library: Library) -> Iterator[str]:
    """Recall and first papers of the query set."""
    engine = engine_of(library)
    ids = {key: id for id, key in keys_of(library.papers).items()}
    results = {
        q.query: [ids[key] for key in engine.search(q.query, q.within).keys] for q in QUERIES
    }
    due = sum(len(q.finds) for q in QUERIES)
    got = sum(len(set(q.finds) & set(results[q.query])) for q in QUERIES)
    asked = [q for q in QUERIES if q.first]
    first = sum(results[q.query][:1] == q.finds[:1] for q in asked)
    japanese = sum(not q.query.isascii() for q in QUERIES)
    yield "| queries | not in ASCII | recall | first paper right |"
    yield "|---:|---:|---:|---:|"
    recall = f"{got / due:.3f} ({got} of {due})"
    right = f"{first / len(asked):.3f} ({first} of {len(asked)})"
    yield f"| {len(QUERIES)} | {japanese} | {recall} | {right} |"


def costs(papers: Sequence[Paper], library: Library) -> Iterator[str]:
    """Build time, sizes, and the costs of the query set."""
    by_id = {paper.id: paper for paper in papers}
    shards, building = _timed(
        lambda: cut(build_index(read_papers(by_id, library.topics, library.synonyms)))
    )
    engine = Engine(directory(len(papers), shards, library.synonyms), shards)
    sizes = {name: _sent(content) for name, content in shards.contents().items()}
    root = _sent(directory(len(papers), shards, library.synonyms).document())
    client = sum(len(gzip.compress(content)) for _, content in client_files())
    keys = keys_of(paper.id for paper in papers)
    by_key = {keys[paper.id]: source(paper) for paper in papers}
    raw = sum(len(_text(content)) for content in shards.contents().values())
    yield "| | |"
    yield "|---|---:|"
    yield f"| notes to index | {building:.1f} s |"
    yield f"| files of the index | {len(sizes):,} |"
    yield f"| the whole index | {raw / 1e6:.1f} MB, {sum(sizes.values()) / 1e6:.1f} MB sent |"
    yield f"| once: client and styles | {client / 1e3:.1f} KB |"
    yield f"| once: directory and synonyms | {root / 1e3:.1f} KB |"
    yield ""
    measured = [_cost(engine, q.query, sizes, by_key, library) for q in QUERIES]
    measured += [_cost(engine, query, sizes, by_key, library) for query in _own(papers)]
    yield f"| of {len(measured)} queries | median | 95 % | most |"
    yield "|---|---:|---:|---:|"
    yield _row("index, KB", [cost.index / 1e3 for cost in measured])
    yield _row("cards, KB", [cost.cards / 1e3 for cost in measured])
    yield _row("both, KB", [(cost.index + cost.cards) / 1e3 for cost in measured])
    yield _row("files of the index", [cost.files for cost in measured])
    yield _row("QuickJS, ms", [cost.seconds * 1e3 for cost in measured])


def _own(papers: Sequence[Paper]) -> list[str]:
    """Queries that the invented papers answer: titles, aliases, authors."""
    some = papers[:: max(1, len(papers) // 25)]
    return [text for paper in some for text in (paper.title, paper.aliases[1], paper.authors[0])]


def _cost(
    engine: Engine,
    query: str,
    sizes: Mapping[str, int],
    by_key: Mapping[str, Source],
    library: Library,
) -> Cost:
    answer, seconds = _timed(lambda: engine.search(query, SHOWN), time.perf_counter)
    cards = 0
    for key in answer.keys:
        one = by_key[key]
        topic = library.topics.get(one.paper.topic)
        cards += _sent(card(one, topic, Totals(0, 0, 0, 0), "ja").document())
    index = sum(sizes[name] for name in answer.loaded)
    return Cost(index, cards, len(answer.loaded), seconds)


def _sent(content: object) -> int:
    return len(gzip.compress(_text(content)))


def _text(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _row(name: str, values: Sequence[float]) -> str:
    ordered = sorted(values)
    high = ordered[int(0.95 * (len(ordered) - 1))]
    return f"| {name} | {statistics.median(ordered):.1f} | {high:.1f} | {ordered[-1]:.1f} |"


def _timed(
    work: Callable[[], T], clock: Callable[[], float] = time.process_time
) -> tuple[T, float]:
    start = clock()
    return work(), clock() - start


if __name__ == "__main__":
    main()
