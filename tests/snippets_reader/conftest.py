"""A snippet with its tests in a temporary folder, either of them spoilt at will."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paper_notes.problems import Problem
from paper_notes.snippets.model import Snippet
from paper_notes.snippets.read import read_snippet

SNIPPET = r'''r"""Doubling.

Twice $\alpha$.

Paper: double, Eq. 1
Shapes: N batch
Differs from the paper: nothing.
"""

import torch


def double(x):
    """Twice x."""
    return 2 * x


class Double: ...


def demo() -> None:
    double(1)
'''
TESTS = """from snippets.double import double


def test_two():
    \"\"\"One and one.\"\"\"
    assert double(1) == 2
"""

ReadBoth = Callable[..., tuple[Snippet | None, list[Problem]]]


@pytest.fixture
def read(tmp_path: Path) -> ReadBoth:
    """Reads `double`, with its snippet's or its tests' source replaced."""

    def run(snippet: str = SNIPPET, tests: str = TESTS) -> tuple[Snippet | None, list[Problem]]:
        for path, text in (
            ("snippets/double.py", snippet),
            ("tests/snippets/test_double.py", tests),
        ):
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return read_snippet(tmp_path, "double")

    return run


@pytest.fixture
def source() -> str:
    """The source of a good snippet."""
    return SNIPPET
