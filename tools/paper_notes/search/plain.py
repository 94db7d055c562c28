"""Markdown with $math$ as plain text: what is searched, and what is shown of it.

A parser would take a hundred times as long and find the same words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from paper_notes.search.tokens import GREEK

# Each alternative begins with a character of its own: that lets `re` skip to the next one.
_MARKUP = re.compile(
    r"\$\$?(?P<tex>(?:[^$\\]|\\.)+)\$\$?"
    r"|```[^\n]*(?P<fence>)"
    r"|`(?P<code>[^`\n]+)`"
    r"|\[(?P<link>[^\[\]]*)\]\([^()\s]*\)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|\*\**(?P<mark>)"
    r"|\n[ \t]*(?P<line>(?:[-+>*]|#{1,6}|[0-9]{1,3}[.)])[ \t]+)",
    re.MULTILINE | re.DOTALL,
)

# Japanese is written without spaces: a line that ends in it joins the next directly.
_WIDE = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_WIDE_BREAK = re.compile(rf"\n(?<={_WIDE}\n)(?={_WIDE})")  # begins with what `re` can skip to

_SHORT = 32  # an opening such as "An observation and its remedy." says too little
_STOP = re.compile(r"。|(?<!\bSec)(?<!\bEq)(?<!\bFig)(?<!\bal)(?<!\bvs)[.!?](?=\s+[^a-z\s])")

_ARGUMENT = r"\s*(?:\{([^{}]*)\}|(\w))"
_FRACTION = re.compile(rf"\\[td]?frac{_ARGUMENT}{_ARGUMENT}")
_COMMAND = re.compile(r"\\([A-Za-z]+)(\s*)|\\(.)|[{}~&]")
_SIGNS = {name: letter for letter, name in GREEK.items()} | {
    "times": "×", "cdot": "·", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "propto": "∝", "infty": "∞", "in": "∈",
    "to": "→", "rightarrow": "→", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂",
    "nabla": "∇", "sqrt": "√", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "ldots": "…",
    "dots": "…", "cdots": "…", "ll": "≪", "gg": "≫", "mid": "|", "lfloor": "⌊", "rfloor": "⌋",
    "lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩", "quad": " ", "qquad": " ",
}  # fmt: skip
_SIGNS |= {name: name for name in ("log", "exp", "min", "max", "arg", "sup", "sin", "cos", "tanh")}
_SYMBOLS = {"\\": " ", ",": " ", ";": " ", "|": "‖", "!": ""}


def plain(text: str) -> str:
    """The words of a Markdown text on one line, formulas in the characters that come nearest."""
    text = _MARKUP.sub(_unmarked, f"\n{text}")
    lines = "\n".join([line.strip(" \t") for line in text.split("\n")])
    return " ".join(_WIDE_BREAK.sub("", lines).split())


def opening(text: str) -> str:
    """The first sentence of a plain text, or two; the point of `Sec. 3` or of `2.5` ends none."""
    for stop in _STOP.finditer(text):
        if stop.end() > _SHORT:
            return text[: stop.end()]
    return text


def _unmarked(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    if kind == "tex":
        return _formula(match["tex"])
    return "\n" if kind == "line" else match[kind]


@lru_cache(maxsize=2**10)  # both languages have the same formulas
def _formula(tex: str) -> str:
    text = _FRACTION.sub(lambda match: "{}{}/{}{}".format(*match.groups("")), tex)
    return _COMMAND.sub(_sign, text).strip()


def _sign(match: re.Match[str]) -> str:
    name, blank, symbol = match.groups()
    if name:
        return _SIGNS[name] + blank if name in _SIGNS else ""
    return _SYMBOLS.get(symbol, symbol) if symbol else ""
