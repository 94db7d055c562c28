"""A paper's key: five characters that stand for its id in the index and name its card.

The key is a hash of the id, so it stays the same when papers are added, and a page can work out
the address of a card from a link. Where two ids meet, the later in the alphabet takes the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LENGTH = 5
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SIZE: int = len(DIGITS) ** LENGTH


def keys_of(ids: Iterable[str]) -> Mapping[str, str]:
    """The key of each id. Raises ValueError where there are more ids than keys."""
    taken: dict[int, str] = {}
    for id in sorted(ids):
        number = _hash(id)
        for step in range(_SIZE):
            place = (number + step) % _SIZE
            if place not in taken:
                taken[place] = id
                break
        else:
            raise ValueError("more papers than keys")
    return {id: _digits(number) for number, id in taken.items()}


def _hash(id: str) -> int:
    """FNV-1a, which a browser works out in one line."""
    number = 0x811C9DC5
    for byte in id.encode():
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return number % _SIZE


def _digits(number: int) -> str:
    digits = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
