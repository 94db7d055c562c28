"""Markdown with $math$ to HTML that is safe whatever the text says.

CommonMark without raw HTML, then an allow-list (nh3) as a second fence. Formulas are rendered by
KaTeX; they stand in as tokens while the allow-list runs, because it would strip their markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, TypeAlias

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from paper_notes.pages.highlight import Highlighter
from paper_notes.pages.math import MathError, MathRenderer

_TAGS = {
    "p", "br", "em", "strong", "code", "pre", "span", "a", "ul", "ol", "li", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6", "hr", "s", "sub", "sup",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "code": {"class"}, "span": {"class"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

# Japanese is written without spaces: a line of the source that ends in it joins the next directly.
_WIDE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_STOPS = frozenset("、。「」『』・")  # nothing is set apart from these, not even Latin
_BRACKETS = frozenset("()")
_BROKEN_WORDS = re.compile(rf"(?<={_WIDE.pattern})[ \t]*\n[ \t]*(?={_WIDE.pattern})")

# Code and displayed formulas first, so that a dollar in them begins nothing; then $…$ over lines.
_BROKEN_FORMULA = re.compile(
    r"^ *```.*?^ *```|`[^`]*`|\$\$.*?\$\$|\\\$|(\$(?:[^$\\\n]|\\.|\n(?!\s*\n))+\$)",
    re.DOTALL | re.MULTILINE,
)


# Where a link's destination is on the page that is being made, or None where it stays as it is.
Resolve: TypeAlias = Callable[[str], str | None]


class Markdown:
    """Renders Markdown; formulas that KaTeX refuses go to `on_error` and show as their source.

    A link to a note, `paper:gan`, needs a `resolve` that knows the notes; without it, it is text.
    """

    def __init__(
        self,
        math: MathRenderer,
        highlight: Highlighter,
        on_error: Callable[[str, str], None] = lambda _tex, _message: None,
    ) -> None:
        self._math = math
        self._highlight = highlight
        self.on_error = on_error
        self._parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
        self._parser.enable(["table", "strikethrough"])
        self._parser.disable(["image"])
        self._parser.use(dollarmath_plugin, double_inline=True, allow_digits=False)

    def block(self, text: str, resolve: Resolve | None = None) -> Markup:
        """Paragraphs, lists, tables, code and mathematics."""
        text = _one_line_formulas(text)
        return self._render(text, self._parser.parse(text), resolve)

    def inline(self, text: str, resolve: Resolve | None = None) -> Markup:
        """One line: no paragraph around it."""
        return self._render(text, self._parser.parseInline(text.strip()), resolve)

    def _render(self, text: str, tokens: Sequence[Token], resolve: Resolve | None) -> Markup:
        stash: list[str] = []
        marker = _marker(text)
        renderer = RendererHTML()

        def keep(markup: str) -> str:
            stash.append(markup)
            return f"{marker}{len(stash) - 1};"

        def formula(display: bool) -> Callable[..., str]:
            def rule(tokens: Sequence[Token], index: int, *_: Any) -> str:
                return keep(self._formula(tokens[index].content, display))

            return rule

        def fence(tokens: Sequence[Token], index: int, *_: Any) -> str:
            token = tokens[index]
            language = token.info.split()[0] if token.info.split() else ""
            code = self._highlight(token.content, language)
            return f'<pre><code class="highlight">{code}</code></pre>\n'

        def softbreak(tokens: Sequence[Token], index: int, *_: Any) -> str:
            return "" if _joins(_last(tokens, index), _first(tokens, index)) else "\n"

        def link_open(tokens: Sequence[Token], index: int, *_: Any) -> str:
            token = tokens[index]
            address = resolve(str(token.attrs["href"])) if resolve else None
            if address:
                token.attrs["href"] = address
            return renderer.renderToken(tokens, index, self._parser.options, {})

        rules: dict[str, Callable[..., str]] = {"link_open": link_open}
        rules["math_inline"] = formula(False)
        rules["math_inline_double"] = rules["math_block"] = formula(True)
        rules["math_block_label"] = rules["math_block"]
        rules["softbreak"] = softbreak
        rules["fence"] = rules["code_block"] = fence
        renderer.rules |= rules  # type: ignore[arg-type]  # declared for methods; takes functions
        raw = renderer.render(tokens, self._parser.options, {})
        clean = nh3.clean(
            raw,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer",
        )
        return Markup(re.sub(rf"{marker}([0-9]+);", lambda match: stash[int(match[1])], clean))

    def _formula(self, tex: str, display: bool) -> str:
        try:
            return self._math(tex.strip(), display=display)
        except MathError as error:
            self.on_error(tex, str(error))
            return f"<code>{html.escape(tex)}</code>"


def _joins(before: str, after: str) -> bool:
    """Whether two characters at a line's end and the next one's beginning stand side by side."""
    pair = {before, after}
    wide = [bool(_WIDE.match(character)) for character in (before, after)]
    return bool(pair & _STOPS) or all(wide) or (any(wide) and bool(pair & _BRACKETS))


def _last(tokens: Sequence[Token], index: int) -> str:
    """The last character shown before this token; emphasis and links begin and end silently."""
    before = (tokens[place] for place in range(index - 1, -1, -1))
    return next((token.content[-1:] for token in before if not token.nesting), "")


def _first(tokens: Sequence[Token], index: int) -> str:
    """The first character shown behind this token."""
    behind = (tokens[place] for place in range(index + 1, len(tokens)))
    return next((token.content[:1] for token in behind if not token.nesting), "")


def one_line(text: str) -> str:
    """The words of a text on one line; Japanese ones without the spaces of line breaks."""
    return " ".join(_BROKEN_WORDS.sub("", text).split())


def _one_line_formulas(text: str) -> str:
    """The text with each $formula$ on one line: one that begins with + or - is no list item."""
    return _BROKEN_FORMULA.sub(
        lambda match: match[0].replace("\n", " ") if match[1] else match[0], text
    )


def _marker(text: str) -> str:
    """A word that no text can contain, being made from its hash: formulas stand in under it."""
    return f"formula{blake2b(text.encode(), digest_size=16).hexdigest()}n"
