"""A server for writing: builds, serves on this machine only, rebuilds on save, reloads the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mkdocs.livereload import LiveReloadServer

SOURCES = ("papers", "snippets", "tests/snippets", "docs", "mkdocs.yml")


def serve(root: Path, site: Path, rebuild: Callable[[], None], port: int) -> None:
    """Serve `site` at http://127.0.0.1:port/ until interrupted; `rebuild` runs on every save.

    Raises OSError where the port is taken.
    """
    server = LiveReloadServer(builder=rebuild, host="127.0.0.1", port=port, root=str(site))
    for source in SOURCES:
        if (root / source).exists():
            server.watch(str(root / source))
    try:
        server.serve(open_in_browser=False)  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
