"""Hostile words in every field that the model has, each naming its field.

What to fill in is found from the dataclasses, so a new field is covered by itself: as words of
somebody's choice, unless it is named below as one that takes only values of a certain form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from paper_notes.notes.model import Paper
from paper_notes.notes.paths import LearningPath
from paper_notes.notes.topics import Topic

ELEMENT = "x-pwned"  # an element of that name on any page is a hole
TEST = "test_it"

# Fields of a certain form get the worst that the form lets through.
_FORMED: Mapping[str, Any] = {
    "arxiv": "1803.08494",
    "doi": "10.9999/a)[x](javascript:pwned(1)",
    "url": "https://a.example/)[x](javascript:pwned(2)&lt;",
    "code": "https://a.example/?)[x](javascript:pwned(3)#](data:x",
    "topic": "training",
    "paper": "tidy_scale",
    "test": TEST,
    "tags": ["a-tag"],
}


def words(place: str) -> str:
    """The payload for a field: it breaks out of whatever does not escape it."""
    return (
        f"=cmd|' /C calc'!A0 {place} \"'></script></title></style></textarea>--></svg>]]>"
        f"<{ELEMENT} onclick=pwned()><img src=x onerror=pwned()>&lt;{ELEMENT}&gt; "
        "{{ 7*7 }} {% raw %} %0A::error::pwned ``` **b** @user \\u003cb"
    )


def document(cls: type, place: str) -> dict[str, Any]:
    """All fields of a class of the model, as its file would say them."""
    hints = get_type_hints(cls)
    own = [field for field in fields(cls) if "doc" in field.metadata]
    return {field.name: _value(hints[field.name], field.name, place) for field in own}


def note() -> str:
    """A note that `check` accepts."""
    made = document(Paper, "paper")
    read, claim = made["next_read"][0], made["claims"][0]
    made["next_read"] = [
        _without(read, "title", "arxiv", "doi", "url"),
        *(_without(read, "paper", *{"arxiv", "doi", "url"} - {kept}) for kept in ("doi", "url")),
    ]
    made["next_read"][1] |= {"title": words("paper.next_read.title 2"), "doi": "10.9999/other"}
    made["next_read"][2]["url"] += "other"
    made["claims"] = [_without(claim, "reported"), _without(claim, "test", "stated")]
    made["venue"] += " 2018"
    return _yaml(made)


def topics(ids: Iterator[str]) -> str:
    """The file of topics."""
    return _yaml({id: document(Topic, f"topic.{id}") for id in ids})


def paths() -> str:
    """The file of learning paths."""
    made = document(LearningPath, "path")
    step = made["steps"][0]
    outside = _without(step, "paper", "arxiv", "doi")
    made["steps"] = [_without(step, "title", "arxiv", "doi", "url"), outside]
    return _yaml({"hostile_path": made})


def synonyms() -> str:
    """The file of synonyms."""
    return _yaml([[words("synonym.1"), words("synonym.2")]])


def _value(kind: Any, name: str, place: str) -> Any:
    inside = f"{place}.{name}"
    if name in _FORMED:
        return _FORMED[name]
    if get_origin(kind) in (Union, type(str | None)):
        return _value(get_args(kind)[0], name, place)
    if get_origin(kind) is tuple:
        return [_value(get_args(kind)[0], name, place)]
    if get_origin(kind) is Mapping:
        return {words(inside): words(f"{inside}.value")}
    if is_dataclass(kind):
        return document(kind, inside)
    if issubclass(kind, StrEnum):
        return next(iter(kind)).value
    return {int: "2001", date: "2026-01-31"}.get(kind) or words(inside)


def _without(entries: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entries.items() if name not in names}


def _yaml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"  # JSON is YAML
