"""A marked snippet does what it did and says its lines on the way."""

from __future__ import annotations

import builtins

import pytest

from paper_notes.snippets.checks import REACHED
from paper_notes.snippets.mutate.reach import marked

SOURCE = '''"""Docstring."""
from __future__ import annotations

def f(x):
    """What it does."""
    if x > 0:
        return [y for y in range(x)]
    elif x < 0:
        return (lambda: x)()
    try:
        raise ValueError
    except ValueError:
        x = None
    finally:
        x = 7
    return x
'''


@pytest.mark.parametrize(
    ("x", "result", "lines"),
    [(2, [0, 1], {6, 7}), (-1, -1, {6, 8, 9}), (0, 7, {6, 8, 10, 11, 13, 15, 16})],
)
def test_the_lines_that_run_are_said(monkeypatch, x, result, lines):
    reached: set[int] = set()
    monkeypatch.setattr(builtins, REACHED, reached.add, raising=False)
    names: dict[str, object] = {}
    exec(compile(marked(SOURCE), "<marked>", "exec"), names)
    assert names["__doc__"] == "Docstring."
    reached.clear()
    assert names["f"](x) == result  # type: ignore[operator]
    assert reached == lines
