"""What is worth importing once, before the fork, instead of in each snippet's own process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

# What torch imports for those who trace what it does, or compute without values: a third of its
# time. Where nobody speaks of that, a nursery leaves it to whoever asks all the same.
FOR_TRACING = ("torch._meta_registrations", "torch.export")
_SPEAKS_OF_TRACING = re.compile(
    r"\b(meta|export|compile|fx|jit|nested|onnx|distributed|library|skip_init|opcheck|optim)\b"
    "|torchvision|functorch|symbolic|dynamo|inductor|decomp|prims|_refs|make_fx|quanti[sz]|fake",
    re.IGNORECASE,
)

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
    texts = [*map(_text, sources)]
    said = {word for text in texts for word in re.findall(r"\w+", text)} & set(_MODULES)
    named = [module for word in sorted(said) for module in _MODULES[word]]
    tracing = FOR_TRACING if any(map(_SPEAKS_OF_TRACING.search, texts)) else ()
    return (*tracing, *named)


def _text(path: Path) -> str:
    """What is in a file; nothing where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
