"""The one way to write a note: order, quotes, line breaks and normal form; comments are kept.

ruamel.yaml ties a comment to the key *before* it, so that keys which change places would leave
their comments behind. Top-level keys are therefore put in order as text, each with the comment
lines above it, and nested ones only where no comment stands among them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from paper_notes.notes.fields import PAPER_KINDS
from paper_notes.notes.model import QUESTIONS
from paper_notes.notes.rewrite import rewritten
from paper_notes.notes.yaml_nodes import Mapping, Node, Scalar, Sequence
from paper_notes.notes.yaml_parser import parse
from paper_notes.problems import Place, Problem, has_errors

# A blank line comes before each of these; the short facts above them stand together.
_SECTIONS = frozenset((*QUESTIONS, "next_read", "claims", "results"))


def formatted(text: str, path: PurePosixPath) -> tuple[str | None, list[Problem]]:
    """The note's text in canonical form, or None and why it cannot be formatted.

    The data are the same before and after but for Unicode's normal form (NFC), and so are the
    comments: both are compared before anything is given back.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    tree, problems = parse(text, path)
    if tree is None or has_errors(problems):
        return None, problems
    if not isinstance(tree, Mapping):
        return None, [Problem(Place(path), "not-a-note", "a note is a mapping with keys")]
    try:
        result = rewritten(_in_order(text, tree))
    except YAMLError as error:
        return None, [_unchanged(path, f"ruamel.yaml cannot read it: {type(error).__name__}")]
    after, _ = parse(result, path)
    if after is None or _data(after) != _data(tree):
        return None, [_unchanged(path, "the data would not stay the same")]
    if _comments(result) != _comments(text):
        return None, [_unchanged(path, "a comment would be lost")]
    return result, []


def _unchanged(path: PurePosixPath, reason: str) -> Problem:
    hint = "the file is left as it is; write what is unusual in it more plainly"
    return Problem(Place(path), "not-formatted", reason, hint)


def _in_order(text: str, tree: Mapping) -> str:
    """The text with its top-level keys in the schema's order, each with the comments above it."""
    lines = text.rstrip("\n").split("\n")
    starts = [key.place.line - 1 for key, _ in tree.entries]
    header = _header(lines[: starts[0]] if starts else lines)
    begins = [max(header, _with_comments(lines, start)) for start in starts]
    ends = [*begins[1:], len(lines)]
    known = {name: index for index, name in enumerate(PAPER_KINDS)}
    chunks = [
        (known.get(key.value, len(known)), key.value, _trimmed(lines[begin:end]))
        for (key, _), begin, end in zip(tree.entries, begins, ends, strict=True)
    ]
    written = _trimmed(lines[:header])
    for _, name, chunk in sorted(chunks, key=lambda item: item[0]):
        separate = name in _SECTIONS and written
        written += ["", *chunk] if separate else chunk
    return "\n".join(written) + "\n"


def _header(lines: list[str]) -> int:
    """How many lines at the top belong to the file: its modeline, and comments before a blank."""
    blanks = [index for index, line in enumerate(lines) if not line.strip()]
    if blanks:
        return blanks[-1] + 1
    return 1 if lines and lines[0].startswith("# yaml-language-server") else 0


def _with_comments(lines: list[str], start: int) -> int:
    while start > 0 and lines[start - 1].startswith("#"):
        start -= 1
    return start


def _trimmed(lines: list[str]) -> list[str]:
    """The lines without blank ones around them."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _data(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [_data(item) for item in node.items]
    return {key.value: _data(value) for key, value in node.entries}


def _comments(text: str) -> list[str]:
    """Every comment's words, in any order: `#` at a line's start or behind a blank."""
    found = [
        line
        for token in YAML(typ="rt", pure=True).scan(text)
        for comment in _flat(getattr(token, "_comment", None))
        for line in comment.value.split("\n")
        if line.strip()
    ]
    return sorted(line.strip() for line in found)


def _flat(comment: Any) -> Iterable[Any]:
    if isinstance(comment, list):
        for part in comment:
            yield from _flat(part)
    elif comment is not None:
        yield comment
