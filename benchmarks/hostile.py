"""Let hostile snippets loose, as root and as an ordinary user: `python -m benchmarks.hostile`.

They are those of tests/runner/hostile.py. Run as root, it also runs them as the user nobody.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path

from tests.runner.containment import Ran, as_expected, run_all
from tests.runner.hostile import CASES

LONGEST = 110  # characters of an ending
HEAD = """\
# Hostile snippets and what became of them

Made on {date} by `python -m benchmarks.hostile` with Python {python} on Linux {kernel}. Each is a
snippet's test; all run with a limit of 1 s of CPU time, 10 s by the clock and 512 MiB of memory.
"Left" counts the processes, temporary files and changes in the repository that were there
afterwards.
"""


def main() -> int:
    """Run all, print the table; the exit status is 0 where every one was contained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="a Markdown file for the table")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    folder.chmod(0o755)
    try:
        runs = {
            "as root" if os.getuid() == 0 else "as an ordinary user": run_all(folder / "a", CASES)
        }
        if os.getuid() == 0:
            runs["as an ordinary user"] = run_all(folder / "b", CASES, ordinary=True)
    finally:
        shutil.rmtree(folder)
    text = report(runs)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(not all(contained(ran, id) for ran in runs.values() for id in CASES))


def report(runs: Mapping[str, Ran]) -> str:
    """The page: what was run where, the table, what held."""
    head = HEAD.format(
        date=datetime.date.today(),
        python=platform.python_version(),
        kernel=".".join(platform.release().split(".")[:2]),
    )
    lines = [
        "| snippet | " + " | ".join(runs) + " |",
        "|---|" + "---|" * len(runs),
        *(row(id, runs) for id in CASES),
        "| **contained** | " + " | ".join(f"**{score(ran)}**" for ran in runs.values()) + " |",
        "| **left** | " + " | ".join(str(left(ran)) for ran in runs.values()) + " |",
    ]
    held = [
        f"\nContained {how} by:\n\n"
        + "".join(f"- {layer}: {words}\n" for layer, words in ran.report.sandbox.items())
        for how, ran in runs.items()
    ]
    return "\n".join([head, *lines, *held])


def row(id: str, runs: Mapping[str, Ran]) -> str:
    """One snippet: how it ended in each run."""
    return f"| {id.replace('_', ' ')} | " + " | ".join(ending(r, id) for r in runs.values()) + " |"


def ending(ran: Ran, id: str) -> str:
    """The name of a snippet's end, with a mark where it is not what it must be."""
    result = ran.report.results[id]
    error = result.error.partition("\n")[0].removeprefix("test_it: ").replace("|", "\\|")
    error = textwrap.shorten(re.sub(r": '/.*'$", "", error), LONGEST, placeholder=" …")
    told = f"{result.status}: {error}" if error else result.status
    return told if contained(ran, id) else f"**not as it must be:** {told}"


def contained(ran: Ran, id: str) -> bool:
    return as_expected(id, ran.report.results[id])


def score(ran: Ran) -> str:
    return f"{sum(contained(ran, id) for id in CASES)} of {len(CASES)}"


def left(ran: Ran) -> int:
    changed = {
        name for name in {**ran.before, **ran.after} if ran.before.get(name) != ran.after.get(name)
    }
    return len(ran.left) + len(changed)


if __name__ == "__main__":
    sys.exit(main())
