"""The grammar of `paper-notes export`. Light: it is read for every command."""

from __future__ import annotations

import argparse
from pathlib import Path

FORMATS = ("bibtex", "csl", "csv", "json", "json-schema", "notebook")


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of `paper-notes export`."""
    parser.add_argument("format", choices=FORMATS, help="what to write")
    parser.add_argument("ids", nargs="*", metavar="ID", help="papers to export (default: all)")
    parser.add_argument("--topic", help="only papers of this topic")
    parser.add_argument("--tag", help="only papers with this tag")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help="write to this file (default: standard output); for notebooks a folder "
        "(default: notebooks)",
    )
