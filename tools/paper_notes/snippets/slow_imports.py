"""What is worth importing once, before the fork, instead of in each snippet's own process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

# Word in a snippet or its test → what is then imported once, before the fork, instead of by each.
_MODULES = {
    "hypothesis": ("hypothesis", "hypothesis.strategies"),
    "matplotlib": ("matplotlib.figure", "matplotlib.pyplot", "matplotlib.backends.backend_svg"),
    "networkx": ("networkx",),
    "optim": ("torch._dynamo",),  # the first optimizer imports it
    "pandas": ("pandas",),
    "scipy": ("scipy", "scipy.stats", "scipy.signal", "scipy.ndimage"),
    "skimage": ("skimage", "skimage.data", "skimage.transform"),
    "sklearn": ("sklearn.datasets",),
    "statsmodels": ("statsmodels.api",),
    "torchvision": ("torchvision",),
}


def of(sources: Iterable[Path]) -> tuple[str, ...]:
    """The modules that these snippets and tests, by the words in them, would import slowly."""
    said = set().union(*map(_words, sources))
    return tuple(module for word in sorted(said) for module in _MODULES[word])


def _words(path: Path) -> set[str]:
    """Which of the words a file has; none where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return {word for word in _MODULES if word in text and re.search(rf"\b{word}\b", text)}
