"""The six questions in the spellings that people give them."""

from __future__ import annotations

import re
import unicodedata

from paper_notes.intake.ochiai.spellings import STRONG, SUFFIX, WEAK

_MOST = 80  # characters of a label; a longer line is prose


def question_of(label: str, *, heading: bool) -> str | None:
    """The question that a label asks, or None. A heading of its own may ask it in short."""
    folded = _folded(label)
    if not folded or len(folded) > _MOST:
        return None
    for table in (STRONG, WEAK) if heading else (STRONG,):
        for name, pattern in table.items():
            if pattern.fullmatch(folded):
                return name
    return None


def is_suffix(text: str) -> bool:
    """Whether this only goes on with a question: `次に読むべき論文は? or 関連事項`."""
    return re.fullmatch(SUFFIX, _folded(text)) is not None


def _folded(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in narrow if unicodedata.category(c)[0] in "LN" or c == "ー")
