"""Nothing acts, in any file that leaves, whatever stands in any field that comes in."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from paper_notes.export.bibtex import bibtex
from paper_notes.export.collection import collection_json
from paper_notes.export.csl import csl_json
from paper_notes.export.table import csv_table
from paper_notes.library import Library
from paper_notes.notes.model import Paper
from paper_notes.site.build import build_site
from paper_notes.snippets.figures import FIGURES, FigureFolder
from paper_notes.snippets.report import SnippetResult, TestOutcome
from paper_notes.snippets.svg import for_a_page
from tests.conftest import invent_runs, lay_out, load
from tests.hostile import active, poison
from tests.hostile.poison import words

ID = "slow_pooling"
CONTROLS = "\x1b[31m\x00\u2028\u202e"  # files may not hold them; what a snippet prints may

SNIPPET = f"""\
r\"\"\"{words("snippet.title")}

{words("snippet.body")} [x](javascript:pwned(4)) <javascript:pwned(5)>

$$ x = 1 $$

Paper: {ID}, Eq. 1
Shapes: {words("snippet.shapes")}
Differs from the paper: {words("snippet.differs")} .
\"\"\"
import torch

# {words("snippet.comment")}
def demo() -> None:
    print({words("snippet.code")!r})
"""
TESTS = f"""\
# {words("tests.comment")}
from snippets.{ID} import demo


def {poison.TEST}(record_property):
    record_property({words("paper.claims.stated")!r}, 1)
    assert demo is not None, {words("tests.code")!r}
"""
FIGURE = escape(words("figure"))
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>{FIGURE}</title>
<text id="a">{FIGURE}</text></svg>"""


def hostile_run(run: SnippetResult) -> SnippetResult:
    """A report's result with words of the snippet's own choice wherever it has some."""
    kept = {"id", "key", "status", "figure", "contained", "limits"}
    texts = [field.name for field in fields(SnippetResult) if field.type == "str"]
    made = {name: words(f"run.{name}") + CONTROLS for name in texts if name not in kept}
    outcome = TestOutcome(
        poison.TEST,
        "failed",
        0.1,
        message=words("run.message") + CONTROLS,
        recorded={words("paper.claims.stated"): words("run.recorded")},
    )
    return replace(run, **made, status="failed", tests=(outcome,))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The invented base, with a poisoned paper and everything beside it poisoned."""
    root = lay_out(tmp_path_factory.mktemp("inert") / "base")
    ids = load(root).topics
    for path, text in {
        f"papers/{ID}.yaml": poison.note(),
        "papers/topics.yaml": poison.topics(iter(ids)),
        "papers/paths.yaml": poison.paths(),
        "papers/synonyms.yaml": poison.synonyms(),
        f"snippets/{ID}.py": SNIPPET,
        f"tests/snippets/test_{ID}.py": TESTS,
    }.items():
        (root / path).write_text(text, encoding="utf-8")
    return load(root)


@pytest.fixture(scope="module")
def site(library: Library) -> Path:
    """All files of its site, with an address, so that there are feeds."""
    runs = dict(invent_runs(library))
    figure = FigureFolder(library.root / FIGURES).keep(for_a_page(SVG))
    runs[ID] = replace(hostile_run(runs[ID]), figure=figure)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PAPER_NOTES_SITE_URL", "https://notes.example.org/base/")
        environment.setenv("PAPER_NOTES_REPOSITORY", "https://github.com/example/notes")
        built = build_site(library, runs)
    assert built.problems == []
    return library.root / "site"


def texts(site: Path) -> list[Path]:
    binary = {".woff2", ".png"}
    return [p for p in sorted(site.rglob("*.*")) if p.is_file() and p.suffix not in binary]


@pytest.mark.hostile(27, 28, 30, 32, 33, 34)
def test_no_file_of_the_site_holds_anything_active(site: Path) -> None:
    found = {
        path.relative_to(site).as_posix(): holes
        for path in texts(site)
        if path.name != "LICENSE"
        and (holes := [*active.reader_of(path)(path.read_text(encoding="utf-8"))])
    }
    assert found == {}


def test_every_poisoned_field_is_on_the_site(site: Path) -> None:
    everything = "".join(path.read_text(encoding="utf-8") for path in texts(site))
    places = {f"paper.{question}.en" for question in ("what", "novelty", "discussion")}
    places |= {"paper.title", "paper.aliases", "paper.venue", "paper.results.setting"}
    places |= {"paper.claims.says.ja", "paper.claims.source", "paper.claims.stated"}
    places |= {"paper.next_read.why.en", "paper.next_read.title", "topic.training.introduction.en"}
    places |= {"path.steps.why.en", "path.steps.title", "snippet.body", "snippet.shapes"}
    places |= {"tests.code", "run.demo", "run.error", "run.message", "run.recorded"}
    assert {place for place in places if f"{place} " not in everything} == set()


def test_a_spreadsheet_calculates_nothing(library: Library) -> None:
    paper = library.papers[ID]
    for sign in "=+-@＝＋－＠\t\r\n":
        made = replace(paper, title=f"{sign}1+1", authors=(f"{sign}1+1", "x"))
        for row in csv.reader(io.StringIO(csv_table([made]), newline="")):
            assert not any(cell.startswith(sign) for cell in row)


def test_exports_are_what_they_say(library: Library) -> None:
    papers: list[Paper] = list(library.papers.values())
    assert len(json.loads(csl_json(papers))) == len(papers)
    assert len(json.loads(collection_json(papers))["papers"]) == len(papers)
    assert [*active.of_bibtex(bibtex(library.papers[ID]))] == []
