"""The small breaks: each turns one node of a syntax tree into others that mean something else.

Comments, docstrings, type hints, `demo`, `figure` and the main guard are left alone: no test is
about them. Default values are not: a default that no test holds to is a claim nobody checks.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_SHOWN = ("demo", "figure")
# Kinds of expression that need brackets where they stand in the place of another.
_LOOSE = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda)
_Placed = ast.expr | ast.stmt
_Change = tuple[str, _Placed, _Placed]  # operator, what goes, what comes in its place

_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_FUNCTIONS = {
    "mean": "sum",
    "sum": "mean",
    "max": "min",
    "min": "max",
    "amax": "amin",
    "amin": "amax",
    "argmax": "argmin",
    "argmin": "argmax",
    "sin": "cos",
    "cos": "sin",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "zeros_": "ones_",
    "ones_": "zeros_",
    "softmax": "log_softmax",
    "log_softmax": "softmax",
    "clamp_min": "clamp_max",
    "clamp_max": "clamp_min",
    "tril": "triu",
    "triu": "tril",
    "floor": "ceil",
    "ceil": "floor",
    "randn": "rand",
    "rand": "randn",
}
# Calls that pass their first argument on, changed: without them it goes on as it was.
_STEPS = (
    *("relu", "gelu", "silu", "tanh", "sigmoid", "softplus", "exp", "log", "sqrt", "rsqrt"),
    *("abs", "square", "softmax", "log_softmax", "dropout", "normalize", "layer_norm", "detach"),
    *("clamp", "clamp_", "flip", "masked_fill", "leaky_relu"),
)
_MODULES = ("F", "torch", "math", "functional", "np")


@dataclass(frozen=True)
class Mutant:
    """A snippet with one small break."""

    operator: str  # the kind of break
    line: int  # in the snippet
    source: str  # the whole broken snippet

    @property
    def id(self) -> str:
        """Names the mutant among those of its snippet, whatever else there is."""
        return hashlib.blake2b(self.source.encode(), digest_size=8).hexdigest()


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a snippet, in the order of its lines, each different from all others.

    Raises SyntaxError where the snippet is not Python.
    """
    tree = ast.parse(source)
    lines = source.encode().splitlines(keepends=True)
    seen = {source}
    nodes = [node for node in _mutable(tree) if isinstance(node, ast.expr | ast.stmt)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        for operator, old, new in _changes(node):
            text = _replaced(lines, old, new)
            if ast.dump(new) != ast.dump(old) and text not in seen and _compiles(text):
                seen.add(text)
                yield Mutant(operator, old.lineno, text)


def _replaced(lines: list[bytes], old: _Placed, new: ast.AST) -> str:
    """The source with new in the place of old; all else stays as it is written."""
    first, last = old.lineno - 1, (old.end_lineno or old.lineno) - 1
    before = lines[first][: old.col_offset]
    after = lines[last][old.end_col_offset :]
    text = ast.unparse(ast.fix_missing_locations(new))
    if isinstance(new, _LOOSE) or (isinstance(old, ast.Constant) and after.startswith(b".")):
        text = f"({text})"
    parts = [*lines[:first], before, text.encode(), after, *lines[last + 1 :]]
    return b"".join(parts).decode()


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a mutant that makes no sense is what is wanted
            compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _mutable(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that may be changed, from the top down."""
    for child in ast.iter_child_nodes(tree):
        if _left_alone(child, tree):
            continue
        yield child
        yield from _mutable(child)


def _left_alone(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.FunctionDef) and isinstance(parent, ast.Module):
        return node.name in _SHOWN
    if isinstance(node, ast.If) and isinstance(parent, ast.Module):
        return "__main__" in ast.unparse(node.test)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    if isinstance(node, ast.Raise | ast.Assert):
        return True  # how it refuses is not what it computes
    hints = (getattr(parent, "annotation", None), getattr(parent, "returns", None))
    return any(node is hint for hint in hints if hint is not None)


def _changes(node: ast.AST) -> Iterator[_Change]:
    """All breaks of this node: the operator, the node that goes, what comes in its place."""
    for rule in (_binary, _unary, _compared, _constant, _call, _keyword, _statement, _condition):
        yield from rule(node)


def _binary(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.BinOp):
        for other in _ARITHMETIC.get(type(node.op), ()):
            yield "operator", node, ast.BinOp(node.left, other(), node.right)
        if isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.MatMult | ast.Pow):
            yield "dropped term", node, node.left
        if isinstance(node.op, ast.Add | ast.Mult):
            yield "dropped term", node, node.right
    elif isinstance(node, ast.AugAssign):
        for other in _ARITHMETIC.get(type(node.op), ()):
            yield "operator", node, ast.AugAssign(node.target, other(), node.value)
    elif isinstance(node, ast.BoolOp):
        swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "operator", node, ast.BoolOp(swapped, node.values)


def _unary(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            value = node.operand.value
            if value == 1:  # -1 is a last axis or a sign: another axis, and the other sign
                yield "axis", node, ast.UnaryOp(ast.USub(), ast.Constant(2))
        kind = "sign" if isinstance(node.op, ast.USub) else "condition"
        yield kind, node, node.operand


def _compared(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARISONS.get(type(node.ops[0]), ()):
            yield "comparison", node, ast.Compare(node.left, [other()], node.comparators)


def _constant(node: ast.AST) -> Iterator[_Change]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield "flag", node, ast.Constant(not value)
    elif isinstance(value, int):
        yield "off by one", node, ast.Constant(value + 1)
        if value > 0:
            yield "off by one", node, ast.Constant(value - 1)
    elif isinstance(value, float):
        yield "constant", node, ast.Constant(value * 2 if value else 1.0)
        if value:
            yield "constant", node, ast.Constant(value / 10)


def _call(node: ast.AST) -> Iterator[_Change]:
    if not isinstance(node, ast.Call):
        return
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _FUNCTIONS:
        yield (
            "function",
            node,
            ast.Call(_renamed(function, _FUNCTIONS[name]), node.args, node.keywords),
        )
    if name in _STEPS:
        passed_on = _passed_on(node)
        if passed_on is not None:
            yield "removed step", node, passed_on
    if name in ("transpose", "permute", "flip", "mT") and isinstance(function, ast.Attribute):
        yield "axis", node, function.value
    if name in ("Sequential", "ModuleList") and len(node.args) > 1:
        for i in range(len(node.args)):
            yield "removed layer", node, ast.Call(function, node.args[:i] + node.args[i + 1 :], [])
    if len(node.args) >= 2 and not any(isinstance(arg, ast.Starred) for arg in node.args[:2]):
        swapped = [node.args[1], node.args[0], *node.args[2:]]
        yield "swapped arguments", node, ast.Call(function, swapped, node.keywords)


def _keyword(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.Call):
        for i in range(len(node.keywords)):
            kept = node.keywords[:i] + node.keywords[i + 1 :]
            yield "dropped option", node, ast.Call(node.func, node.args, kept)


def _statement(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.AugAssign) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield "removed statement", node, ast.Pass()
    elif (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and _mentions(node.value, node.targets[0].id)
    ):
        yield "removed statement", node, ast.Pass()  # x = f(x): x goes on as it was


def _condition(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.If):
        yield "condition", node.test, ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.IfExp):
        yield "condition", node, ast.IfExp(node.test, node.orelse, node.body)


def _passed_on(call: ast.Call) -> ast.expr | None:
    """What a step works on: the object of a method, the first argument of a function."""
    function = call.func
    if isinstance(function, ast.Attribute):
        base = function.value
        if not _is_module(base):
            return base
    return call.args[0] if call.args else None


def _is_module(node: ast.expr) -> bool:
    text = ast.unparse(node)
    return text in _MODULES or text.startswith(("torch.", "nn.", "F."))


def _renamed(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, name, function.ctx)
    return ast.Name(name, ast.Load())


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
