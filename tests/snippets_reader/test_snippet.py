"""A snippet is read by its syntax tree and never run."""

import sys

import pytest

from paper_notes.snippets.read import read_snippet


def codes(problems):
    return [problem.code for problem in problems]


def test_every_part_is_read(read):
    snippet, problems = read()
    assert problems == []
    assert (snippet.id, snippet.title, snippet.body) == ("double", "Doubling.", r"Twice $\alpha$.")
    assert (snippet.paper, snippet.shapes, snippet.differs) == (
        "double, Eq. 1",
        "N batch",
        "nothing.",
    )
    assert snippet.functions == ("double", "Double", "demo")
    assert (snippet.has_demo, snippet.has_figure) == (True, False)
    assert snippet.code.startswith("import torch\n")
    assert snippet.source.endswith(snippet.code)


def test_nothing_is_run(read, source):
    snippet, _ = read(source + "\nraise SystemExit\n")
    assert snippet is not None
    assert "snippets.double" not in sys.modules


def test_a_syntax_error_is_placed(read, source):
    snippet, [problem] = read(source + "\ndef broken(:\n")
    assert snippet is None
    assert (problem.code, problem.place.line, problem.place.column) == ("syntax", 24, 12)


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 60_000 + "1",
        "x = a" + ".a" * 40_000,
        "x = 1" + "+1" * 40_000,
        "\n".join(" " * depth + "if x:" for depth in range(120)),
    ],
)
def test_absurd_nesting_is_a_problem_and_no_crash(read, source, code):
    _, problems = read(source + "\n" + code + "\n")
    assert set(codes(problems)) <= {"syntax", "too-nested"}


def test_a_null_byte_is_a_problem(read, source):
    snippet, problems = read(source + "x = '\0'\n")
    assert (snippet, codes(problems)) == (None, ["control-character"])


def test_code_that_reads_otherwise_than_it_runs_is_refused(read, source):
    _, problems = read(source + "x = '\u202e'  # trojan source\n")
    assert codes(problems) == ["bidi-override"]


def test_a_large_file_is_not_read(read, source):
    assert codes(read(source + "#" * 200_000)[1]) == ["too-large"]


def test_a_backslash_in_a_plain_docstring_is_placed(read, source):
    _, [problem] = read(source.removeprefix("r"))
    assert (problem.code, problem.place.line) == ("docstring-not-raw", 3)


def test_a_missing_docstring_is_refused(read):
    assert codes(read("def demo(): ...\n")[1]) == ["no-docstring"]


@pytest.mark.parametrize("field", ["Paper", "Shapes", "Differs from the paper"])
def test_a_missing_field_is_named(read, source, field):
    lines = [line for line in source.splitlines() if not line.startswith(f"{field}:")]
    [problem] = read("\n".join(lines))[1]
    assert (problem.code, f"`{field}:`" in problem.message) == ("docstring-field", True)


def test_another_papers_name_is_refused(read, source):
    _, [problem] = read(source.replace("Paper: double", "Paper: triple"))
    assert (problem.code, problem.hint) == ("docstring-paper", "write `Paper: double, Eq. …`")


def test_a_missing_demo_is_refused(read, source):
    assert codes(read(source.replace("def demo", "def show"))[1]) == ["no-demo"]


@pytest.mark.parametrize(
    "line",
    [
        "import snippets.other",
        "from snippets.other import f",
        "from snippets import other",
        "from . import other",
        "from .other import f",
        "def f():\n    import snippets.other",
        "from tests.snippets.test_other import x",
    ],
)
def test_a_snippet_stands_alone(read, source, line):
    assert codes(read(f"{source}\n{line}\n")[1]) == ["snippet-import"]


def test_a_module_that_only_begins_like_snippets_may_be_imported(read, source):
    assert codes(read(f"{source}\nimport snippets_of_others\n")[1]) == []


def test_a_snippet_that_is_not_there_is_a_problem(tmp_path):
    snippet, problems = read_snippet(tmp_path, "nowhere")
    assert snippet is None
    assert set(codes(problems)) == {"missing-file", "no-tests"}


def test_the_sources_are_those_that_the_files_hold_now(read, tmp_path):
    snippet, _ = read()
    (tmp_path / "snippets/double.py").write_text("x = 1\n")
    (tmp_path / "tests/snippets/test_double.py").unlink()
    assert (snippet.source, snippet.tests_source) == ("x = 1\n", "")


def test_equal_sources_have_equal_digests(read):
    one, _ = read()
    same, _ = read()
    other, _ = read(tests="")
    assert one.digest == same.digest != other.digest
