"""The grammar of the commands that bring papers in. Light: it is read for every command."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_new_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of `paper-notes new`."""
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="an arXiv id, a DOI, an address of either, a .bib file, or - for BibTeX on standard "
        "input (default: ask)",
    )
    parser.add_argument("--id", help="the paper's id (default: made from its title)")
    parser.add_argument("--topic", help="a topic of papers/topics.yaml")
    parser.add_argument(
        "--only", choices=("note", "snippet"), help="write the note alone, or snippet and tests"
    )
    parser.add_argument("--arxiv", metavar="URL", help="ask this address instead of arXiv's")
    parser.add_argument("--crossref", metavar="URL", help="ask this one instead of Crossref's")


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of `paper-notes import`."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="notes in Markdown, or .bib files"
    )
    parser.add_argument("--topic", help="a topic of papers/topics.yaml for all of them")
    parser.add_argument(
        "--report", type=Path, help="write what became of each line to this file as well"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what would be written, and where"
    )
