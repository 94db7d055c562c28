"""What a test file can prove, as far as its source can tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from paper_notes.problems import Problem
from paper_notes.snippets.model import Test
from paper_notes.snippets.source import Source, dotted, find, imported_modules, statements

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_TELLING = frozenset({ast.Call, ast.Attribute, ast.Assert})
_CHECKS = frozenset({"raises", "warns", "gradcheck", "gradgradcheck"})
_MARKS = frozenset({"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"})
_MARK_NAMES = frozenset(mark.rpartition(".")[2] for mark in _MARKS)
_SKIPS = _MARKS | {"pytest.skip", "pytest.xfail"}
_EXITS = frozenset({"sys.exit", "os._exit", "exit", "quit", "os.abort", "pytest.exit"})


@dataclass(frozen=True)
class _Facts:
    """What one function does, found in one walk through it."""

    calls: tuple[tuple[str, ast.Call], ...]
    asserts: bool
    bare_skip: bool  # a skip or expected failure without a reason

    @property
    def checks(self) -> bool:
        """Whether anything in it can fail because the snippet is wrong."""
        names = (name.rpartition(".")[2] for name, _ in self.calls)
        return self.asserts or any(name in _CHECKS or name.startswith("assert") for name in names)

    @property
    def records(self) -> frozenset[str]:
        """The names given to record_property as literals."""
        firsts = [
            call.args[0] for name, call in self.calls if name == "record_property" and call.args
        ]
        return frozenset(str(node.value) for node in firsts if isinstance(node, ast.Constant))


def read_tests(source: Source, id: str) -> tuple[tuple[Test, ...], list[Problem]]:
    """The file's test functions in order, those in classes too, and why it would prove little."""
    functions = [(function.name, _facts(function)) for function in _functions(source.tree)]
    facts = dict(functions)
    bare = any(_facts(mark).bare_skip for mark in _pytestmarks(source.tree))
    tests: list[Test] = []
    problems = list(_check_file(source, id))
    outside = _facts(*_outside_functions(source.tree))
    for part in (outside, *(one for _, one in functions)):
        problems += _exits(source, part)
    for function in _test_functions(source.tree):
        reached = _reach(function.name, facts)
        test = Test(
            name=function.name,
            line=function.lineno,
            doc=(ast.get_docstring(function) or "").partition("\n")[0],
            records=tuple(sorted({name for one in reached for name in one.records})),
            skipped_without_reason=bare or facts[function.name].bare_skip,
        )
        tests.append(test)
        if not any(one.checks for one in reached):
            message = f"{test.name} checks nothing: it would pass whatever the snippet does"
            problems.append(
                source.problem(function, "no-assert", message, "assert what the paper claims")
            )
        if test.skipped_without_reason:
            message = f"{test.name} is skipped, or may fail, without a reason"
            hint = 'say why: @pytest.mark.skip(reason="…")'
            problems.append(source.problem(function, "skip-without-reason", message, hint))
    return tuple(tests), problems


def _check_file(source: Source, id: str) -> Iterator[Problem]:
    if not any(True for _ in _test_functions(source.tree)):
        hint = "write functions whose names begin with test_"
        yield source.problem(1, "no-tests", "there is no test function here", hint)
    modules = {module for module, _ in imported_modules(statements(source.tree))}
    if not any(f"{module}.".startswith(f"snippets.{id}.") for module in modules):
        hint = f"from snippets.{id} import …"
        yield source.problem(1, "snippet-not-imported", "the tests never import the snippet", hint)


def _exits(source: Source, facts: _Facts) -> Iterator[Problem]:
    for name, call in facts.calls:
        if name in _EXITS:
            message = f"{name}() would end the tests before they have proved anything"
            yield source.problem(call, "exit-in-test", message, "delete it")


def _test_functions(tree: ast.Module) -> Iterator[Function]:
    for node in tree.body:
        in_class = _body(node) if getattr(node, "name", "").startswith("Test") else []
        for part in (node, *in_class):
            if isinstance(part, Function) and part.name.startswith("test"):
                yield part


def _functions(tree: ast.Module) -> Iterator[Function]:
    """The file's own functions, methods too."""
    for node in tree.body:
        for part in (node, *_body(node)):
            if isinstance(part, Function):
                yield part


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """What else there is in the file, each part once."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (*node.decorator_list, *node.bases, *node.keywords)
            yield from (part for part in node.body if not isinstance(part, Function))
        elif not isinstance(node, Function):
            yield node


def _body(node: ast.stmt) -> list[ast.stmt]:
    return node.body if isinstance(node, ast.ClassDef) else []


def _reach(name: str, facts: Mapping[str, _Facts]) -> list[_Facts]:
    """What a function does and the file's functions that it calls, those they call, and so on."""
    reached = {name}
    waiting = [name]
    while waiting:
        for called, _ in facts[waiting.pop()].calls:
            helper = called.removeprefix("self.")
            if helper in facts and helper not in reached:
                reached.add(helper)
                waiting.append(helper)
    return [facts[one] for one in reached]


def _facts(*roots: ast.AST) -> _Facts:
    calls: list[tuple[str, ast.Call]] = []
    marks: list[ast.Attribute] = []
    asserts = False
    for node in find(_TELLING, *roots):
        if isinstance(node, ast.Call):
            calls.append((dotted(node.func), node))
        elif isinstance(node, ast.Attribute):
            if node.attr in _MARK_NAMES and dotted(node) in _MARKS:
                marks.append(node)
        elif isinstance(node, ast.Assert):
            asserts = asserts or not isinstance(node.test, ast.Constant)
    bare_marks = len(marks) > sum(name in _MARKS for name, _ in calls)  # each call has its mark
    bare_calls = any(name in _SKIPS and not _has_reason(name, call) for name, call in calls)
    return _Facts(tuple(calls), asserts, bare_marks or bare_calls)


def _has_reason(name: str, call: ast.Call) -> bool:
    reasons = [keyword.value for keyword in call.keywords if keyword.arg in ("reason", "msg")]
    if name not in ("pytest.mark.skipif", "pytest.mark.xfail"):  # there the condition comes first
        reasons += call.args[:1]
    return any(
        not isinstance(reason, ast.Constant) or str(reason.value or "").strip()
        for reason in reasons
    )


def _pytestmarks(tree: ast.Module) -> Iterator[ast.stmt]:
    """The marks of the whole file: `pytestmark = …`."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Name) and one.id == "pytestmark" for one in targets):
                yield node
