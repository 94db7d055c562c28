"""What `paper-notes path` says."""

from __future__ import annotations

import pytest

from paper_notes.cli import main
from paper_notes.graph.build import build_graph
from paper_notes.graph.command import show_way
from paper_notes.notes.model import NextRead, Relation, Text
from tests.conftest import INVENTED
from tests.graph.conftest import graph_of, paper


def test_each_step_says_what_it_is_and_why_and_whose_words_these_are() -> None:
    assert show_way(graph_of(a=">b", b="=c", c=""), "a", "c", "en") == (
        0,
        "1. Title of a (2020) · a\n"
        "2. Title of b (2020) · b\n"
        "   comes after it: Why >b (notes of a)\n"
        "3. Title of c (2020) · c\n"
        "   an alternative to it: Why =c (notes of b)",
    )


def test_the_reasons_are_in_the_language_asked_for() -> None:
    _, text = show_way(graph_of(a=">b", b=""), "a", "b", "ja")
    assert "前の論文の次に読む: 理由 >b (a の要約から)" in text


def test_a_step_through_a_paper_that_is_not_here_says_so() -> None:
    far = NextRead(Relation.FOLLOW_UP, Text("x"), title="Far", arxiv="2101.00001")
    _, text = show_way(build_graph({"a": paper("a", far)}), "a", "Far", "en")
    assert "2. Far (2021) · not here yet, https://arxiv.org/abs/2101.00001" in text


def test_where_there_is_no_way_what_comes_before_the_goal_is_offered() -> None:
    status, text = show_way(graph_of(a="", b="<c", c=""), "a", "b", "en")
    assert status == 1
    assert text == ("no way leads from a to b yet\nread before b:\n   Title of c (2020) · c")


def test_or_else_what_is_near_it_by_topic() -> None:
    graph = build_graph({"a": paper("a"), "b": paper("b"), "c": paper("c", topic="language")})
    _, text = show_way(graph, "a", "b", "en")
    assert text.splitlines()[1:] == [
        "nothing is known to come before b; near it by topic:",
        "   Title of a (2020) · a",
    ]


def test_or_else_that_it_stands_alone() -> None:
    graph = build_graph({"a": paper("a"), "b": paper("b", topic="language")})
    assert show_way(graph, "a", "b", "en")[1].endswith("no other paper of the base is near b")


def test_an_unknown_paper_is_answered_with_the_nearest() -> None:
    assert show_way(graph_of(lenet="", resnet=""), "lenett", "resnet", "en") == (
        2,
        "there is no paper 'lenett'\n    did you mean `lenet` or `resnet`?",
    )


def test_what_was_typed_is_shown_without_what_could_move_the_cursor() -> None:
    assert "\x1b" not in show_way(graph_of(a=""), "\x1b[2J", "a", "en")[1]


def test_a_paper_is_at_itself_already() -> None:
    status, text = show_way(graph_of(a=""), "a", "a", "en")
    assert (status, text.splitlines()[1]) == (0, "   that is the same paper")


def test_the_command_prints_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--root", str(INVENTED), "path", "tidy_scale", "slow_pooling"]
    assert main(arguments) == 0
    assert "2. Folded Words" in capsys.readouterr().out


def test_a_folder_without_papers_is_no_traceback(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(tmp_path), "path", "a", "b"]) == 1
    assert "no-papers" in capsys.readouterr().err
