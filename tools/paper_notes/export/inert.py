"""Somebody's words inside Markdown that other programs will render: nothing in them acts.

Our own pages show such text through `pages.markdown`, which makes no HTML of it and cleans what it
makes. What leaves as Markdown (`*.md`, llms.txt, notebooks) is rendered by programs that may do
neither.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from paper_notes.notes.markdown import offences

_OPENERS = re.compile(r"[\\`\[\]<]")
_TAG = re.compile(r"<[A-Za-z/!?]")
_LINK = re.compile(r"\]\(|\]:|<")
_HTML = {"html_block", "html_inline"}


def as_words(text: str) -> str:
    """A title or a name as Markdown that shows just its characters."""
    return _OPENERS.sub(r"\\\g<0>", text)


def inert(markdown: str) -> str:
    """The Markdown as it is, or as mere words where there is HTML or a forbidden link in it."""
    harmful = (_TAG.search(markdown) and _has_html(markdown)) or (
        _LINK.search(markdown) and any(found.code == "link" for found in offences(markdown))
    )
    return as_words(markdown) if harmful else markdown


def link(words: str, address: str) -> str:
    """A Markdown link; an address with brackets in it cannot end it early."""
    target = f"<{address}>" if re.search(r"[()]", address) else address
    return f"[{as_words(words)}]({target})"


def _has_html(markdown: str) -> bool:
    tokens = MarkdownIt("commonmark").parse(markdown)
    inside = (child for token in tokens for child in token.children or ())
    return any(token.type in _HTML for token in (*tokens, *inside))
