"""The complete build in a process of its own: `python -m paper_notes.site.serving.child ROOT`.

It stands back for whatever else the machine has to do, and ends when the server does.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from paper_notes import linux
from paper_notes.problems import Place, Problem, as_json
from paper_notes.progress import steps
from paper_notes.site.publish import publish
from paper_notes.termination import unwinding

_NICE = 10


@dataclass(frozen=True)
class Report:
    """What a build in a child came to."""

    pages: int
    problems: tuple[Problem, ...]


def main(root: Path, parent: int) -> None:
    """Build, and write what came of it to stdout."""
    if sys.platform == "linux":
        linux.die_with_parent()
        if os.getppid() != parent:  # it died before we asked
            return
    if hasattr(os, "nice"):
        os.nice(_NICE)
    with unwinding(), steps("build") as say:
        built = publish(root, strict=False, say=say)
    sys.stdout.write(json.dumps({"pages": built.pages}) + "\n" + as_json(built.problems))


def read_report(text: str) -> Report | None:
    """What the child wrote; None where it did not come to that."""
    first, _, rest = text.partition("\n")
    try:
        problems = json.loads(rest)["problems"]
        return Report(int(json.loads(first)["pages"]), tuple(map(_problem, problems)))
    except (ValueError, KeyError, TypeError):
        return None


def _problem(fields: dict[str, Any]) -> Problem:
    place = Place(PurePosixPath(fields["path"]), fields["line"], fields["column"])
    return Problem(place, *(fields[name] for name in ("code", "message", "hint", "severity")))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
