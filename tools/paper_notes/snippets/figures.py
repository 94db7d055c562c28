"""The figures of runs: each in a file beside the report, under a name made of what is in it.

The report holds the names only, so it stays small however many figures there are. A file that is
not what its name says is as good as none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePosixPath

from paper_notes.storage.held import alone_at_once, together
from paper_notes.storage.whole import write_generated

FIGURES = PurePosixPath("build/figures")
NAME_PATTERN = r"^[0-9a-f]{32}\Z"

_FILE = re.compile(r"[0-9a-f]{32}\.svg")


def name_of(content: bytes) -> str:
    """What a figure is called."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def file_of(name: str) -> str:
    """Where in the repository the figure of this name lies."""
    return f"{FIGURES}/{name}.svg"


class FigureFolder:
    """A folder of figures, of which nothing has to be there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def beside(cls, report: Path) -> FigureFolder:
        """The figures that belong to the report at this path."""
        return cls(report.parent / FIGURES.name)

    def read(self, name: str) -> str | None:
        """The figure of this name; None where its file is missing, damaged or another's."""
        try:
            content = self._file(name).read_bytes()
            return content.decode() if name_of(content) == name else None
        except (OSError, ValueError):
            return None

    def keep(self, svg: str) -> str:
        """Put a figure there, whole or not at all; its name.

        Raises OSError where it cannot be written.
        """
        content = svg.encode()
        name = name_of(content)
        if self.read(name) is None:
            self._make()
            write_generated(self._file(name), content)
        return name

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Within, no other process drops a figure: not even one that no report names yet."""
        with suppress(OSError):  # what cannot be written is said when there is something to write
            self._make()
        with together(self._path):
            yield

    def drop_all_but(self, names: Container[str | None]) -> list[str]:
        """Remove the other figures; their names. For a block of `unless_in_use`."""
        gone = []
        with suppress(OSError):  # they are in nobody's way: the next run removes them
            for file in self._path.iterdir():
                if _FILE.fullmatch(file.name) and file.stem not in names:
                    file.unlink(missing_ok=True)
                    gone.append(file.stem)
        return gone

    def unless_in_use(self) -> AbstractContextManager[bool]:
        """Whether nobody uses the folder; if so, nobody does within."""
        return alone_at_once(self._path)

    def _file(self, name: str) -> Path:
        return self._path / f"{name}.svg"

    def _make(self) -> None:
        """Have a folder there that is no link: nothing is written, or removed, where one leads."""
        if self._path.is_symlink() or self._path.is_file():
            self._path.unlink()
        self._path.mkdir(parents=True, exist_ok=True)
