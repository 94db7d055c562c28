"""Style sheets cut down to what the pages use: Material's alone would be a third of a page's bytes.

A rule stays if every class and id of its selector stands on some page. Element and attribute names
are not looked at: scripts make elements that no page holds, and those rules weigh little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import tinycss2

# Rules inside these are looked at one by one; any other at-rule is kept as it is.
_NESTING = {"media", "supports", "layer"}
_CLASS = re.compile(r'class="([^"]*)"')
_ID = re.compile(r'id="([^"]*)"')
_FACE = re.compile(r"@font-face\s*{[^}]*?font-family:\s*[\"']?([^;}\"']+)[^}]*}")
_USED = re.compile(r"var\(\s*(--[\w-]+)")


def names_in(html: str) -> Iterator[str]:
    """Every class (".name") and id ("#name") of a page."""
    for classes in set(_CLASS.findall(html)):
        yield from (f".{name}" for name in classes.split())
    yield from (f"#{name}" for name in _ID.findall(html))


def trim(css: str, names: Iterable[str], others: Sequence[str] = ()) -> str:
    """The style sheet without rules for names that are on no page.

    Fonts and custom properties that nothing asks for go as well, and so do comments. `others`
    are the style sheets that may use the custom properties which this one defines.
    """
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    kept = "".join(_kept(rules, frozenset(names)))
    kept = _FACE.sub(lambda face: face[0] if _is_named(face[1], kept) else "", kept)
    used = frozenset(name for text in (kept, *others) for name in _USED.findall(text))
    again = tinycss2.parse_stylesheet(kept)
    return "".join(_without_idle_properties(again, used))


def _kept(rules: Iterable[Any], names: frozenset[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [part for part in _split(rule.prelude) if _names(part) <= names]
            if selectors:
                prelude = ",".join(_text(part) for part in selectors)
                yield f"{prelude}{{{_text(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in _NESTING and rule.content:
            inner = "".join(_kept(_rules(rule.content), names))
            if inner:
                yield f"@{rule.at_keyword} {_text(rule.prelude)}{{{inner}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            yield rule.serialize()


def _is_named(family: str, css: str) -> bool:
    """Whether a rule other than the font's own asks for this family."""
    return family in _FACE.sub("", css)


def _without_idle_properties(rules: Iterable[Any], used: frozenset[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            body = ";".join(_declarations(rule.content, used))
            if body:
                yield f"{_text(rule.prelude)}{{{body}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in _NESTING and rule.content:
            inner = "".join(_without_idle_properties(_rules(rule.content), used))
            if inner:
                yield f"@{rule.at_keyword} {_text(rule.prelude)}{{{inner}}}"
        else:
            yield rule.serialize()


def _declarations(content: Iterable[Any], used: frozenset[str]) -> Iterator[str]:
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        idle = node.type == "declaration" and node.name.startswith("--") and node.name not in used
        if not idle:
            yield node.serialize()


def _split(prelude: Iterable[Any]) -> Iterator[list[Any]]:
    """The selectors of a rule: its prelude at the commas that are in no brackets."""
    part: list[Any] = []
    for token in prelude:
        if token == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _names(selector: Sequence[Any]) -> set[str]:
    """The classes and ids that a selector cannot do without: not those in :is(), :not() and kin."""
    names = {f"#{token.value}" for token in selector if token.type == "hash"}
    for dot, token in pairwise(selector):
        if dot == "." and token.type == "ident":
            names.add(f".{token.value}")
    return names


def _rules(content: Iterable[Any]) -> list[Any]:
    found: list[Any] = tinycss2.parse_rule_list(content, skip_comments=True, skip_whitespace=True)
    return found


def _text(tokens: Iterable[Any]) -> str:
    return str(tinycss2.serialize(tokens)).strip()
