"""What a snippet is, as far as reading its source can tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from paper_notes.storage.files import read_text

MAX_BYTES = 128 * 1024


def snippet_path(id: str) -> PurePosixPath:
    """Where a paper's snippet is."""
    return PurePosixPath("snippets") / f"{id}.py"


def tests_path(id: str) -> PurePosixPath:
    """Where its tests are."""
    return PurePosixPath("tests/snippets") / f"test_{id}.py"


@dataclass(frozen=True, slots=True)
class Test:
    """One test function of a snippet."""

    __test__ = False  # pytest: a value, not a test class

    name: str
    line: int
    doc: str  # first line of its docstring, or ""
    records: tuple[str, ...]  # names given to record_property as literals, sorted
    skipped_without_reason: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """One paper's method as code, with the tests of the paper's claims.

    The sources are read when they are asked for: few need them, and of many papers they are much.
    """

    id: str
    title: str  # first line of the docstring
    body: str  # the docstring between title and the trailing fields: Markdown with $math$
    paper: str  # `Paper:` field: paper id and place, "group_norm, Eq. 3"
    shapes: str  # `Shapes:` field
    differs: str  # `Differs from the paper:` field
    docstring_end: int  # the docstring's last line; 0 without one
    functions: tuple[str, ...]  # top-level functions and classes, in order
    tests: tuple[Test, ...]
    digest: str  # of both files' content
    root: Path = field(default=Path(), compare=False, repr=False)  # where the files are

    @property
    def path(self) -> PurePosixPath:
        """Its file, as seen from the root."""
        return snippet_path(self.id)

    @property
    def tests_path(self) -> PurePosixPath:
        """The file of its tests, as seen from the root."""
        return tests_path(self.id)

    @property
    def has_demo(self) -> bool:
        """Whether it shows something when it is run."""
        return "demo" in self.functions

    @property
    def has_figure(self) -> bool:
        """Whether it draws something."""
        return "figure" in self.functions

    @property
    def source(self) -> str:
        """What its file holds now; nothing where that can no longer be read."""
        return read_text(self.root, self.path, MAX_BYTES)[0] or ""

    @property
    def code(self) -> str:
        """The source behind its docstring."""
        if not self.docstring_end:
            return self.source
        lines = self.source.splitlines(keepends=True)
        return "".join(lines[self.docstring_end :]).lstrip("\r\n")

    @property
    def tests_source(self) -> str:
        """What the file of its tests holds now; nothing where that can no longer be read."""
        return read_text(self.root, self.tests_path, MAX_BYTES)[0] or ""
