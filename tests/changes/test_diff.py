"""What a pull request does to the base, said in Markdown."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from paper_notes.cli import main


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repository(root: Path) -> Path:
    """The invented base, committed."""
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "papers", "snippets", "tests")
    git(root, "commit", "-qm", "base")
    return root


def comment(repository: Path, capsys: pytest.CaptureFixture[str], base: str = "main") -> str:
    assert main(["--root", str(repository), "diff", base]) == 0
    return capsys.readouterr().out


def edit(repository: Path, id: str, old: str, new: str) -> None:
    path = repository / "papers" / f"{id}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def add_untidy(repository: Path, title: str = "Least Squares for the Untidy") -> None:
    """The paper that tidy_scale names as a next read and the base lacks."""
    text = (repository / "papers/folded_words.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if not line.startswith(("title:", "arxiv:", "doi:"))]
    note = "\n".join([f"title: {title}", "doi: 10.9999/untidy.1", *lines])
    (repository / "papers/untidy.yaml").write_text(note, encoding="utf-8")


def test_nothing_is_different(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert comment(repository, capsys) == "No paper, link or claim is different.\n"


def test_a_paper_that_was_added_is_named_with_its_claims(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_untidy(repository)
    said = comment(repository, capsys)
    assert "### Papers added (1)" in said
    assert "- `untidy` Least Squares for the Untidy" in said
    assert "not run yet" in said


def test_a_to_read_that_is_here_now_is_closed(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_untidy(repository)
    assert "### To-reads closed (1)\n\n- Least Squares for the Untidy" in comment(
        repository, capsys
    )


def test_links_that_came_and_went(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(repository, "tidy_scale", "Least Squares for the Untidy", "Another title")
    edit(repository, "tidy_scale", "10.9999/untidy.1", "10.9999/other.1")
    said = comment(repository, capsys)
    assert "### Links added (1)" in said
    assert "→ Another title" in said
    assert "### Links removed (1)" in said
    assert "→ Least Squares for the Untidy" in said


def test_a_changed_snippet_changes_its_paper(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (repository / "snippets/tidy_scale.py").open("a") as stream:
        stream.write("\nX = 1\n")
    assert "### Papers changed (1)\n\n- `tidy_scale`" in comment(repository, capsys)


def test_a_translation_that_stayed_behind_is_named(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(repository, "tidy_scale", "It needs", "It really needs")
    said = comment(repository, capsys)
    assert "### Translations left behind (1)" in said
    assert "the English changed, the Japanese did not" in said


def test_a_title_cannot_write_markdown_or_call_people(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_untidy(repository, "'@all <img src=x> [a](b) **bold**'")
    said = comment(repository, capsys)
    assert "@all" not in said
    assert r"\<img src=x\>" in said
    assert r"\[a\]\(b\)" in said


@pytest.mark.parametrize("base", ["nowhere", "--output=/tmp/x", "", "main..HEAD"])
def test_an_unknown_commit_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str], base: str
) -> None:
    assert main(["--root", str(repository), "diff", "--", base]) == 1
    assert "unknown-commit" in capsys.readouterr().err
