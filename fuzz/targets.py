"""What is fuzzed: each target takes a text, and raises where the tool has a fault.

The same functions run in the test suite for a moment (tests/hostile/test_fuzz.py) and at night for
long, led by coverage (`python -m fuzz`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import jsonschema
import yaml

from paper_notes.export.notebook import notebook
from paper_notes.intake.arxiv import parse_feed
from paper_notes.intake.bibtex import read_bibtex
from paper_notes.intake.crossref import parse_work
from paper_notes.intake.draft import Draft, as_yaml
from paper_notes.intake.metadata import Metadata, plain
from paper_notes.intake.ochiai.read import read_notes
from paper_notes.intake.source import parse_source
from paper_notes.intake.web import WebError
from paper_notes.library import load_library
from paper_notes.notes.format import formatted
from paper_notes.notes.markdown import offences
from paper_notes.notes.read import read_text_of_note
from paper_notes.notes.schema import paper_schema
from paper_notes.notes.yaml_parser import parse
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathError, MathRenderer
from paper_notes.problems import Problem, render
from paper_notes.search.command import engine_of
from paper_notes.search.engine import Engine
from paper_notes.search.tokens import fold, parts
from paper_notes.snippets.docstring import take_apart
from paper_notes.snippets.model import Snippet
from paper_notes.snippets.svg import UnsafeSvgError, for_a_page
from paper_notes.storage.files import decode
from tests.hostile import active

ROOT = Path(__file__).parents[1]
INVENTED = ROOT / "tests" / "data" / "library"
NOTE = PurePosixPath("papers/fuzzed.yaml")
LONGEST_LOOKED_AT = 200_000  # characters of HTML: to look takes longer than to make it


@dataclass(frozen=True)
class Target:
    """A function that must not raise, and files that it can begin with."""

    run: Callable[[str], None]
    seeds: str = ""  # a pattern below the repository's root


def note(text: str) -> None:
    """The YAML reader: a note that keeps to the schema, or problems that can be shown."""
    decoded, problems = _decoded(text)
    found, more = read_text_of_note(decoded, NOTE) if decoded is not None else (None, [])
    _shown([*problems, *more], text)
    if found and not problems:
        document = yaml.load(text, Loader=yaml.CBaseLoader)  # libyaml, as the reader
        errors = jsonschema.Draft202012Validator(paper_schema()).iter_errors(document)
        assert [error.message for error in errors] == []


def fmt(text: str) -> None:
    """The formatter: what it writes, it leaves alone."""
    decoded, problems = _decoded(text)
    if decoded is None or any(problem.code != "not-nfc" for problem in problems):
        return
    once, found = formatted(decoded, NOTE)
    _shown(found, decoded)
    if once is not None:
        assert formatted(once, NOTE) == (once, [])


def ochiai(text: str) -> None:
    """The importer of Markdown notes: every line has a fate, every draft is YAML."""
    decoded, problems = _decoded(text)
    if decoded is None or problems:
        return
    papers, account = read_notes(decoded)
    for paper in papers:
        answers, reads = paper.written(account), paper.reads(account)
        metadata = paper.preface.metadata
        draft = Draft(
            metadata,
            "2026-01-31",
            ["training"],
            tags=paper.preface.tags,
            answers=answers,
            next_read=reads,
            kept=paper.kept,
        )
        _is_yaml(draft)
    assert ": LOST" not in account.render("x.md", decoded.split("\n")) or "LOST" in decoded


def bibtex(text: str) -> None:
    """The importer of BibTeX: entries that become drafts, or problems."""
    decoded, refused = _decoded(text)
    if decoded is None or refused:
        return
    entries, problems = read_bibtex(decoded, PurePosixPath("x.bib"))
    _shown(problems, text)
    for entry in entries:
        _is_yaml(Draft(entry.metadata, "2026-01-31", ["training"], kept=entry.unused))


def sources(text: str) -> None:
    """What is typed to name a paper, and what catalogues answer."""
    parse_source(text)
    plain(text)
    for read in (parse_feed, parse_work):
        try:
            assert isinstance(read(text.encode("utf-8", "replace"), "1"), Metadata)
        except WebError as error:
            assert error.message


def markdown(text: str) -> None:
    """Markdown to HTML: nothing in it acts, whatever `check` would have said."""
    list(offences(text))
    renderer = _markdown()
    for html in (renderer.block(text), renderer.inline(text)):
        if len(html) < LONGEST_LOOKED_AT:
            assert [*active.of_fragment(html)] == []


def tex(text: str) -> None:
    """TeX to HTML: markup that does not act, or a reason."""
    for display in (True, False):
        try:
            html = _math()(text, display=display)
            if len(html) < LONGEST_LOOKED_AT:
                assert [*active.of_fragment(html)] == []
        except MathError as error:
            assert str(error)


def query(text: str) -> None:
    """The search query's way through JavaScript; Python folds the text alike."""
    found = _engine().search(text)
    assert found.total >= len(found.keys) >= 0
    assert all(part for part, _ in parts(fold(text)))


def svg(text: str) -> None:
    """A figure: refused, or a drawing in which nothing acts."""
    try:
        assert [*active.of_xml(for_a_page(text))] == []
    except UnsafeSvgError as error:
        assert str(error)


def docstring(text: str) -> None:
    """A snippet's docstring, as it leaves in a notebook."""
    taken = take_apart(text)
    made = Snippet(
        "x", taken.title, taken.body, taken.paper, taken.shapes, taken.differs, 0, (), (), ""
    )
    assert [*active.of_notebook(notebook(made, None))] == []


TARGETS: Mapping[str, Target] = {
    "note": Target(note, "papers/*.yaml"),
    "fmt": Target(fmt, "tests/data/library/papers/*.yaml"),
    "ochiai": Target(ochiai, "tests/data/notes/*.md"),
    "bibtex": Target(bibtex, "tests/hostile/data/*.bib"),
    "sources": Target(sources),
    "markdown": Target(markdown, "tests/hostile/data/*.txt"),
    "tex": Target(tex, "tests/hostile/data/*.tex"),
    "query": Target(query, "tests/search/queries.yaml"),
    "svg": Target(svg, "tests/hostile/data/*.svg"),
    "docstring": Target(docstring, "tests/hostile/data/*.txt"),
}


def _shown(problems: list[Problem], text: str) -> None:
    """Each problem stands somewhere in the text, and on one line however it is shown."""
    lines = text.count("\n") + text.count("\r") + 1
    for problem in problems:
        assert 1 <= problem.place.line <= lines
        assert problem.place.column >= 1
        assert "\n" not in render([problem], "github")
        json.loads(render([problem], "json"))


def _decoded(text: str) -> tuple[str | None, list[Problem]]:
    """The text as it comes out of a file, and what is wrong with its characters."""
    return decode(text.encode("utf-8", "surrogatepass"), NOTE)


def _is_yaml(draft: Draft) -> None:
    tree, problems = parse(as_yaml(draft, "test_it"), NOTE)
    assert tree is not None
    assert problems == []


@cache
def _math() -> MathRenderer:
    return MathRenderer({})


@cache
def _markdown() -> Markdown:
    return Markdown(_math())


@cache
def _engine() -> Engine:
    library, _ = load_library(INVENTED)
    return engine_of(library)
