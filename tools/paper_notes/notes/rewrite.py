"""How ruamel.yaml writes a note: quotes, indentation, long lines, the order of nested keys.

Long texts are folded here: ruamel's own wrapping leaves blanks at the ends of lines.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import fields
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import FoldedScalarString
from ruamel.yaml.tag import Tag

from paper_notes.notes.model import LANGUAGES, Claim, NextRead

WIDTH = 100
_STRING = Tag(suffix="tag:yaml.org,2002:str")
_TARGET = ("paper", "title", "arxiv", "doi", "url")  # which paper comes before why
_ORDERS: Mapping[str, Sequence[str]] = {
    "next_read": (*_TARGET, *(f.name for f in fields(NextRead) if f.name not in _TARGET)),
    "claims": tuple(f.name for f in fields(Claim)),
    "results": ("dataset", "metric", "value", "setting", "source"),
}


def rewritten(text: str) -> str:
    """The text as ruamel.yaml writes it. Raises YAMLError where it cannot be read."""
    yaml = YAML(typ="rt")
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.Resolver = _StringsOnly
    yaml.Emitter = _DoubleQuotes
    note = yaml.load(text)
    for section, order in _ORDERS.items():
        for item in note.get(section) or ():
            _sort_keys(item, order)
    for texts in _texts(note):
        _sort_keys(texts, LANGUAGES)
        _fold(texts)
    stream = io.StringIO()
    yaml.dump(note, stream)
    return stream.getvalue()


class _StringsOnly(VersionedResolver):
    """Every scalar is a string here, `no` and 1803.08490 too; no quotes are due to types."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """The tag of a node."""
        return _STRING if issubclass(kind, ScalarNode) else super().resolve(kind, value, implicit)


class _DoubleQuotes(Emitter):
    """Where quotes are due, double ones; single ones keep TeX's backslashes readable."""

    def choose_scalar_style(self) -> Any:
        """The quotes of a scalar, or None."""
        style = super().choose_scalar_style()
        return '"' if style == "'" and "\\" not in self.analysis.scalar else style


def _texts(note: Mapping[str, Any]) -> Iterable[MutableMapping[str, Any]]:
    """Every mapping of languages in the note."""
    holders = [note, *(note.get("next_read") or ()), *(note.get("claims") or ())]
    for holder in holders:
        for value in holder.values() if isinstance(holder, Mapping) else ():
            if isinstance(value, MutableMapping) and set(value) <= set(LANGUAGES):
                yield value


def _sort_keys(item: Any, order: Sequence[str]) -> None:
    if not isinstance(item, MutableMapping) or _has_comments(item):
        return
    known = [key for key in order if key in item]
    for key in [*known, *(key for key in list(item) if key not in order)]:
        item.move_to_end(key)  # type: ignore[attr-defined]


def _has_comments(node: Any) -> bool:
    """Whether a comment, or a blank line, stands anywhere below the node."""
    if not isinstance(node, CommentedBase):
        return False
    children = node.values() if isinstance(node, Mapping) else node
    own = bool(node.ca.items or node.ca.comment)
    return own or any(_has_comments(child) for child in children)  # type: ignore[union-attr]


def _fold(texts: MutableMapping[str, Any]) -> None:
    """A long text of one line becomes a block that is folded at blanks, with the same value."""
    flow = isinstance(texts, CommentedBase) and texts.fa.flow_style()
    for language, text in texts.items():
        if flow or "\n" in text or len(text) < WIDTH - 12 or "  " in text or text[:1].isspace():
            continue
        folds = _fold_positions(text, WIDTH - 8)
        if folds:
            folded = FoldedScalarString(text)
            folded.fold_pos = folds
            texts[language] = folded


def _fold_positions(text: str, width: int) -> list[int]:
    positions, start = [], 0
    while len(text) - start > width:
        blank = text.rfind(" ", start, start + width)
        if blank <= start:
            break
        positions.append(blank)
        start = blank + 1
    return positions
