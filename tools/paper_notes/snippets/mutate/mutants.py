"""The mutants of a snippet: its text with one small break each.

Comments, docstrings, type hints, `demo`, `figure` and the main guard are left alone: no test is
about them. Default values are not: a default that no test holds to is a claim nobody checks.

Left out by rule, since they cannot be noticed or say nothing when they are: what compiles to the
same code; how a snippet refuses (`raise`, `assert`, `zip(strict=…)`); how a module prints itself;
seeds, which are any number; `inplace=`; the order of the arguments of a symmetric function.
"""

from __future__ import annotations

import ast
import hashlib
import marshal
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from paper_notes.snippets.mutate.operators import SILENT, Placed, changes, name_of
from paper_notes.snippets.mutate.reach import is_docstring

_SHOWN = ("demo", "figure")
_SEEDS = ("manual_seed", "seed", "default_rng", "Random", "RandomState")
# Kinds of expression that need brackets where they stand in the place of another.
_LOOSE = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda)


@dataclass(frozen=True)
class Mutant:
    """A snippet with one small break."""

    operator: str  # the kind of break
    line: int  # in the snippet
    statement: int  # where the statement begins that has to run for the break to matter
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
    seen = {_meaning(source)}
    places = [(node, at) for node, at in _mutable(tree) if isinstance(node, ast.expr | ast.stmt)]
    for node, at in sorted(places, key=lambda place: (place[0].lineno, place[0].col_offset)):
        for operator, old, new in changes(node):
            if ast.dump(new) == ast.dump(old):
                continue
            text = _replaced(lines, old, new)
            meaning = _meaning(text)
            if meaning and meaning not in seen:
                seen.add(meaning)
                yield Mutant(operator, old.lineno, at, text)


def _replaced(lines: list[bytes], old: Placed, new: ast.AST) -> str:
    """The source with new in the place of old; all else stays as it is written."""
    first, last = old.lineno - 1, (old.end_lineno or old.lineno) - 1
    before = lines[first][: old.col_offset]
    after = lines[last][old.end_col_offset :]
    text = ast.unparse(ast.fix_missing_locations(new))
    if isinstance(new, _LOOSE) or (isinstance(old, ast.Constant) and after.startswith(b".")):
        text = f"({text})"
    parts = [*lines[:first], before, text.encode(), after, *lines[last + 1 :]]
    return b"".join(parts).decode()


def _meaning(text: str) -> bytes:
    """What the text compiles to, wherever it stands; nothing where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a mutant that makes no sense is what is wanted
            code = compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return b""
    return hashlib.blake2b(_instructions(code), digest_size=16).digest()


def _instructions(code: CodeType) -> bytes:
    """The code and all that is inside it, without lines and columns."""
    inner = tuple(_instructions(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    plain = code.replace(co_consts=inner, co_linetable=b"", co_firstlineno=1)
    return marshal.dumps(plain, 2)  # later versions depend on what else holds the objects


def _mutable(tree: ast.AST, at: int = 0) -> Iterator[tuple[ast.AST, int]]:
    """The nodes that may be changed, from the top down, each with the line of its statement."""
    for child in ast.iter_child_nodes(tree):
        if _left_alone(child, tree):
            continue
        inside = child.lineno if isinstance(child, ast.stmt) else at
        yield child, inside
        yield from _mutable(child, inside)


def _left_alone(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.FunctionDef):
        shown = node.name in _SHOWN and isinstance(parent, ast.Module)
        return shown or node.name in ("__repr__", "extra_repr")
    if isinstance(node, ast.If) and isinstance(parent, ast.Module):
        return "__main__" in ast.unparse(node.test)
    if is_docstring(node):
        return True
    if isinstance(node, ast.Raise | ast.Assert):
        return True  # how it refuses is not what it computes
    if isinstance(parent, ast.Call) and name_of(parent) in _SEEDS:
        return isinstance(node, ast.Constant)  # a seed is any number
    if isinstance(node, ast.keyword) and node.arg in SILENT:
        return True
    if isinstance(parent, ast.arguments):
        return any(node is default for default in _of_seeds(parent))
    hints = (getattr(parent, "annotation", None), getattr(parent, "returns", None))
    return any(node is hint for hint in hints if hint is not None)


def _of_seeds(arguments: ast.arguments) -> Iterator[ast.expr | None]:
    """The defaults of parameters that are called like an option without consequence."""
    places = [*arguments.posonlyargs, *arguments.args]
    with_default = places[len(places) - len(arguments.defaults) :]
    for names, defaults in (
        (with_default, arguments.defaults),
        (arguments.kwonlyargs, arguments.kw_defaults),
    ):
        yield from (d for a, d in zip(names, defaults, strict=True) if a.arg in SILENT)
