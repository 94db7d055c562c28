"""Write an invented knowledge base: `python -m benchmarks.make_library 1000 FOLDER`.

It is as a contributor would have it: notes in their canonical form, snippets, tests, settings,
hand-written pages, and the report of a run that never took place. The same seed gives the same
bytes (the report's keys are those of this machine's packages).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for who runs it as a file

from benchmarks.invented.code import code_of, write_code
from benchmarks.invented.papers import filler, invent
from benchmarks.invented.runs import result, scores
from benchmarks.invented.surroundings import write_surroundings
from benchmarks.invented.vocabulary import vocabulary
from benchmarks.invented.yaml_text import note_text
from paper_notes.notes.model import Paper
from paper_notes.notes.read import FOLDER, NOT_PAPERS, SUFFIX, read_note
from paper_notes.site.runs import REPORT
from paper_notes.snippets.cache import Keys
from paper_notes.snippets.mutate.record import record
from paper_notes.snippets.report import Report, write_report

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Parts:
    """Which part of the papers has what."""

    snippets: float = 1.0  # `check` wants all
    figures: float = 0.25  # all real snippets have one: with 1.0 they take 60 kB a paper


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the base; the exit status is 1 where the folder is in use."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, help="how many papers")
    parser.add_argument("folder", type=Path, help="where: it must not exist, or be empty")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--snippets", type=float, default=Parts.snippets, metavar="PART")
    parser.add_argument("--figures", type=float, default=Parts.figures, metavar="PART")
    given = parser.parse_args(arguments)
    if given.folder.exists() and any(given.folder.iterdir()):
        sys.stderr.write(f"{given.folder} is not empty\n")
        return 1
    make_library(given.number, given.folder, given.seed, Parts(given.snippets, given.figures))
    return 0


def make_library(number: int, folder: Path, seed: int = 0, parts: Parts | None = None) -> None:
    """Write a base of so many papers into the folder.

    Raises OSError where it cannot be written.
    """
    models = real_papers(ROOT)
    parts = parts or Parts()
    (folder / "papers").mkdir(parents=True, exist_ok=True)
    ids = []
    for paper in invent(models, number, seed):
        (folder / "papers" / f"{paper.id}.yaml").write_text(note_text(paper), encoding="utf-8")
        ids.append(paper.id)
    write_surroundings(ROOT, folder, ids)
    _write_snippets(folder, ids, models, seed, parts)


def real_papers(root: Path) -> list[Paper]:
    """The papers of the base there, sorted by id; their snippets are not looked at."""
    paths = sorted((root / FOLDER).glob(f"*{SUFFIX}"))
    notes = (read_note(root, path)[0] for path in paths if path.stem not in NOT_PAPERS)
    return [note.paper for note in notes if note]


def _write_snippets(
    folder: Path, ids: Sequence[str], models: Sequence[Paper], seed: int, parts: Parts
) -> None:
    """Write snippets and tests, and then the report, which is held as a whole."""
    words, keys, results = vocabulary(seed), Keys(folder), {}
    for count, id in enumerate(ids[: round(parts.snippets * len(ids))]):
        code, fill = code_of(ROOT, models[count % len(models)].id), filler(id, seed, "code", words)
        write_code(folder, id, code, fill)
        results[id] = result(id, code, keys, fill, parts.figures)
    keys.remember()
    write_report(folder / REPORT, Report(results, {"invented": "nothing was run"}))
    record(folder, scores(results, seed))


if __name__ == "__main__":
    sys.exit(main())
