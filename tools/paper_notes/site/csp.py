"""A page's Content-Security-Policy: what a browser may load and run on it, and nothing else.

It is worked out from the shell, before a body is put in: a script that got into a body would find
no permission waiting for it. Pages load their own site's scripts and styles only; `style`
attributes stay allowed, because formulas are made of them (docs/decisions/0017).
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

_OURS = "'self'"
_DIRECTIVES = (
    "default-src 'none'",
    "script-src {scripts}",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
)
_META = '<meta http-equiv="Content-Security-Policy" content="{}">'
_RUNNING = {None, "", "module", "text/javascript", "application/javascript"}  # other types are data


def policy(html: str) -> str:
    """The policy for this page: its site's own files, and the inline scripts that stand on it."""
    inline = _InlineScripts()
    inline.feed(html)
    inline.close()
    hashes = [f"'sha256-{_digest(script)}'" for script in dict.fromkeys(inline.found)]
    return "; ".join(_DIRECTIVES).format(scripts=" ".join([_OURS, *hashes]))


def with_policy(html: str) -> str:
    """The page with its policy at the very beginning of its head: it rules what comes after it."""
    return html.replace("<head>", f"<head>{_META.format(policy(html))}", 1)


def without_server(html: str) -> str:
    """The page fit to be opened from a disk, where not every browser takes files for 'self'."""
    before, mark, after = html.partition("</head>")
    return before.replace(_OURS, f"{_OURS} file:") + mark + after


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()


class _InlineScripts(HTMLParser):
    """Collects the text of each script that stands on the page itself and would run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._inside = tag == "script" and "src" not in values and values.get("type") in _RUNNING
        if self._inside:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data

    def handle_endtag(self, _tag: str) -> None:
        self._inside = False
