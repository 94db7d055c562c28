"""Which snippets there are."""

from __future__ import annotations

import os
from pathlib import Path


def snippet_ids(root: Path) -> list[str]:
    """The ids of the snippets in the repository, by their file names."""
    try:
        with os.scandir(root / "snippets") as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return []
    return sorted(name[:-3] for name in names if name.endswith(".py") and name[0] not in "._")
