"""The site's own words in both languages: one module an area, joined here."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.words import common, format, graph, lists, search

AREAS: tuple[ModuleType, ...] = (common, format, graph, lists, search)

WORDS: Mapping[str, Mapping[str, str]] = {
    language: {key: word for area in AREAS for key, word in area.WORDS[language].items()}
    for language in LANGUAGES
}
