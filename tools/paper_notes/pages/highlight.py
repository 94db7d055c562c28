"""Code to highlighted HTML: spans around what the style sheet colours, and around nothing else.

The classes are Pygments' short ones, so that a theme's colours fit. One expression finds all that
has a colour, and steps over the rest without coming back to Python at each word: a page's code is
done in a tenth of the time that a lexer takes, and in a third of the bytes.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from keyword import kwlist

_RECENT = 16  # the code of a paper stands on several of its pages


def _string(quote: str) -> str:
    """A string from one quote to the next; one that is never closed ends with its line."""
    return rf"{quote}(?:[^{quote}\\\n]++|\\[\s\S])*+{quote}?"


def _block(quote: str) -> str:
    """A string in three quotes; one that is never closed ends with the text."""
    return rf"{quote * 3}(?:[^{quote}\\]++|\\[\s\S]|{quote}(?!{quote * 2}))*+(?:{quote * 3})?"


# Whatever is unfinished is taken to its end and never tried again: time is linear in the text.
_QUOTED = "|".join([_block('"'), _block("'"), _string('"'), _string("'")])
_KEYWORDS = "|".join(kwlist)
_PYTHON = re.compile(
    rf"""
    (?P<before>(?:
        [^\w\#"'@.]++
        |(?!(?:{_KEYWORDS})\b|[bBfFrRuU]{{1,2}}["'])[^\W\d]\w*+
        |\.(?!\d)
        |(?<=[\w)\]])@|@(?!\w)  # of two matrices, not of a decorator
    )*+)
    (?:
        (?P<c1>\#.*)
        |(?P<fields>(?:[fF][rR]?|[rR][fF])(?:{_QUOTED}))
        |(?P<s>[bBrRuU]{{0,2}}(?:{_QUOTED}))
        |(?P<mi>\.?\d[\w.]*+(?:(?<=[eE])[+-]\d++)?)
        |(?P<definition>def|class)[ ](?P<nf>\w++)
        |(?P<k>\w++)
        |(?P<nd>@\w++)
        |\Z
    )""",
    re.VERBOSE,
)
_FIELD = re.compile(r"\{\{|\{([^{}:!]++)")  # of an f-string: the expression, up to its format


_ENTRY = re.compile(r"^(@\w++)\{([^\s{},=]++),$", re.MULTILINE)
_ENTRY_COLOURED = r'<span class="nc">\1</span>{<span class="nl">\2</span>,'
_VALUE = re.compile(r"^([ \t]*+[\w-]++ = )([{\"].*[}\"])(?=,?$)", re.MULTILINE)
_VALUE_COLOURED = r'\1<span class="s">\2</span>'


@lru_cache(maxsize=_RECENT)
def highlight(code: str, language: str) -> str:
    """The code as HTML, to be put into <code>; what is not Python or BibTeX is only escaped."""
    escaped = html.escape(code, quote=False)  # its entities hold nothing that has a colour
    if language == "python":
        return _PYTHON.sub(_coloured, escaped)
    if language == "bibtex":
        return _VALUE.sub(_VALUE_COLOURED, _ENTRY.sub(_ENTRY_COLOURED, escaped))
    return escaped


def _coloured(match: re.Match[str]) -> str:
    """What has no colour, and what follows it in its own."""
    before, kind = match["before"], match.lastgroup or "before"
    if kind == "before":  # it ends the text
        return before
    if kind == "nf":
        return f"{before}{_span('k', match['definition'])} {_span('nf', match['nf'])}"
    if kind == "fields":
        return before + _with_fields(match["fields"])
    return before + _span(kind, match[kind])


def _with_fields(string: str) -> str:
    """An f-string whose expressions are coloured as code."""

    def field(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        return f'{{</span>{_PYTHON.sub(_coloured, match[1])}<span class="s">'

    return _span("s", _FIELD.sub(field, string))


def _span(name: str, text: str) -> str:
    return f'<span class="{name}">{text}</span>'
