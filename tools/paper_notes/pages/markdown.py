"""Markdown with $math$ to HTML that is safe whatever the text says.

CommonMark without raw HTML, then an allow-list (nh3) as a second fence. Formulas are rendered by
KaTeX; they stand in as tokens while the allow-list runs, because it would strip their markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeAlias

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from paper_notes.pages.highlight import highlight
from paper_notes.pages.math import MathError, MathRenderer, shown_in
from paper_notes.pages.pieces import Piece, Pieces, Resolve

_TAGS = {
    "p", "br", "em", "strong", "code", "pre", "span", "a", "ul", "ol", "li", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6", "hr", "s", "sub", "sup",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "code": {"class"}, "span": {"class"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

# Lines in which neither Markdown nor HTML means anything; two blanks at an end would break a line,
# and a blank line is a matter for the parser.
_PLAIN = r"[^\\`*_\[\]!<>&$~\x00-\x1f\x7f-\xa0]*"
_PLAIN_LINES = re.compile(rf"{_PLAIN}(?:(?<!  )\n(?! *\n){_PLAIN})*")

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


@dataclass
class _Stash:
    """What one text needs while it is rendered: formulas set aside, and where links lead."""

    marker: str
    resolve: Resolve | None
    kept: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # destinations, as the text has them
    refused: bool = False  # whether a formula was

    def keep(self, markup: str) -> str:
        """Set this aside, and give what stands in for it."""
        self.kept.append(markup)
        return f"{self.marker}{len(self.kept) - 1};"

    def put_back(self, html: str) -> str:
        """The text with everything in its place that was set aside."""
        first, *rest = html.split(self.marker)
        parts = (part.partition(";") for part in rest)
        return first + "".join(f"{self.kept[int(index)]}{after}" for index, _, after in parts)


_Env: TypeAlias = dict[str, _Stash]  # what the parser hands on from its caller to its rules


class Markdown:
    """Renders Markdown; formulas that KaTeX refuses go to `on_error` and show as their source.

    A link to a note, `paper:gan`, needs a `resolve` that knows the notes; without it, it is text.
    `memory` holds what was rendered before, and may be kept between builds.
    """

    def __init__(
        self,
        math: MathRenderer,
        on_error: Callable[[str, str], None] = lambda _tex, _message: None,
        memory: MutableMapping[str, str] | None = None,
    ) -> None:
        self._pieces = Pieces({} if memory is None else memory)
        self._math = math
        self.on_error = on_error
        self._parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
        self._parser.enable(["table", "strikethrough"])
        self._parser.disable(["image"])
        self._parser.use(dollarmath_plugin, double_inline=True, allow_digits=False)
        self._renderer = RendererHTML()  # making one costs as much as rendering a line
        self._renderer.rules |= self._rules()  # type: ignore[arg-type]  # declared for methods
        self._cleaner = nh3.Cleaner(
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer",
        )

    def block(self, text: str, resolve: Resolve | None = None) -> Markup:
        """Paragraphs, lists, tables, code and mathematics."""
        return self._remembered("block", text, resolve, self._parse)

    def inline(self, text: str, resolve: Resolve | None = None) -> Markup:
        """One line: no paragraph around it."""
        text = text.strip()
        if _PLAIN_LINES.fullmatch(text):
            return Markup(_joined(text.split("\n")))
        return self._remembered("inline", text, resolve, self._parser.parseInline)

    def _parse(self, text: str) -> Sequence[Token]:
        return self._parser.parse(_one_line_formulas(text))

    def _remembered(
        self, kind: str, text: str, resolve: Resolve | None, parse: Callable[[str], Sequence[Token]]
    ) -> Markup:
        name = f"{kind}:{text}"
        piece = self._pieces.find(name, resolve)
        if piece is None:
            stash = _Stash(_marker(text), resolve)
            piece = self._render(parse(text), stash)
            if not stash.refused:  # or nobody would hear of it the next time
                self._pieces.keep(name, resolve, piece)
        self._math.show(piece.shown)
        return Markup(piece.html)

    def _render(self, tokens: Sequence[Token], stash: _Stash) -> Piece:
        clean = self._cleaner.clean(
            self._renderer.render(tokens, self._parser.options, {"stash": stash})
        )
        return Piece(stash.put_back(clean), tuple(stash.links), shown_in("".join(stash.kept)))

    def _rules(self) -> Mapping[str, Callable[..., str]]:
        """What is rendered in another way than CommonMark's."""

        def formula(display: bool) -> Callable[..., str]:
            def rule(tokens: Sequence[Token], index: int, _: Any, env: _Env) -> str:
                stash = env["stash"]
                return stash.keep(self._formula(tokens[index].content, display, stash))

            return rule

        def fence(tokens: Sequence[Token], index: int, *_: Any) -> str:
            token = tokens[index]
            language = token.info.split()[0] if token.info.split() else ""
            code = highlight(token.content, language)
            return f'<pre><code class="highlight">{code}</code></pre>\n'

        def softbreak(tokens: Sequence[Token], index: int, *_: Any) -> str:
            return "" if _joins(_last(tokens, index), _first(tokens, index)) else "\n"

        def link_open(tokens: Sequence[Token], index: int, options: Any, env: _Env) -> str:
            token = tokens[index]
            stash = env["stash"]
            stash.links.append(str(token.attrs["href"]))
            address = stash.resolve(stash.links[-1]) if stash.resolve else None
            if address:
                token.attrs["href"] = address
            return self._renderer.renderToken(tokens, index, options, env)

        return {
            "math_inline": formula(False),
            "math_inline_double": formula(True),
            "math_block": formula(True),
            "math_block_label": formula(True),
            "fence": fence,
            "code_block": fence,
            "softbreak": softbreak,
            "link_open": link_open,
        }

    def _formula(self, tex: str, display: bool, stash: _Stash) -> str:
        try:
            return self._math(tex.strip(), display=display)
        except MathError as error:
            stash.refused = True
            self.on_error(tex, str(error))
            return f"<code>{html.escape(tex)}</code>"


def _joins(before: str, after: str) -> bool:
    """Whether two characters at a line's end and the next one's beginning stand side by side."""
    pair = {before, after}
    wide = [bool(_WIDE.match(character)) for character in (before, after)]
    return bool(pair & _STOPS) or all(wide) or (any(wide) and bool(pair & _BRACKETS))


def _joined(lines: Sequence[str]) -> str:
    """Plain lines as one text, with the line breaks that stay."""
    text = lines[0]
    for line in lines[1:]:
        text, line = text.rstrip(" "), line.strip(" ")
        text += line if _joins(text[-1:], line[:1]) else f"\n{line}"
    return text


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
