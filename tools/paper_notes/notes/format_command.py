"""The command `paper-notes fmt`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from paper_notes.notes.format import formatted
from paper_notes.notes.read import FOLDER, MAX_BYTES, NOT_PAPERS, SUFFIX
from paper_notes.problems import Place, Problem, not_written, render, visible
from paper_notes.storage.files import read_text
from paper_notes.storage.whole import write_whole

# What `fmt` itself mends; other faults of a file as such stop it.
_MENDED = frozenset({"not-nfc"})


def fmt(arguments: argparse.Namespace) -> tuple[int, str]:
    """Format notes, or only say which are not formatted; the exit status and what to say."""
    root: Path = arguments.root
    changed: list[PurePosixPath] = []
    problems: list[Problem] = []
    for path in _notes(root, arguments.paths):
        before, after, found = _formatted(root, path)
        problems += found
        if after is not None and after != before:
            changed.append(path)
            if not arguments.check:
                problems += _write(root, path, before, after)
    verb = "not formatted" if arguments.check else "formatted"
    lines = [f"{verb}: {visible(str(path))}" for path in changed]
    lines += [render(problems, "text")] if problems else []
    if arguments.check and changed:
        lines.append("    run: paper-notes fmt")
    return (1 if problems or (arguments.check and changed) else 0), "\n".join(lines)


def _notes(root: Path, paths: list[Path]) -> Iterator[PurePosixPath]:
    """The notes that were asked for, or all of them; what does not exist is reported later."""
    if paths:
        for path in paths:
            yield PurePosixPath(FOLDER) / path.name
        return
    for file in sorted((root / FOLDER).glob(f"*{SUFFIX}")):
        if file.stem not in NOT_PAPERS:
            yield PurePosixPath(FOLDER) / file.name


def _formatted(root: Path, path: PurePosixPath) -> tuple[str, str | None, list[Problem]]:
    before, problems = read_text(root, path, MAX_BYTES)
    problems = [problem for problem in problems if problem.code not in _MENDED]
    if before is None or problems:
        return "", None, problems
    after, found = formatted(before, path)
    return before, after, found


def _write(root: Path, path: PurePosixPath, before: str, text: str) -> Iterator[Problem]:
    try:
        if (root / path).read_bytes() not in (before.encode(), text.encode()):
            hint = "it is left as it is now: run fmt again"
            yield Problem(Place(path), "changed", "it changed while it was formatted", hint)
            return
        write_whole(root / path, text.encode())
    except OSError as error:
        yield not_written(path, error, "the file is as it was before")
