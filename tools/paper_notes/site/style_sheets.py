"""The site's assets: most are known from the start, two style sheets only when all pages are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping
from functools import cached_property
from pathlib import Path

from paper_notes.pages.math import Shown
from paper_notes.site.marks import marked, marks
from paper_notes.site.own_assets import katex_assets, own_assets
from paper_notes.site.styles import trim

OURS = "assets/paper-notes.css"
KATEX = "assets/katex/katex.min.css"
LATE = (OURS, KATEX)


class Assets:
    """The assets of a site: our own and those that hand-written pages brought, by path."""

    def __init__(self, material: str, brought: Mapping[str, bytes]) -> None:
        self._material = material
        self._raw = {**brought, **{str(path): content for path, content in own_assets()}}

    @cached_property
    def early(self) -> Mapping[str, bytes]:
        """What does not depend on pages."""
        made = marked(self._raw, marks(self._raw))
        return {path: content for path, content in made.items() if path not in LATE}

    def late(
        self, names: Collection[str], shown: Shown, cache: MutableMapping[str, str]
    ) -> Mapping[str, bytes]:
        """Material's style sheet before ours, and KaTeX's: both with what pages use of them."""
        sheets = [
            content.decode()
            for path, content in sorted(self._raw.items())
            if path.endswith(".css") and path.count("/") == 1
        ]
        ours = self._raw[OURS].decode()
        joined = f"{trim(self._material, names, sheets)}\n{ours}"
        raw = {str(path): content for path, content in katex_assets(shown, cache)}
        raw[OURS] = joined.encode()
        return marked(raw, marks(self._raw) | marks(raw))


def take_assets(folder: Path) -> Mapping[str, bytes]:
    """The assets that hand-written pages brought, taken from the folder that MkDocs wrote.

    Raises OSError where it cannot be read or written.
    """
    taken: dict[str, bytes] = {}
    for path in sorted((folder / "assets").rglob("*")):
        if path.is_file():
            taken[path.relative_to(folder).as_posix()] = path.read_bytes()
            path.unlink()
    return taken
