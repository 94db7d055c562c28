"""The commands that write, each with the change that it is going to make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NOTES = """\
# A Thing That Was Brought In

## どんなもの?
一つ目の論文。

## 議論はある?
まだ分からない。

# Another Thing That Was Brought In

## どんなもの?
二つ目の論文。

## 議論はある?
こちらも分からない。
"""
BIBTEX = "@article{thing, title={A New Thing}, author={Aiko Example}, year={2020}}\n"


@dataclass(frozen=True)
class Command:
    """A command as it is given in a base that was prepared for it."""

    name: str
    arguments: tuple[str, ...]  # {root} stands for the base
    prepare: Callable[[Path], None]
    together: bool = True  # what it writes belongs together: all of it, or none

    def at(self, root: Path) -> list[str]:
        """The arguments for the base at root."""
        words = ("--root={root}", *self.arguments)
        return [word.replace("{root}", str(root)) for word in words]


def untidy(root: Path) -> None:
    """Notes that `fmt` has something to do with."""
    for path in root.glob("papers/*_*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("\nyear: ", "\nyear:     ", 1), encoding="utf-8")


def _file(name: str, text: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / "outside").mkdir(exist_ok=True)
        (root / "outside" / name).write_text(text, encoding="utf-8")

    return write


FMT = Command("fmt", ("fmt",), untidy, together=False)
NEW = Command("new", ("new", "{root}/outside/thing.bib"), _file("thing.bib", BIBTEX))
IMPORT = Command(
    "import",
    ("import", "{root}/outside/notes.md"),
    _file("notes.md", NOTES),
)
EXPORT = Command(
    "export",
    ("export", "json", "--output={root}/outside/papers.json"),
    _file("papers.json", "of before\n"),
)
NOTEBOOKS = Command(
    "export notebook",
    ("export", "notebook", "--output={root}/outside"),
    _file("tidy_scale.ipynb", "of before\n"),
    together=False,
)
QUICK = (FMT, NEW, IMPORT, EXPORT, NOTEBOOKS)
BUILD = Command("build", ("build",), lambda _root: None)
