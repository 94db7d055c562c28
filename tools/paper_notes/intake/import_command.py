"""The command `paper-notes import`."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path, PurePosixPath

from paper_notes.intake.bring_in import import_file
from paper_notes.intake.draft import Draft
from paper_notes.intake.metadata import Metadata
from paper_notes.intake.new_command import wrong_topic
from paper_notes.notes.topics import read_topics
from paper_notes.problems import Problem, has_errors, not_written, render
from paper_notes.storage.whole import write_whole


def bring_in(arguments: argparse.Namespace) -> tuple[int, str]:
    """Import files; the exit status and what to say."""
    topics, problems = read_topics(arguments.root)
    problems += wrong_topic(arguments.topic, topics)
    if problems:
        return 1, render(problems, "text")
    draft = Draft(
        Metadata("", ()), date.today().isoformat(), topics=tuple(topics), topic=arguments.topic
    )
    done = [
        import_file(arguments.root, file, draft, dry_run=arguments.dry_run)
        for file in arguments.files
    ]
    report = "\n".join(one.report for one in done if one.report)
    problems = [problem for one in done for problem in one.problems]
    if arguments.report:
        problems += _write_report(arguments.report, report)
    verb = "would be written" if arguments.dry_run else "written"
    lines = [] if arguments.report else [report, ""]
    lines += [f"{verb}: {path}" for one in done for path in one.written]
    lines += [render(problems, "text")] if problems else []
    return (1 if has_errors(problems) else 0), "\n".join(lines)


def _write_report(path: Path, report: str) -> list[Problem]:
    try:
        write_whole(path, f"{report}\n".encode())
    except OSError as error:
        return [not_written(PurePosixPath(path.as_posix()), error)]
    return []
