"""Which statements of a snippet run in which of its tests, so that a break meets only those.

A snippet is marked: each of its statements first says its line. The marked snippet then runs once
for each test, in a child that runs no other, so that what tests share (a fixture, a cache) is seen
in all of them. What runs at import runs in every test.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from paper_notes.snippets.checks import REACHED


@dataclass(frozen=True)
class Reach:
    """A test, and what it runs of the unbroken snippet."""

    digest: str  # of the test and all that it uses
    seconds: float  # that it takes alone
    lines: tuple[int, ...]  # where statements begin that it runs


def marked(source: str) -> str:
    """The snippet whose statements say their lines as they are about to run.

    Raises SyntaxError where the snippet is not Python.
    """
    tree = _Mark().visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))


class _Mark(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):  # a lambda's body is an expression
                setattr(node, name, [new for old in statements for new in _with_mark(old)])
        return node


def _with_mark(statement: ast.stmt) -> list[ast.stmt]:
    """The statement after its mark; what has to stand first in its block has none."""
    if isinstance(statement, ast.Import | ast.ImportFrom) or is_docstring(statement):
        return [statement]
    call = ast.Call(ast.Name(REACHED, ast.Load()), [ast.Constant(statement.lineno)], [])
    return [ast.Expr(call), statement]


def is_docstring(node: ast.AST) -> bool:
    """Whether the node is a text that stands alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
