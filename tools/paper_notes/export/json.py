"""A paper as one JSON document in both languages, with how each claim is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from paper_notes.evidence import Evidence
from paper_notes.notes.model import Paper

_EMPTY: tuple[object, ...] = (None, (), [], {})


def paper_json(paper: Paper, evidence: Iterable[Evidence]) -> str:
    """The note's own fields under their own names; each claim has a `state` and `figures` besides.

    Fields without a value are left out.
    """
    document = asdict(paper)
    document["claims"] = [_claim(item) for item in evidence]
    return json.dumps(_present(document), ensure_ascii=False, indent=1) + "\n"


def _claim(item: Evidence) -> dict[str, Any]:
    figures = [asdict(figure) for figure in item.figures]
    return {**asdict(item.claim), "state": item.state.value, "figures": figures}


def _present(value: Any) -> Any:
    """The value without what is empty, as JSON can hold it."""
    if isinstance(value, dict):
        return {key: _present(part) for key, part in value.items() if part not in _EMPTY}
    if isinstance(value, list | tuple):
        return [_present(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
