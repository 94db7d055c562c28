"""Everything of a base that is no paper: settings, hand-written pages, topics, paths, names."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import paper_notes

_COPIED = ("pyproject.toml", "papers/synonyms.yaml", "tests/snippets/conftest.py")
_NAMING = ("papers/topics.yaml", "papers/paths.yaml")  # these name papers by their ids
_OVERRIDES = "tools/paper_notes/site/overrides"
_NAMED = re.compile(r"(\bpaper: ?)([a-z][a-z0-9_]*)")


def write_surroundings(source: Path, root: Path, ids: Sequence[str]) -> None:
    """Write them as they are in the real base; papers they name become invented ones.

    There must be more invented papers than the files name.
    """
    for folder in ("papers", "snippets", "tests/snippets"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for path in _COPIED:
        shutil.copyfile(source / path, root / path)
    shutil.copytree(source / "docs", root / "docs")
    settings = (source / "mkdocs.yml").read_text(encoding="utf-8")
    overrides = Path(paper_notes.__file__).parent / "site" / "overrides"
    settings = settings.replace(_OVERRIDES, overrides.as_posix())
    (root / "mkdocs.yml").write_text(settings, encoding="utf-8")
    new: dict[str, str] = {}
    for path in _NAMING:
        text = (source / path).read_text(encoding="utf-8")
        (root / path).write_text(_renamed(text, new, ids), encoding="utf-8")


def _renamed(text: str, new: dict[str, str], ids: Sequence[str]) -> str:
    def other(named: re.Match[str]) -> str:
        new.setdefault(named[2], ids[len(new) % len(ids)])
        return named[1] + new[named[2]]

    lines = text.splitlines(keepends=True)
    return "".join(line if line.startswith("#") else _NAMED.sub(other, line) for line in lines)
