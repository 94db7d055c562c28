"""The formulas of a Markdown text: what stands between dollars, less what is code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Outside formulas, dollars in code do not count; inside, backticks do not.
_CODE = (
    r"^[ \t>]*+(?P<fence>`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^[ \t>]*+(?P=fence)[^\n]*$|\Z)"
    r"|(?P<ticks>(?<!`)`{1,9}(?!`)).+?(?<!`)(?P=ticks)(?!`)"
)
# A formula ends in its paragraph; a mark that is not closed there stands alone.
_FORMULA = (
    r"\\."
    r"|\$\$(?P<display>(?:[^\\$\n]++|\\.|\$(?!\$)|\n(?!\s*\n))*+)\$\$"
    r"|\$(?!\$)(?P<inline>(?:[^\\$\n]++|\\.|\n(?!\s*\n))*+)\$"
    r"|\$\$?"
)
_BESIDE_CODE = re.compile(f"{_CODE}|{_FORMULA}", re.MULTILINE | re.DOTALL)
_IN_PROSE = re.compile(_FORMULA, re.DOTALL)  # finds the same where there is no code, and sooner


class Formula(NamedTuple):
    """A formula of a text."""

    offset: int  # of the mark that opens it
    mark: str  # $ or $$
    tex: str | None  # None where its paragraph ends before it does


def formulas(text: str) -> Iterator[Formula]:
    """The formulas of a Markdown text; those behind one that does not end are left out."""
    if "$" not in text:
        return
    pattern = _BESIDE_CODE if "`" in text or "~~~" in text else _IN_PROSE
    for match in pattern.finditer(text):
        written, kind = match[0], match.lastgroup
        if written[0] != "$":
            continue
        mark = "$$" if written.startswith("$$") else "$"
        yield Formula(match.start(), mark, match[kind] if kind else None)
        if not kind:
            return
