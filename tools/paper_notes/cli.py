"""The command `paper-notes`: parses, calls one function a command, shows what came back.

Each command imports what it needs when it runs, so that `check` never loads torch or MkDocs.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from paper_notes.export.arguments import add_export_arguments
from paper_notes.intake.arguments import add_import_arguments, add_new_arguments
from paper_notes.snippets.arguments import add_mutate_arguments, add_run_arguments
from paper_notes.termination import unwinding


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 for success, 1 for problems, 2 for wrong usage."""
    arguments = parser().parse_args(argv)
    gc.set_threshold(100_000)  # what a command reads, it keeps: looking for waste finds none
    atexit.register(gc.freeze)  # nor is there anything to look for when Python ends
    try:
        with unwinding():
            status = int(arguments.command(arguments))
            sys.stdout.flush()  # here, where a closed pipe can still be answered
            return status
    except BrokenPipeError:
        # The reader, such as `head`, had enough; Python must not try to flush once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
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

    new = commands.add_parser("new", help="begin a paper: its note, snippet and tests")
    add_new_arguments(new)
    new.set_defaults(command=_new)

    bring = commands.add_parser("import", help="turn notes in Markdown, or BibTeX, into drafts")
    add_import_arguments(bring)
    bring.set_defaults(command=_import)

    fmt = commands.add_parser("fmt", help="write notes in the one canonical form")
    fmt.add_argument("paths", nargs="*", type=Path, help="notes to format (default: all)")
    fmt.add_argument("--check", action="store_true", help="only say which notes would change")
    fmt.set_defaults(command=_fmt)

    export = commands.add_parser("export", help="write papers as BibTeX, CSL, CSV, JSON, notebooks")
    add_export_arguments(export)
    export.set_defaults(command=_export)

    diff = commands.add_parser("diff", help="say what a change does to the base, in Markdown")
    diff.add_argument("base", metavar="COMMIT", help="the state to compare with: main")
    diff.set_defaults(command=_diff)

    schema = commands.add_parser("schema", help="print the JSON Schema of a note")
    schema.set_defaults(command=_schema)

    build = commands.add_parser("build", help="build the site from notes, snippets and report")
    build.add_argument(
        "--strict",
        action="store_true",
        help="refuse to build where a claim's test failed or has not been run on the code as it is",
    )
    build.add_argument(
        "--zip",
        type=Path,
        metavar="FILE",
        help="pack the site into this file, too: unpacked, it opens without a server",
    )
    build.set_defaults(command=_build)

    serve = commands.add_parser("serve", help="show the site on this machine; follow what is saved")
    serve.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
    serve.set_defaults(command=_serve)

    search = commands.add_parser("search", help="find papers, in either language")
    search.add_argument("query", nargs="+", metavar="QUERY", help="words, names, authors, years")
    search.add_argument(
        "--language", choices=("en", "ja"), default="en", help="of the excerpts (default: en)"
    )
    search.add_argument("--limit", type=int, default=10, help="papers to show (default: 10)")
    search.set_defaults(command=_search)

    run = commands.add_parser("run", help="run snippets and their tests, contained and cached")
    add_run_arguments(run)
    run.set_defaults(command=_run)

    mutate = commands.add_parser("mutate", help="break snippets and see whether tests notice")
    add_mutate_arguments(mutate)
    mutate.set_defaults(command=_mutate)

    path = commands.add_parser("path", help="show the way from one paper to another, with reasons")
    path.add_argument("start", metavar="A", help="a paper: its id, alias, title, arXiv id or DOI")
    path.add_argument("end", metavar="B", help="the paper to arrive at")
    path.add_argument(
        "--language", choices=("en", "ja"), default="en", help="of the reasons (default: en)"
    )
    path.set_defaults(command=_path)
    return top


def _put_right(root: Path, *outputs: Path | None) -> None:
    """Say what a command that was killed had left; the first thing that writing commands do."""
    from paper_notes.storage.recovery import put_right

    for line in put_right(root, filter(None, outputs)):
        print(f"after an interrupted command: {line}", file=sys.stderr)


def _build(arguments: argparse.Namespace) -> int:
    from time import perf_counter

    from paper_notes.problems import has_errors, render
    from paper_notes.progress import steps
    from paper_notes.site.publish import publish

    start = perf_counter()
    _put_right(arguments.root, arguments.zip)
    with steps("build") as say:
        built = publish(arguments.root, strict=arguments.strict, say=say)
    if built.problems:
        print(render(built.problems, "text"))
    if has_errors(built.problems):
        print("not built: the site is as it was before", file=sys.stderr)
        return 1
    print(f"{built.pages} pages ({perf_counter() - start:.1f} s)", file=sys.stderr)
    return _pack(arguments.root, arguments.zip) if arguments.zip else 0


def _pack(root: Path, target: Path) -> int:
    from paper_notes.site.pack import pack
    from paper_notes.site.source_date import source_date

    try:
        pack(root / "site", target, source_date(root))
    except OSError as error:
        print(f"cannot write {target}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from paper_notes.site.serve import PortTaken, serve

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    try:
        return 0 if serve(arguments.root, arguments.port, say) else 1
    except PortTaken as error:
        print(f"cannot serve on port {arguments.port}: {error}", file=sys.stderr)
        print("    choose another with --port", file=sys.stderr)
        return 1


def _search(arguments: argparse.Namespace) -> int:
    from paper_notes.search.command import search

    query = " ".join(arguments.query)
    status, text = search(arguments.root, query, arguments.language, arguments.limit)
    print(text, file=sys.stderr if status else sys.stdout)
    return status


def _schema(_: argparse.Namespace) -> int:
    from paper_notes.notes.schema import schema_text

    print(schema_text(), end="")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from time import perf_counter

    from paper_notes.checking.check import check
    from paper_notes.problems import has_errors, render

    start = perf_counter()
    checked = check(arguments.root, arguments.paths)
    shown = render(checked.problems, arguments.format)
    if shown:
        print(shown)
    print(checked.summary(perf_counter() - start), file=sys.stderr)
    return 1 if has_errors(checked.problems) else 0


def _new(arguments: argparse.Namespace) -> int:
    from paper_notes.intake.new_command import new

    _put_right(arguments.root)
    return _say(*new(arguments))


def _import(arguments: argparse.Namespace) -> int:
    from paper_notes.intake.import_command import bring_in

    if not arguments.dry_run:
        _put_right(arguments.root, arguments.report)
    return _say(*bring_in(arguments))


def _fmt(arguments: argparse.Namespace) -> int:
    from paper_notes.notes.format_command import fmt

    if not arguments.check:
        _put_right(arguments.root)
    return _say(*fmt(arguments))


def _export(arguments: argparse.Namespace) -> int:
    from paper_notes.export.command import export

    if arguments.format == "notebook":
        _put_right(arguments.root, (arguments.output or Path("notebooks")) / "any")
    elif arguments.output:
        _put_right(arguments.root, arguments.output)
    return _say(*export(arguments))


def _diff(arguments: argparse.Namespace) -> int:
    from paper_notes.changes.command import diff

    return _say(*diff(arguments))


def _run(arguments: argparse.Namespace) -> int:
    from paper_notes.snippets.standing import nothing_to_run

    _put_right(arguments.root)
    if said := nothing_to_run(arguments):
        return _say(0, said)
    from paper_notes.snippets.command import run

    return _say(*run(arguments))


def _mutate(arguments: argparse.Namespace) -> int:
    from paper_notes.snippets.mutate.command import mutate

    _put_right(arguments.root)
    status, text = mutate(arguments)
    print(text)
    return status


def _path(arguments: argparse.Namespace) -> int:
    from paper_notes.graph.build import build_graph
    from paper_notes.graph.command import show_way
    from paper_notes.library import load_library
    from paper_notes.problems import render

    library, problems = load_library(arguments.root)
    if not library.papers:
        print(render(problems, "text"), file=sys.stderr)
        return 1
    graph = build_graph(library.papers)
    return _say(*show_way(graph, arguments.start, arguments.end, arguments.language))


def _say(status: int, text: str) -> int:
    """Show a command's outcome where it belongs."""
    if text:
        print(text, file=sys.stderr if status else sys.stdout)
    return status
