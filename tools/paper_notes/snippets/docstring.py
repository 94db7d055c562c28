"""A snippet's docstring taken apart: title, body, and the fields at its end."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

FIELDS = ("Paper", "Shapes", "Differs from the paper")

_FIELD = re.compile(rf"^({'|'.join(FIELDS)}):[ \t]*", re.MULTILINE)


@dataclass(frozen=True)
class Docstring:
    """The parts of a snippet's docstring; a field that is not there is an empty string."""

    title: str
    body: str
    paper: str = ""
    shapes: str = ""
    differs: str = ""


def take_apart(docstring: str) -> Docstring:
    """The parts of a docstring. A field begins a line and may wrap onto the next ones."""
    text = inspect.cleandoc(docstring)
    matches = list(_FIELD.finditer(text))
    prose = text[: matches[0].start()] if matches else text
    title, _, body = prose.partition("\n")
    ends = [match.start() for match in matches[1:]] + [len(text)] * bool(matches)
    values = {
        match[1]: " ".join(text[match.end() : end].split())
        for match, end in zip(matches, ends, strict=True)
    }
    paper, shapes, differs = (values.get(field, "") for field in FIELDS)
    return Docstring(title.strip(), body.strip(), paper, shapes, differs)
