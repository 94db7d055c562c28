"""What is known of a paper before anyone has read it."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from pylatexenc.latex2text import LatexNodes2Text

from paper_notes.storage.files import forbidden_character

_LATEX = LatexNodes2Text(math_mode="text")
_FILES = re.compile(r"\\(input|include)\b\s*\{([^{}]*)\}")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True)
class Metadata:
    """A paper as a catalogue describes it; what the catalogue does not say is None."""

    title: str
    authors: tuple[str, ...]  # given name first
    year: int | None = None  # of the first public version
    venue: str | None = None  # with its year: "ECCV 2018"
    arxiv: str | None = None  # without version
    doi: str | None = None
    url: str | None = None


def one_line(text: str) -> str:
    """The text with single blanks instead of line breaks and other runs of white space."""
    return " ".join(text.split())


def plain(text: str) -> str:
    """A title or name without HTML tags, HTML entities and LaTeX commands."""
    text = html.unescape(_MARKUP.sub("", text))
    if re.search(r"[\\${}]", text):
        text = _FILES.sub(r"\\textbackslash{}\1\\{\2\\}", text)  # text to us, not a command
        text = _without_latex(text)
    visible = "".join(c for c in text if c.isspace() or not forbidden_character(c))
    return one_line(unicodedata.normalize("NFC", visible))


def _without_latex(text: str) -> str:
    """The text that LaTeX would show; of what cannot be read as LaTeX, its letters."""
    try:
        # A bare % would begin a comment and swallow the rest of the line.
        return str(_LATEX.latex_to_text(re.sub(r"(?<!\\)%", r"\\%", text)))
    except Exception:  # pylatexenc ends on odd input with an IndexError, a KeyError, recursion …
        return re.sub(r"[\\${}]", "", text)


def venue_with_year(name: str, year: int | None) -> str | None:
    """`ECCV` and 2018 as `ECCV 2018`; a name that ends in a year keeps its own."""
    name = one_line(name)
    if not name or year is None:
        return None
    return name if re.search(r" (?:19|20)\d\d$", name) else f"{name} {year}"
