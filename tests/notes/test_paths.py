"""Learning paths: what a step may say, and what is wrong with one."""

import pytest

from paper_notes.notes.identity import index_of
from paper_notes.notes.model import NextRead, Relation, Text
from paper_notes.notes.names import Names
from paper_notes.notes.paths import PathStep, read_paths

WHY = "why: {en: Because., ja: だから。}"
HEAD = "first_steps:\n  name: {en: N, ja: 名}\n  introduction: {en: I, ja: 序}\n  steps:\n"
KNOWN = NextRead(Relation.FOLLOW_UP, Text("x"), title="Known", arxiv="2001.00001")


def read(root, *steps, head=HEAD):
    (root / "papers").mkdir()
    text = head + "".join(f"    - {{{step}, {WHY}}}\n" for step in steps)
    (root / "papers/paths.yaml").write_text(text, encoding="utf-8")
    return read_paths(root, Names(["known", "lenet"]), index_of({"known": KNOWN}))


def test_a_step_names_a_note_or_a_paper_that_is_not_here_yet(tmp_path):
    steps = ("paper: known", "title: Far, arxiv: 2002.00002", "title: Old")
    paths, problems = read(tmp_path, *steps)
    assert problems == []
    why = Text("Because.", "だから。")
    assert paths["first_steps"].steps == (
        PathStep(why, paper="known"),
        PathStep(why, title="Far", arxiv="2002.00002"),
        PathStep(why, title="Old"),
    )


@pytest.mark.parametrize(
    ("steps", "code", "line"),
    [
        (("paper: known", "paper: lenett"), "unknown-paper", 6),
        (("paper: known", "paper: known"), "path-step-twice", 6),
        (("paper: known", "title: X, arxiv: 2001.00001"), "path-step-twice", 6),
        (("title: X, doi: 10.9999/x", "title: Y, doi: 10.9999/X"), "path-step-twice", 6),
        (("title: X", "title: x!"), "path-step-twice", 6),
        (("paper: known", "paper: lenet, title: LeNet"), "path-step", 6),
        (("paper: known", "arxiv: 2001.00001"), "path-step", 6),
        (("paper: known",), "item-count", 4),
    ],
)
def test_a_bad_step_is_named_with_its_place(tmp_path, steps, code, line):
    _, problems = read(tmp_path, *steps)
    assert [(problem.code, problem.place.line) for problem in problems] == [(code, line)]


def test_an_unknown_note_is_answered_with_the_nearest(tmp_path):
    _, [problem] = read(tmp_path, "paper: known", "paper: lenett")
    assert problem.hint == "did you mean `lenet`?"


@pytest.mark.parametrize("id", ["Big", "way", "a-b"])
def test_what_is_no_id_is_refused(tmp_path, id):
    head = HEAD.replace("first_steps", id)
    _, [problem] = read(tmp_path, "paper: known", "paper: lenet", head=head)
    assert problem.code == "path-id"


def test_a_base_without_the_file_has_no_paths(tmp_path):
    (tmp_path / "papers").mkdir()
    assert read_paths(tmp_path, Names([]), index_of({})) == ({}, [])


@pytest.mark.parametrize("text", ["[", "- a\n", "a: b\n", "\0", "a: &x {name: *x}\n"])
def test_what_is_no_path_is_a_problem_and_no_traceback(tmp_path, text):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/paths.yaml").write_text(text, encoding="utf-8")
    paths, problems = read_paths(tmp_path, Names([]), index_of({}))
    assert paths == {}
    assert problems


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/paths.yaml").symlink_to(tmp_path / "elsewhere")
    assert [problem.code for problem in read_paths(tmp_path, Names([]), index_of({}))[1]] == [
        "symbolic-link"
    ]
