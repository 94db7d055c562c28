"""Each case of hostile input has a test that says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.conftest import REPOSITORY
from tests.hostile.cases import CASES


def covered() -> Iterator[int]:
    """The cases that tests name: `@pytest.mark.hostile(8, 9)`."""
    for path in sorted((REPOSITORY / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.hostile":
                yield from (ast.literal_eval(argument) for argument in node.args)


@pytest.fixture(scope="module")
def named() -> set[int]:
    return set(covered())


@pytest.mark.parametrize("case", CASES, ids=CASES.get)
def test_a_case_has_a_test(case: int, named: set[int]) -> None:
    assert case in named


def test_no_test_names_a_case_that_is_none(named: set[int]) -> None:
    assert named <= CASES.keys()
