"""What a snippet is, as far as reading its source can tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Test:
    """One test function of a snippet."""

    __test__ = False  # pytest: a value, not a test class

    name: str
    line: int
    doc: str  # first line of its docstring, or ""
    records: frozenset[str]  # names given to record_property as literals
    skipped_without_reason: bool


@dataclass(frozen=True)
class Snippet:
    """One paper's method as code, with the tests of the paper's claims."""

    id: str
    path: PurePosixPath  # repository-relative
    title: str  # first line of the docstring
    body: str  # the docstring between title and the trailing fields: Markdown with $math$
    paper: str  # `Paper:` field: paper id and place, "group_norm, Eq. 3"
    shapes: str  # `Shapes:` field
    differs: str  # `Differs from the paper:` field
    source: str
    code: str  # the source after its docstring
    functions: tuple[str, ...]  # top-level functions and classes, in order
    has_demo: bool
    has_figure: bool
    tests_path: PurePosixPath
    tests_source: str
    tests: tuple[Test, ...]
