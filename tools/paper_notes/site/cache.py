"""A small memory between builds: strings in one JSON file. Losing it costs only time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paper_notes.whole import write_generated


@contextmanager
def remembered(path: Path) -> Iterator[dict[str, str]]:
    """The mapping kept at `path`, written back afterwards if it grew; damaged files start anew."""
    memory = _read(path)
    before = len(memory)
    yield memory
    if len(memory) != before:
        write_generated(path, json.dumps(memory, ensure_ascii=False).encode())


def _read(path: Path) -> dict[str, str]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {key: value for key, value in document.items() if isinstance(value, str)}
