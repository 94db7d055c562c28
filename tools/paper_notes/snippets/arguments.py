"""The grammar of the commands that run snippets. Light: it is read for every command."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from paper_notes.snippets.limits import Limits


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of `paper-notes run`."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="snippets to run (default: all)")
    add_worker_arguments(parser)
    parser.add_argument("--no-cache", action="store_true", help="run unchanged snippets as well")
    parser.add_argument(
        "--recheck",
        type=part,
        default=0.0,
        metavar="2%",
        help="run this part of the unchanged ones again",
    )
    parser.add_argument(
        "--shard", metavar="I/N", help="run only the I-th of N parts, for N machines"
    )
    parser.add_argument(
        "--merge",
        nargs="+",
        type=Path,
        metavar="REPORT",
        help="run nothing; make one report out of those of several shards",
    )


def add_mutate_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of `paper-notes mutate`."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="snippets to break (default: all)")
    add_worker_arguments(parser)
    parser.add_argument(
        "--budget",
        type=float,
        metavar="S",
        help="seconds after which no more mutants are begun; the next time goes on from there",
    )
    parser.add_argument(
        "--show-survivors", action="store_true", help="show what no test noticed, as differences"
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="keep whole scores in tests/snippets/mutation.json, which the site shows",
    )


def add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    """What every command that starts workers understands."""
    parser.add_argument(
        "--jobs", type=int, default=processors(), metavar="N", help="workers (default: %(default)s)"
    )
    parser.add_argument(
        "--sandbox",
        choices=("auto", "strict", "off"),
        default="auto",
        help="strict refuses to run where files, network or processes cannot be contained",
    )
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="run on a Dask cluster instead, by its scheduler's address: tcp://…",
    )
    parser.add_argument(
        "--cpu-seconds",
        type=float,
        default=Limits().cpu_seconds,
        metavar="S",
        help="CPU time that a snippet may use (default: %(default)g)",
    )


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def part(text: str) -> float:
    """`2%` or `0.02` as a part of one. Raises ValueError, which argparse shows, for nonsense."""
    number = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    if not 0 <= number <= 1:
        raise ValueError(f"{text} is not between 0% and 100%")
    return number
