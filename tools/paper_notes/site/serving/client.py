"""The script that a page gets under `serve`, and only there: the site's files are without it."""

from __future__ import annotations

from hashlib import blake2b
from importlib.resources import files

# The service worker lets what is below this path alone: it must not keep an endless answer.
SCRIPT = "/livereload/client.js"
EVENTS = "/livereload/events"


def mark_of(content: bytes | None) -> str:
    """A word that is another one once the page is; empty where there is no page."""
    return blake2b(content, digest_size=8).hexdigest() if content is not None else ""


def with_client(html: bytes, mark: str) -> bytes:
    """The page with the script, which knows the page by its mark."""
    tag = f'<script src="{SCRIPT}" data-mark="{mark}" defer></script></head>'
    return html.replace(b"</head>", tag.encode(), 1)


def script() -> bytes:
    """The script itself."""
    return files("paper_notes.site.serving").joinpath("client.js").read_bytes()
