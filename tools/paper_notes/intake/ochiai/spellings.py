"""The spellings of spellings.toml, compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files

_TABLES = tomllib.loads(
    files("paper_notes.intake.ochiai").joinpath("spellings.toml").read_text(encoding="utf-8")
)
_NUMBER = r"(?:(?:q|問)?[0-9]{0,2})"
SUFFIX = r"(?:(?:or|及び|および|や|と)?(?:関連事項|関連論文|関連研究|関連)|について)?"


def _compiled(table: Mapping[str, list[str]]) -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(f"{_NUMBER}(?:{'|'.join(patterns)}){SUFFIX}")
        for name, patterns in table.items()
    }


STRONG = _compiled(_TABLES["strong"])
WEAK = _compiled(_TABLES["weak"])
PREFACE: Mapping[str, str] = {
    word: name for name, words in _TABLES["preface"].items() for word in words
}
