"""Front matter as Jekyll (--- YAML ---) and Hugo (+++ TOML +++) write it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath

from paper_notes.notes.yaml_nodes import Mapping, Scalar, Sequence
from paper_notes.notes.yaml_parser import parse

_MARKS = {"---": "---", "+++": "+++"}


def front_matter(lines: list[str]) -> tuple[int, list[tuple[int, str, str]]]:
    """How many lines it takes, and its entries as (line number, key, value); (0, []) without.

    A list becomes its items joined by commas. What cannot be read gives no entry.
    """
    closing = _MARKS.get(lines[0].strip()) if lines else None
    if closing is None:
        return 0, []
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == closing), None)
    if end is None:
        return 0, []
    body = lines[1:end]
    entries = _toml(body) if closing == "+++" else _yaml(body)
    return end + 1, list(entries)


def _yaml(body: list[str]) -> Iterator[tuple[int, str, str]]:
    tree, _ = parse("\n".join(body) + "\n", PurePosixPath("front matter"))
    if not isinstance(tree, Mapping):
        # `title: a: b` is no YAML, but plain enough.
        for number, line in enumerate(body, 2):
            name, _, rest = line.partition(":")
            if rest.strip():
                yield number, name.strip(), rest.strip()
        return
    for key, value in tree.entries:
        if isinstance(value, Scalar):
            yield key.place.line + 1, key.value, value.value
        elif isinstance(value, Sequence):
            items = [item.value for item in value.items if isinstance(item, Scalar)]
            yield key.place.line + 1, key.value, ", ".join(items)


def _toml(body: list[str]) -> Iterator[tuple[int, str, str]]:
    try:
        values = tomllib.loads("\n".join(body))
    except (ValueError, RecursionError):  # a number of 5,000 digits is a plain ValueError
        return
    for key, value in values.items():
        numbers = (n for n, line in enumerate(body, 2) if line.lstrip().startswith(key))
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield next(numbers, 1), key, shown
