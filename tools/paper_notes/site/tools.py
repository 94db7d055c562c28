"""What renders formulas and texts, remembering each piece between builds."""

from __future__ import annotations

from hashlib import blake2b
from importlib.resources import files

from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.site.fragments import Fragments
from paper_notes.site.own_assets import own_asset
from paper_notes.snippets.packages import installed

# What a piece is made by: it is made again when one of these is another.
_PACKAGES = (
    "brotli",
    "fonttools",
    "markdown_it_py",
    "mdit_py_plugins",
    "nh3",
    "quickjs",
)
_MODULES = (
    "pages/highlight.py",
    "pages/markdown.py",
    "pages/math.py",
    "site/fonts.py",
)


class Tools:
    """Renderers that share one store; `refused` holds formulas that were refused, and why."""

    def __init__(self, fragments: Fragments) -> None:
        version = _version()
        self.fragments = fragments
        self.refused: dict[str, str] = {}
        self.fonts = fragments.of(f"fonts {version}")
        self.math = MathRenderer(fragments.of(f"math {version}"))
        texts = fragments.of(f"text {version}")
        self.markdown = Markdown(self.math, self.refused.__setitem__, texts)


def _version() -> str:
    package, known = files("paper_notes"), installed()
    hashed = blake2b(own_asset("katex/katex.min.js"), digest_size=8)
    for name in _MODULES:
        hashed.update(package.joinpath(name).read_bytes())
    hashed.update(repr([known.get(name) for name in _PACKAGES]).encode())
    return hashed.hexdigest()
