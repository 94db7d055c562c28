"""What we print of somebody's words rules neither a terminal nor a workflow's log."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.cli import main
from paper_notes.problems import Place, Problem, as_github, as_text, render
from paper_notes.snippets import console
from paper_notes.snippets.report import SnippetResult

ANY = st.text(st.characters(codec="utf-8") | st.sampled_from("\n\r\x1b%:,\u2028\u202e\x00"))
PATHS = ANY.map(lambda name: PurePosixPath("papers") / (name.replace("/", "") or "x"))
PROBLEMS = st.builds(
    Problem, place=st.builds(Place, PATHS), code=st.just("code"), message=ANY, hint=ANY
)
COMMAND = re.compile(r"::(error|warning) file=([^,:]*),line=1,col=1::(.*)")


def unescaped(text: str) -> str:
    return text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


@given(PROBLEMS)
def test_an_annotation_is_one_command_whatever_is_quoted(problem: Problem) -> None:
    command = COMMAND.fullmatch(as_github(problem))
    assert command
    message = unescaped(command[3])
    assert message.split("\n")[0].startswith("code: ")
    assert message.count("\n") == bool(problem.hint)


@given(PROBLEMS)
def test_a_problem_is_printed_in_characters_that_show(problem: Problem) -> None:
    lines = as_text(problem).split("\n")
    assert len(lines) == 1 + bool(problem.hint)
    assert all(line.isprintable() for line in lines)


@given(st.lists(PROBLEMS, max_size=3))
def test_all_formats_can_be_written_to_any_terminal(problems: list[Problem]) -> None:
    for style in ("text", "github", "json"):
        shown = render(problems, style)  # type: ignore[arg-type]
        assert shown.encode().decode() == shown


def test_what_a_snippet_says_of_its_failure_is_shown_as_characters() -> None:
    error = "ValueError: \x1b]0;pwned\x07\x1b[2J\u202e\n::error::pwned"
    result = SnippetResult("x", "", "failed", 0.1, "", "", "", error=error)
    said = console.failure(result)
    assert all(line.isprintable() for line in said.split("\n"))
    assert not any(line.startswith("::") for line in said.split("\n"))


@pytest.mark.parametrize("name", ["\x1b[2Jx", "a\nb", "\udcff", "::error::x"])
@pytest.mark.parametrize(
    "command", [["check"], ["fmt", "--check"], ["fmt"], ["import", "--dry-run"]]
)
def test_a_files_name_is_shown_as_characters(
    base, capsys: pytest.CaptureFixture[str], name: str, command: list[str]
) -> None:
    note = base.root / "papers" / f"{name}.yaml"
    note.write_bytes(base.note().replace("year: 2019", 'year: "2019"').encode())
    (base.root / f"{name}.md").write_text(
        "# A title\n\n## どんなもの?\n\nIt is.\n", encoding="utf-8"
    )
    files = [os.fspath(base.root / f"{name}.md")] if command[0] == "import" else []
    main(["--root", str(base.root), *command, *files])
    shown = capsys.readouterr()
    assert (shown.out + shown.err).encode()
    assert all(
        line.isprintable() for line in (shown.out + shown.err).replace("\u3000", " ").split("\n")
    )
