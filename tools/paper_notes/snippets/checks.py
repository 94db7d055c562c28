"""The checks in a test file, made to say when they have held.

Checks are `assert` statements, calls of `….assert_…(…)` as statements, such as
`torch.testing.assert_close`, and `with pytest.raises(…)` and its like.
"""

from __future__ import annotations

import ast

# The names that functions have among the builtins: the one that counts, and the one that a snippet
# marked by `mutate` tells its lines.
HIT = "__paper_notes_checked__"
REACHED = "__paper_notes_reached__"

_CONTEXTS = ("raises", "warns", "deprecated_call")


def count_checks(tree: ast.Module, path: str) -> dict[int, str]:
    """Make the checks in tree, which is the file at path, call HIT. Changes tree.

    Out: by line, the function that a check is in.
    """
    transformer = _Instrument(path)
    transformer.visit(tree)
    ast.fix_missing_locations(tree)
    return transformer.sites


class _Instrument(ast.NodeTransformer):
    def __init__(self, path: str) -> None:
        self.path = path
        self.sites: dict[int, str] = {}
        self._function = ""  # the outermost one we are in

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._enter(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._enter(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST | list[ast.stmt]:
        if isinstance(node.test, ast.Constant):
            return node  # `assert True` checks nothing
        return self._counted(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        if isinstance(node.value, ast.Call) and _name(node.value).startswith("assert_"):
            return self._counted(node)
        return node

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        calls = [item.context_expr for item in node.items]
        if any(isinstance(call, ast.Call) and _name(call) in _CONTEXTS for call in calls):
            return self._counted(node)
        return node

    def _enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        outer = self._function
        self._function = outer or node.name
        self.generic_visit(node)
        self._function = outer
        return node

    def _counted(self, node: ast.stmt) -> list[ast.stmt]:
        self.sites[node.lineno] = self._function
        arguments: list[ast.expr] = [ast.Constant(self.path), ast.Constant(node.lineno)]
        call = ast.Call(ast.Name(HIT, ast.Load()), arguments, [])
        after = ast.copy_location(ast.Expr(call), node)
        return [node, after]


def _name(call: ast.Call) -> str:
    """The last part of the name that is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
