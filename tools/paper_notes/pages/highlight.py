"""Code to highlighted HTML, remembered between builds: Pygments is the slowest part of a page."""

from __future__ import annotations

import html
from collections.abc import MutableMapping
from hashlib import blake2b

from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import BibTeXLexer, PythonLexer

_LEXERS = {"python": PythonLexer, "bibtex": BibTeXLexer}


class Highlighter:
    """Highlights Python and BibTeX; other languages are only escaped."""

    def __init__(self, cache: MutableMapping[str, str]) -> None:
        self._cache = cache

    def __call__(self, code: str, language: str) -> str:
        """The code as spans with Pygments' short classes, to be put into <code>."""
        if language not in _LEXERS:
            return html.escape(code)
        key = blake2b(f"{language}:{code}".encode(), digest_size=16).hexdigest()
        found = self._cache.get(key)
        if found is None:
            formatter = HtmlFormatter(nowrap=True)
            found = self._cache[key] = pygments_highlight(code, _LEXERS[language](), formatter)
        return found
