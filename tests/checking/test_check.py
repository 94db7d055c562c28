"""`paper-notes check`: what it shows, what it leaves out, and that it stays light."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from paper_notes.cli import main

LIBRARY = Path(__file__).parents[1] / "data" / "library"


@pytest.fixture
def root(tmp_path):
    """A copy of the invented library in which one note has an error and one snippet another."""
    root = tmp_path / "base"
    shutil.copytree(LIBRARY, root, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    note = root / "papers/tidy_scale.yaml"
    note.write_text(note.read_text(encoding="utf-8").replace("year: 2018", "year: 18"), "utf-8")
    snippet = root / "snippets/slow_pooling.py"
    snippet.write_text(snippet.read_text(encoding="utf-8").replace("demo", "show"), "utf-8")
    return root


def run(capsys, root, *arguments):
    """The exit status, what was printed, and the summary."""
    status = main(["--root", str(root), "check", *map(str, arguments)])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_a_good_base_passes_with_a_summary(capsys):
    status, out, err = run(capsys, LIBRARY)
    assert status == 0
    assert ": warning: untranslated: " in out
    assert err.startswith("3 notes, 3 snippets, 5 claims: 2 warnings (")


def test_every_error_is_shown_and_the_status_is_one(capsys, root):
    status, out, _ = run(capsys, root)
    assert status == 1
    assert "papers/tidy_scale.yaml:3:7: year: 18 is not a year\n    four digits" in out
    assert "snippets/slow_pooling.py:1:1: no-demo: " in out


def test_a_notes_path_selects_its_snippet_too(capsys, root):
    status, out, err = run(capsys, root, root / "papers/slow_pooling.yaml")
    assert status == 1
    assert "snippets/slow_pooling.py:1:1: no-demo: " in out
    assert "tidy_scale" not in out
    assert err.startswith("1 note, 1 snippet, 1 claim: ")


def test_a_clean_note_passes_beside_a_broken_one(capsys, root):
    status, out, _ = run(capsys, root, root / "papers/folded_words.yaml")
    assert (status, "tidy_scale" in out) == (0, False)


def test_a_folder_selects_what_is_in_it(capsys, root):
    _, out, _ = run(capsys, root, root / "snippets")
    assert [line.split(":")[0] for line in out.splitlines() if line[0] != " "] == [
        "snippets/slow_pooling.py"
    ]


def test_paths_count_from_where_one_stands(capsys, root, monkeypatch):
    monkeypatch.chdir(root / "papers")
    status = main(["--root", "..", "check", "tidy_scale.yaml"])
    assert (status, "year" in capsys.readouterr().out) == (1, True)


@pytest.mark.parametrize("path", ["nowhere.yaml", "../outside.yaml"])
def test_a_path_that_is_not_there_is_a_problem(capsys, root, path):
    (root / "../outside.yaml").write_text("title: x\n", encoding="utf-8")
    status, out, _ = run(capsys, LIBRARY, root / path)
    assert status == 1
    assert ": no-such-path: " in out


def test_a_folder_without_papers_is_a_problem(capsys, tmp_path):
    status, out, _ = run(capsys, tmp_path, tmp_path)
    assert status == 1
    assert out.startswith("papers:1:1: no-papers: ")


def test_json_is_one_document(capsys, root):
    _, out, _ = run(capsys, root, "--format", "json")
    problems = json.loads(out)["problems"]
    assert {"path", "line", "column", "code", "message", "hint", "severity"} == set(problems[0])
    assert "year" in {problem["code"] for problem in problems}


def test_github_gets_annotations(capsys, root):
    _, out, _ = run(capsys, root, "--format", "github")
    assert "::error file=papers/tidy_scale.yaml,line=3,col=7::year: 18 is not a year%0A" in out


def test_a_file_name_cannot_forge_an_annotation(capsys, root):
    (root / "papers/x\n::error::forged.yaml").write_text("title: x\n", encoding="utf-8")
    for style in ("text", "github"):
        _, out, _ = run(capsys, root, "--format", style)
        assert not any(line.startswith("::error::") for line in out.splitlines())


def test_a_quoted_value_cannot_forge_a_line(capsys, root):
    note = root / "papers/tidy_scale.yaml"
    note.write_text('"x\\n::error::forged": 1\n', encoding="utf-8")
    _, out, _ = run(capsys, root)
    assert not any(line.startswith("::error::") for line in out.splitlines())


def test_torch_and_the_site_are_never_loaded():
    program = (
        "import sys; from paper_notes.cli import main; main(['--root', sys.argv[1], 'check']);"
        "print(*sorted({'torch', 'mkdocs', 'numpy', 'jinja2', 'pytest'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(LIBRARY)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == ""


def test_the_schema_is_printed(capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A paper's note"


def test_ten_faults_of_different_kinds_are_all_reported_with_line_and_column(capsys, tmp_path):
    root = tmp_path / "base"
    shutil.copytree(LIBRARY, root, ignore=shutil.ignore_patterns("__pycache__", ".*"))

    def spoil(path, *changes):
        text = (root / path).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (root / path).write_text(text, encoding="utf-8")

    spoil(
        "papers/tidy_scale.yaml",
        ("year: 2018", "year: 20188"),
        ("arxiv: 1801.00010", "arxiv: 1801.10v2"),
        ("topic: training", "topik: training"),
        ("tags: [scaling]", "tags: [Scaling]"),
        ("(https://example.org/tidy-scale)", "(javascript:alert)"),
        ("    relation: follow_up", "    relation: sequel"),
    )
    spoil(
        "papers/slow_pooling.yaml",
        ("paper: folded_words", "paper: nowhere"),
        ("test: test_the_mean_survives", "test: test_the_mean_survive"),
        ("topic: training", "topic: nothing"),
    )
    spoil("snippets/folded_words.py", ("def demo(", "def show("))
    status, out, _ = run(capsys, root, "--format", "json")
    found = {
        (problem["path"].rpartition("/")[2], problem["code"], problem["line"], problem["column"])
        for problem in json.loads(out)["problems"]
        if problem["severity"] == "error"
    }
    assert status == 1
    assert found == {
        ("tidy_scale.yaml", "year", 3, 7),
        ("tidy_scale.yaml", "arxiv-id", 5, 8),
        ("tidy_scale.yaml", "unknown-key", 8, 1),
        ("tidy_scale.yaml", "tag", 9, 8),
        ("tidy_scale.yaml", "link", 37, 69),
        ("tidy_scale.yaml", "relation", 41, 15),
        ("slow_pooling.yaml", "unknown-topic", 6, 8),
        ("slow_pooling.yaml", "unknown-paper", 13, 12),
        ("slow_pooling.yaml", "unknown-test", 23, 11),
        ("folded_words.py", "no-demo", 1, 1),
    }
