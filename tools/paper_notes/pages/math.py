"""Mathematics: TeX to HTML with MathML inside, by KaTeX at build time. No script reaches the page.

KaTeX is JavaScript; QuickJS runs it without files, network or timers, so a formula can do nothing
but become markup. `trust` is off: `\\href` and its kin stay inert.
"""

from __future__ import annotations

import html
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from importlib.resources import files

import quickjs

LONGEST = 2_000  # characters; five times the longest so far, and KaTeX takes time by their square
# Ten times what the longest formula took; an endless macro stops at maxExpand long before.
_SECONDS = 2
_MEMORY = 256 * 1024 * 1024
_MARKUP = re.compile(r"<[^>]*>")
_CLASS = re.compile(r'class="([^"]*)"')
_RENDER = """
function options(display) {
  return {
    displayMode: display, throwOnError: true, trust: false, strict: "error",
    maxExpand: 500, maxSize: 20, output: "htmlAndMathml",
  };
}
function render(tex, display) { return katex.renderToString(tex, options(display)); }
function parse(tex, display) { katex.__parse(tex, options(display)); }
"""


class MathError(ValueError):
    """TeX that KaTeX refuses; the message says what and where in the formula."""


@dataclass(frozen=True)
class Shown:
    """What is in formulas: their characters, and their classes as selectors name them."""

    characters: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __le__(self, other: Shown) -> bool:
        """Whether all of it is in the other."""
        return self.characters <= other.characters and self.names <= other.names

    def __or__(self, other: Shown) -> Shown:
        """What is in either."""
        return Shown(self.characters | other.characters, self.names | other.names)


class MathRenderer:
    """Renders formulas, remembering each in `cache`, which may be kept between builds."""

    def __init__(self, cache: MutableMapping[str, str]) -> None:
        self._cache = cache
        self._context: quickjs.Context | None = None
        self.shown = Shown()  # what all formulas so far need of style sheet and fonts

    def __call__(self, tex: str, *, display: bool) -> str:
        """The formula as HTML. Raises MathError for TeX that KaTeX refuses."""
        key = f"{'display' if display else 'inline'}:{tex}"
        markup = self._cache.get(key)
        if markup is None:
            markup = self._cache[key] = self._render(tex, display)
        return markup

    def show(self, shown: Shown) -> None:
        """Take note of what formulas on a page need."""
        if not shown <= self.shown:
            self.shown |= shown

    def check(self, tex: str, *, display: bool) -> None:
        """Only read the formula, in a tenth of the time. Raises MathError as rendering does."""
        self._call("parse", tex, display)

    def warm_up(self) -> None:
        """Load KaTeX now, which takes longer than many formulas, and not at the first formula."""
        self._loaded()

    def _loaded(self) -> quickjs.Context:
        if self._context is None:
            self._context = _katex()
        return self._context

    def _render(self, tex: str, display: bool) -> str:
        return str(self._call("render", tex, display))

    def _call(self, function: str, tex: str, display: bool) -> object:
        if len(tex) > LONGEST:
            raise MathError(f"{len(tex):,} characters; at most {LONGEST:,} are read")
        try:
            return self._loaded().get(function)(tex, display)
        except quickjs.JSException as error:
            first = str(error).partition("\n")[0]
            raise MathError(first.removeprefix("ParseError: KaTeX parse error: ")) from None


def shown_in(markup: str) -> Shown:
    """What these formulas need."""
    classes = (name for names in set(_CLASS.findall(markup)) for name in names.split())
    text = html.unescape(_MARKUP.sub("", markup))
    return Shown(frozenset(text), frozenset(f".{name}" for name in classes))


def _katex() -> quickjs.Context:
    source = files("paper_notes.site").joinpath("assets/katex/katex.min.js")
    context = quickjs.Context()
    context.set_time_limit(_SECONDS)
    context.set_memory_limit(_MEMORY)
    context.eval(source.read_text(encoding="utf-8"))
    context.eval(_RENDER)
    return context
