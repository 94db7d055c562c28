"""The topics of the base: `papers/topics.yaml`, in reading order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from paper_notes.notes.cursor import Cursor, PaperLink
from paper_notes.notes.document import open_document
from paper_notes.notes.fields import TEXT
from paper_notes.notes.kinds import Kind, record
from paper_notes.notes.model import ID_PATTERN, Text, doc
from paper_notes.problems import Problem

PATH = PurePosixPath("papers/topics.yaml")


@dataclass(frozen=True)
class Topic:
    """A subject that papers belong to."""

    id: str
    name: Text = doc("The topic's name.", "分野の名前。")
    about: Text | None = doc(
        "What it is about, in one sentence.", "何を扱う分野かを一文で。", default=None
    )
    introduction: Text | None = doc(
        "A few paragraphs for its page.", "分野のページに載せる文章。", default=None
    )
    links: tuple[PaperLink, ...] = ()  # the notes that its texts link to


def read_topics(root: Path) -> tuple[Mapping[str, Topic], list[Problem]]:
    """The topics by id in the file's order, and what is wrong with the file."""
    top, problems = open_document(root, PATH)
    if top is None:
        return {}, problems
    entries = top.entries() or {}
    topics = {id: _topic(id, entry) for id, entry in entries.items()}
    valid = {id: topic for id, topic in topics.items() if topic is not None}
    return valid, [*problems, *top.found.problems]


def _topic(id: str, cursor: Cursor) -> Topic | None:
    if not re.fullmatch(ID_PATTERN, id, re.ASCII):
        hint = "a-z, 0-9 and _, beginning with a letter"
        cursor.report("topic-id", f"{id[:40]} is no topic id", hint, place=cursor.place)
        return None
    before = len(cursor.found.links)
    topic: Topic | None = _kind(id).read(cursor)
    return replace(topic, links=tuple(cursor.found.links[before:])) if topic else None


def _kind(id: str) -> Kind:
    def build(**values: object) -> Topic:
        return Topic(id=id, **values)  # type: ignore[arg-type]

    return record(Topic, {"name": TEXT, "about": TEXT, "introduction": TEXT}, build=build)
