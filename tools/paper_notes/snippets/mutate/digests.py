"""Digests of tests: a test's changes when it, or anything in its file that it uses, changes."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Mapping


def test_digests(source: str, around: bytes) -> Mapping[str, str]:
    """The digest of each test function in a test file, by name.

    In: the file's text; around is what every test depends on besides.
    Raises SyntaxError where the text is not Python.
    """
    tree = ast.parse(source)
    named: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in _binds(statement):
            named.setdefault(name, []).append(statement)
    common = [s for s in tree.body if not _binds(s) or _acts_on_all(s)]
    return {
        name: _digest(_used([*statements, *common], named), around)
        for name, statements in named.items()
        if name.startswith("test")
    }


test_digests.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def _used(start: Iterable[ast.stmt], named: Mapping[str, list[ast.stmt]]) -> list[ast.stmt]:
    """The statements and all those of the file that they mention, and so on."""
    found: dict[ast.stmt, None] = {}
    waiting = list(start)
    while waiting:
        statement = waiting.pop()
        if statement not in found:
            found[statement] = None
            waiting += [s for name in _mentioned(statement) for s in named.get(name, ())]
    return sorted(found, key=lambda statement: statement.lineno)


def _binds(statement: ast.stmt) -> set[str]:
    """The names that a statement of the file gives a meaning."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    targets = [*getattr(statement, "targets", ()), getattr(statement, "target", None)]
    nodes = [node for target in targets if target is not None for node in ast.walk(target)]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _acts_on_all(statement: ast.stmt) -> bool:
    """Whether tests depend on it without a word: pytest's own names, automatic fixtures."""
    if any(name.startswith("pytest") for name in _binds(statement)):
        return True
    decorators = getattr(statement, "decorator_list", [])
    return any("autouse" in ast.unparse(decorator) for decorator in decorators)


def _mentioned(statement: ast.stmt) -> set[str]:
    """The names that it reads, the fixtures that it asks for among them."""
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
    texts = [node.value for node in ast.walk(statement) if isinstance(node, ast.Constant)]
    return names | {text for text in texts if isinstance(text, str)}  # usefixtures("name")


def _digest(statements: Iterable[ast.stmt], around: bytes) -> str:
    hashed = hashlib.blake2b(around, digest_size=8)
    for statement in statements:
        hashed.update(ast.dump(statement).encode() + b"\0")
    return hashed.hexdigest()
