"""The value of a BibTeX field: quoted or braced pieces, numbers and abbreviations joined by #.

bibtexparser 2.1 leaves `"a" # name` as it stands and follows an abbreviation one step only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_MONTHS = frozenset(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
)


class UnknownValueError(ValueError):
    """A value that means nothing, with the reason."""


def evaluate(raw: str, abbreviations: Mapping[str, str]) -> str:
    """The text of a raw value. `abbreviations` holds raw values by lower-case name.

    Raises UnknownValueError for an abbreviation that is not defined or defined by itself.
    """
    pieces: list[str] = []
    waiting = [(piece, frozenset[str]()) for piece in reversed(list(_pieces(raw)))]
    while waiting:
        piece, inside = waiting.pop()
        name = piece.lower()
        if piece[:1] in ('"', "{"):
            pieces.append(piece[1:-1])
        elif piece.isdecimal() or (name in _MONTHS and name not in abbreviations):
            pieces.append(piece)
        elif name in inside:
            raise UnknownValueError(f"the abbreviation {piece} is defined by itself")
        elif name not in abbreviations:
            raise UnknownValueError(f"the abbreviation {piece} is not defined")
        else:
            parts = reversed(list(_pieces(abbreviations[name])))
            waiting += [(part, inside | {name}) for part in parts]
        if sum(map(len, pieces)) > 100_000 or len(waiting) > 1_000:
            raise UnknownValueError("the abbreviations grow too large")
    return "".join(pieces)


def _pieces(raw: str) -> Iterator[str]:
    """The pieces between # signs that stand outside braces and quotes."""
    depth, quoted, start = 0, False, 0
    for index, character in enumerate(raw):
        escaped = index > 0 and raw[index - 1] == "\\"
        if character == "{" and not escaped:
            depth += 1
        elif character == "}" and not escaped:
            depth -= 1
        elif character == '"' and depth == 0:
            quoted = not quoted
        elif character == "#" and depth == 0 and not quoted:
            yield raw[start:index].strip()
            start = index + 1
    yield raw[start:].strip()
