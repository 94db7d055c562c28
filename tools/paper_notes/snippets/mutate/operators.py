"""The small breaks: each turns one node of a syntax tree into others that mean something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Placed = ast.expr | ast.stmt
Change = tuple[str, Placed, Placed]  # operator, what goes, what comes in its place

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
_SYMMETRIC = (
    *("max", "min", "maximum", "minimum", "equal", "allclose", "isclose", "eq", "ne", "add", "mul"),
    *("hypot", "logaddexp", "gcd", "mse_loss", "l1_loss", "cosine_similarity", "dot", "vdot"),
)
_AXES = ("transpose", "swapaxes", "flip")  # so are these in their axes
# Options that change how a call goes about its work or refuses it, and not what comes of it.
SILENT = ("inplace", "strict", "frozen", "seed", "random_state")


def changes(node: ast.AST) -> Iterator[Change]:
    """All breaks of this node: the operator, the node that goes, what comes in its place."""
    for rule in (_binary, _unary, _compared, _constant, _call, _keyword, _statement, _condition):
        yield from rule(node)


def _binary(node: ast.AST) -> Iterator[Change]:
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


def _unary(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            value = node.operand.value
            if value == 1:  # -1 is a last axis or a sign: another axis, and the other sign
                yield "axis", node, ast.UnaryOp(ast.USub(), ast.Constant(2))
        kind = "sign" if isinstance(node.op, ast.USub) else "condition"
        yield kind, node, node.operand


def _compared(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARISONS.get(type(node.ops[0]), ()):
            yield "comparison", node, ast.Compare(node.left, [other()], node.comparators)


def _constant(node: ast.AST) -> Iterator[Change]:
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


def _call(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    function = node.func
    name = name_of(node)
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
    starred = any(isinstance(arg, ast.Starred) for arg in node.args[:2])
    axes = name in _AXES and all(isinstance(arg, ast.Constant) for arg in node.args)
    if len(node.args) >= 2 and not (starred or axes or name in _SYMMETRIC):
        swapped = [node.args[1], node.args[0], *node.args[2:]]
        yield "swapped arguments", node, ast.Call(function, swapped, node.keywords)


def _keyword(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Call):
        for i in range(len(node.keywords)):
            if node.keywords[i].arg in SILENT:
                continue
            kept = node.keywords[:i] + node.keywords[i + 1 :]
            yield "dropped option", node, ast.Call(node.func, node.args, kept)


def _statement(node: ast.AST) -> Iterator[Change]:
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


def _condition(node: ast.AST) -> Iterator[Change]:
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


def name_of(call: ast.Call) -> str:
    """The last part of the name that is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
