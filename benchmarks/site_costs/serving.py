"""How long it takes from saving a note under `paper-notes serve` until its page is there anew."""

from __future__ import annotations

import socket
import statistics

from benchmarks.serve import save, serving
from benchmarks.site_costs.base import Base
from benchmarks.site_costs.figures import Figures

_SAVES = 5  # of which the median counts


def serve_costs(base: Base) -> Figures:
    """Milliseconds until the signal to reload reaches a listening client, and until the new page
    can be had."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    chosen = base.ids[:: max(1, len(base.ids) // _SAVES)][:_SAVES]
    with serving(base.root, port):
        times = [save(base.root / "papers" / f"{id}.yaml", port) for id in chosen]
    told, shown = zip(*times, strict=True)
    return {
        "serve: signal": statistics.median(told) * 1000,
        "serve: page": statistics.median(shown) * 1000,
    }
