"""Code to highlighted HTML, remembered between builds: Pygments is the slowest part of a page."""

from __future__ import annotations

import html
from collections.abc import MutableMapping
from hashlib import blake2b

from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import BibTeXLexer

from paper_notes.pages.lexing import QuickPythonLexer

_LEXERS = {"python": QuickPythonLexer, "bibtex": BibTeXLexer}


_RECENT = 8  # the code of a paper stands on several of its pages


class Highlighter:
    """Highlights Python and BibTeX; other languages are only escaped."""

    def __init__(self, cache: MutableMapping[str, str]) -> None:
        self._cache = cache
        self._recent: dict[str, str] = {}

    def __call__(self, code: str, language: str) -> str:
        """The code as spans with Pygments' short classes, to be put into <code>."""
        if language not in _LEXERS:
            return html.escape(code)
        key = blake2b(f"{language}:{code}".encode(), digest_size=16).hexdigest()
        if key not in self._recent:
            self._remember(key, self._cache.get(key) or self._highlighted(key, code, language))
        return self._recent[key]

    def _highlighted(self, key: str, code: str, language: str) -> str:
        formatter = HtmlFormatter(nowrap=True)
        self._cache[key] = pygments_highlight(code, _LEXERS[language](), formatter)
        return self._cache[key]

    def _remember(self, key: str, found: str) -> None:
        if len(self._recent) == _RECENT:
            del self._recent[next(iter(self._recent))]
        self._recent[key] = found
