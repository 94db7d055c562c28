"""A proposal for a paper's id: what people call its method, as far as the title tells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

from paper_notes.intake.metadata import Metadata
from paper_notes.notes.read import check_id

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "λ": "lambda", "μ": "mu", "σ": "sigma"}
_SMALL = re.compile(
    "an?|and|are|as|at|by|do|does|for|from|how|in|into|is|it|of|on|or|the|to|towards|via|with|without"
)
_MOST_WORDS = 4


def propose_id(metadata: Metadata, taken: Collection[str]) -> str:
    """An id that nobody has: `BERT: Pre-training of …` is `bert`, else the title's first words."""
    name, colon, _ = metadata.title.partition(":")
    words = _words(name if colon and len(name.split()) <= _MOST_WORDS else metadata.title)
    wanted = "_".join([word for word in words if not _SMALL.fullmatch(word)][:_MOST_WORDS])[
        :56
    ].strip("_")
    if not re.match("[a-z]", wanted):
        wanted = f"paper_{wanted}" if wanted else _by_author(metadata)
    choices = [wanted, f"{wanted}_{metadata.year}", *(f"{wanted}_{n}" for n in range(2, 1000))]
    return next(choice for choice in choices if _free(choice, taken))


def _free(id: str, taken: Collection[str]) -> bool:
    return id not in taken and not check_id(PurePosixPath(f"papers/{id}.yaml"))


def _by_author(metadata: Metadata) -> str:
    family = _words(metadata.authors[0])[-1:] if metadata.authors else []
    return f"{(family or ['paper'])[0]}_{metadata.year or 'undated'}"


def _words(text: str) -> list[str]:
    """The text's words in ASCII: accents fall off, Greek letters are spelt out."""
    spelt = "".join(_GREEK.get(character, character) for character in text.casefold())
    ascii_text = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.findall("[a-z0-9]+", ascii_text.replace("'", ""))
