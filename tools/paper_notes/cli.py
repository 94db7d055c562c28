"""The command `paper-notes`: parses, calls one function a command, shows what came back.

Each command imports what it needs when it runs, so that `check` never loads torch or MkDocs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 for success, 1 for problems, 2 for wrong usage."""
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="paper-notes",
        description="A knowledge base of deep-learning papers that proves what it says.",
    )
    top.add_argument(
        "--root", type=Path, default=Path(), help="the knowledge base's folder (default: here)"
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="validate notes, snippets and what joins them")
    check.add_argument(
        "paths", nargs="*", type=Path, help="notes or folders to report on (default: everything)"
    )
    check.add_argument(
        "--format", choices=("text", "github", "json"), default="text", help="how to show problems"
    )
    check.set_defaults(command=_check)
    return top


def _check(arguments: argparse.Namespace) -> int:
    raise NotImplementedError
