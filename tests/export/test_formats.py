"""Exports in other formats can be read again, by readers that are not ours, as the same data."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from paper_notes.cli import main
from paper_notes.export.collection import collection_json, collection_schema
from paper_notes.export.csl import csl_json
from paper_notes.export.notebook import notebook
from paper_notes.export.table import COLUMNS, csv_table
from paper_notes.library import Library
from paper_notes.notes.model import Paper
from paper_notes.notes.read import read_text_of_note
from tests.conftest import INVENTED, REPOSITORY, load

TIDY_SCALE = load(INVENTED).papers["tidy_scale"]
TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def test_csl_has_type_names_and_places() -> None:
    known = replace(
        TIDY_SCALE, authors=("Ada Lovelace", "Plato", "Jan de la Cruz"), venue="Nature 2019"
    )
    (item,) = json.loads(csl_json([known]))
    assert item["type"] == "article-journal"
    assert item["author"] == [
        {"given": "Ada", "family": "Lovelace"},
        {"literal": "Plato"},
        {"given": "Jan", "family": "de la Cruz"},
    ]
    assert item["issued"] == {"date-parts": [[2019]]}
    assert item["container-title"] == "Nature"
    assert item["number"] == f"arXiv:{known.arxiv}"


def test_csv_has_a_row_for_each_paper(invented: Library) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_table(invented.papers.values()))))
    assert [row["id"] for row in rows] == list(invented.papers)
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["what_en"] == invented.papers[rows[0]["id"]].what.en


@pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", "+1", "-1", "'quoted"])
def test_a_title_never_becomes_a_formula(title: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_table([replace(TIDY_SCALE, title=title)])))
    assert row["title"] == f"'{title}"


def note_of(document: dict[str, Any]) -> Paper:
    """A note written from an exported document, read by the reader of notes."""
    id = document.pop("id")
    document["year"] = str(document["year"])
    text = yaml.safe_dump(document, allow_unicode=True, default_style='"')
    note, problems = read_text_of_note(text, Path(f"papers/{id}.yaml"))  # type: ignore[arg-type]
    assert note is not None, problems
    return note.paper


def test_the_json_document_holds_everything_that_the_notes_hold(invented: Library) -> None:
    papers = invented.papers
    document = json.loads(collection_json(papers.values()))
    assert {paper["id"]: note_of(paper) for paper in document["papers"]} == dict(papers)


def test_the_json_document_keeps_to_its_schema() -> None:
    document = json.loads(collection_json(load(REPOSITORY).papers.values()))
    validator = Draft202012Validator(collection_schema())
    Draft202012Validator.check_schema(collection_schema())
    assert [error.message for error in validator.iter_errors(document)] == []


@given(TITLES)
def test_any_title_comes_back(title: str) -> None:
    paper = replace(TIDY_SCALE, title=title)
    (item,) = json.loads(csl_json([paper]))
    (row,) = csv.DictReader(io.StringIO(csv_table([paper])))
    (document,) = json.loads(collection_json([paper]))["papers"]
    assert item["title"] == document["title"] == title
    assert row["title"] in (title, f"'{title}")


def test_a_notebook_is_valid_and_always_the_same(invented: Library) -> None:
    for id, snippet in invented.snippets.items():
        text = notebook(snippet, invented.papers.get(id))
        nbformat.validate(nbformat.reads(text, as_version=4))
        assert text == notebook(snippet, invented.papers.get(id))


def test_the_cells_of_a_notebook_run(capsys: pytest.CaptureFixture[str]) -> None:
    library = load(REPOSITORY)
    document = json.loads(notebook(library.snippets["group_norm"], library.papers["group_norm"]))
    space: dict[str, Any] = {"__name__": "__main__"}
    torch.set_num_threads(1)  # waiting threads slow each other down where others work
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
    assert capsys.readouterr().out.count("\n") >= 2


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ('a = 1\n\n\nif __name__ == "__main__":\n    demo()\n\n    # done\n', "a = 1"),
        ("a = 1\nif __name__ == '__main__': demo()", "a = 1"),
        ('if __name__ == "__main__":\n    a = 1\nb = 2\n', None),
        ("def f():\n    if __name__:\n        pass\n", None),
        ("a = 1\n", None),
    ],
)
def test_only_what_runs_a_snippet_at_its_end_is_left_out(
    invented: Library, tmp_path: Path, code: str, cell: str | None
) -> None:
    snippet = replace(invented.snippets["tidy_scale"], docstring_end=0, root=tmp_path)
    (tmp_path / "snippets").mkdir()
    (tmp_path / snippet.path).write_text(code, encoding="utf-8")
    cells = {each["id"]: each["source"] for each in json.loads(notebook(snippet, None))["cells"]}
    assert "".join(cells["method"]) == (code.rstrip() if cell is None else cell)


def test_every_notebook_compiles_and_calls_its_demo_once() -> None:
    library = load(REPOSITORY)
    for id, snippet in library.snippets.items():
        cells = json.loads(notebook(snippet, library.papers[id]))["cells"]
        source = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        compile(source, id, "exec")
        assert source.count("demo()") == 1 + source.count("def demo()")


def test_a_selection_goes_to_a_file(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.bib"
    arguments = ["--root", str(root), "export", "bibtex", "--topic", "training"]
    assert main([*arguments, "--output", str(target)]) == 0
    assert "tidy_scale" in target.read_text(encoding="utf-8")
    assert "folded_words" not in target.read_text(encoding="utf-8")


def test_an_unknown_id_gets_the_nearest(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(root), "export", "csv", "tidy_scal"]) == 1
    assert "did you mean `tidy_scale`?" in capsys.readouterr().err


def test_what_is_exported_as_bibtex_is_imported_as_the_same_papers(
    root: Path, tmp_path: Path
) -> None:
    assert main(["--root", str(root), "export", "bibtex", "--output", str(tmp_path / "a.bib")]) == 0
    empty = tmp_path / "empty"
    (empty / "papers").mkdir(parents=True)
    topics = (root / "papers/topics.yaml").read_text(encoding="utf-8")
    (empty / "papers/topics.yaml").write_text(topics, encoding="utf-8")
    assert main(["--root", str(empty), "import", str(tmp_path / "a.bib")]) == 0
    assert len(list((empty / "papers").glob("*.yaml"))) == 4
