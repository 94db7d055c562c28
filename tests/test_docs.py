"""The documentation says what the commands say.

After a wanted change: `UPDATE_GOLDENS=1 pytest tests/test_docs.py`, then read the diff.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from paper_notes.cli import parser

REPOSITORY = Path(__file__).parents[1]
PAGES = [REPOSITORY / "docs" / language / "commands.md" for language in ("en", "ja")]


def commands() -> Iterator[tuple[str, str]]:
    """Each command with its help, as wide as on a terminal of 80 columns."""
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield name, command.format_help()


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_help_of_every_command_is_on_the_commands_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name, help_text in commands():
        block = f"```text\n$ paper-notes {name} --help\n{help_text}```"
        if os.environ.get("UPDATE_GOLDENS"):
            pattern = rf"```text\n\$ paper-notes {name} --help\n.*?```"
            text = re.sub(pattern, lambda _, block=block: block, text, flags=re.DOTALL)  # type: ignore[misc]
            page.write_text(text, encoding="utf-8")
        assert block in text


def test_every_command_says_what_it_is_for() -> None:
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            assert all(choice.help for choice in action._choices_actions)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_no_command_is_documented_that_is_not_there(page: Path) -> None:
    documented = re.findall(r"^\$ paper-notes (\w+) --help", page.read_text("utf-8"), re.MULTILINE)
    assert set(documented) == {name for name, _ in commands()}


def test_the_readme_shows_every_command() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert [name for name, _ in commands() if f"paper-notes {name}" not in readme] == []


TEXTS = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_text_for_the_repository_links_only_to_what_is_there(path: Path) -> None:
    links = re.findall(r"\]\((?!\w+:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_the_security_policy_can_be_found() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "docs/en/about.md", "docs/ja/about.md"):
        assert "SECURITY.md" in (REPOSITORY / name).read_text(encoding="utf-8")
