"""A valid note as data to change, and a reader for notes that are in no file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest

from paper_notes.notes.read import Note, read_text_of_note
from paper_notes.problems import Problem

Read = Callable[[Any], tuple[Note | None, list[Problem]]]


@pytest.fixture(scope="session")
def document() -> Callable[..., dict[str, Any]]:
    """A whole valid note, with some keys changed; a key set to None is left out."""

    def build(**changes: Any) -> dict[str, Any]:
        text = {"en": "Plain words.", "ja": "平たい言葉。"}
        read = {"relation": "follow_up", "why": text}
        note = {
            "title": "A Title",
            "authors": ["Aiko Example"],
            "year": "2018",
            "arxiv": "1803.08494",
            "topic": "training",
            "what": text,
            "novelty": text,
            "key_idea": text,
            "validation": text,
            "discussion": text,
            "next_read": [{"paper": "a", **read}, {"paper": "b", **read}],
            "claims": [{"says": text, "source": "Eq. 1", "test": "test_it"}],
        }
        return {key: value for key, value in (note | changes).items() if value is not None}

    return build


@pytest.fixture(scope="session")
def read() -> Read:
    """Reads YAML, or data written as YAML, as the note of the paper `tidy`."""

    def run(source: Any) -> tuple[Note | None, list[Problem]]:
        text = source if isinstance(source, str) else json.dumps(source, ensure_ascii=False)
        return read_text_of_note(text, PurePosixPath("papers/tidy.yaml"))

    return run
