"""A note as its file has it, in the canonical form: `paper-notes fmt` finds nothing to do.

Rendering through ruamel.yaml, as `fmt` does, would take minutes for thousands of notes.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.emitter import Emitter

from paper_notes.notes.model import QUESTIONS, Claim, NextRead, Paper, Result, Text

_WIDTH = 100
_SHORT = 80  # characters that stand behind the colon; longer texts stand below it
_HEADER = "# yaml-language-server: $schema=../docs/schema/paper.json"
_PLAIN = re.compile(r"[A-Za-z][\w ()+./-]*[\w.)]")  # surely without quotes, anywhere


def note_text(paper: Paper) -> str:
    """The note's file."""
    return "\n".join((_HEADER, *_lines(paper))) + "\n"


def _lines(paper: Paper) -> Iterator[str]:
    yield f"title: {scalar(paper.title)}"
    yield "authors:"
    yield from (f"  - {scalar(author)}" for author in paper.authors)
    for name in ("year", "venue", "arxiv", "doi", "url", "code", "added", "topic"):
        value = getattr(paper, name)
        if value is not None:
            yield f"{name}: {scalar(str(value))}"
    for name in ("tags", "aliases"):
        if getattr(paper, name):
            yield f"{name}: [{', '.join(scalar(item, flow=True) for item in getattr(paper, name))}]"
    for question in QUESTIONS:
        yield from ("", f"{question}:", *_text(paper.answer(question), 2))
    yield from ("", "next_read:")
    for read in paper.next_read:
        yield from _item(_read(read))
    yield from ("", "claims:")
    for claim in paper.claims:
        yield from _item(_claim(claim))
    if paper.results:
        yield from ("", "results:")
        yield from (f"  - {_flow(_result(result))}" for result in paper.results)


def _item(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a mapping as an item of a list."""
    first, *rest = lines
    yield f"  - {first}"
    yield from (f"    {line}" if line else "" for line in rest)


def _read(read: NextRead) -> Iterator[str]:
    for name in ("paper", "title", "arxiv", "doi", "url"):
        if getattr(read, name):
            yield f"{name}: {scalar(getattr(read, name))}"
    yield f"relation: {read.relation.value}"
    yield from ("why:", *_text(read.why, 2, 4))


def _claim(claim: Claim) -> Iterator[str]:
    yield from ("says:", *_text(claim.says, 2, 4))
    yield f"source: {scalar(claim.source)}"
    if claim.test:
        yield f"test: {claim.test}"
    if claim.reported:
        yield from ("reported:", *_text(claim.reported, 2, 4))
    if claim.stated:
        yield f"stated: {_flow(claim.stated)}"


def _result(result: Result) -> Mapping[str, str]:
    order = ("dataset", "metric", "value", "setting", "source")
    assert set(order) == {field.name for field in fields(Result)}
    return {name: getattr(result, name) for name in order if getattr(result, name) is not None}


def _flow(entries: Mapping[str, str]) -> str:
    pairs = (f"{scalar(k, flow=True)}: {scalar(v, flow=True)}" for k, v in entries.items())
    return f"{{{', '.join(pairs)}}}"


def _text(text: Text, indent: int, around: int = 0) -> Iterator[str]:
    """Both languages; `around` is how far the lines will be indented further."""
    margin = " " * indent
    for language, value in (("en", text.en), ("ja", text.ja)):
        if value is None:
            continue
        if len(value) < _SHORT and "\n" not in value:
            yield f"{margin}{language}: {scalar(value.strip())}"
            continue
        yield f"{margin}{language}: |"
        for line in wrapped(value, _WIDTH - indent - 2 - around, language):
            yield f"{margin}  {line}"


def scalar(value: str, *, flow: bool = False) -> str:
    """The value as `fmt` writes it: plain where that is possible."""
    return value if _PLAIN.fullmatch(value) else _quoted(value, flow)


@lru_cache(maxsize=4096)
def _quoted(value: str, flow: bool) -> str:
    emitter = Emitter(io.StringIO(), allow_unicode=True, dumper=YAML(typ="rt"))
    analysis = emitter.analyze_scalar(value)
    if analysis.allow_flow_plain if flow else analysis.allow_block_plain:
        return value
    if "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return '"' + value.replace('"', '\\"') + '"'


_HELD = "\ue000"  # stands for a blank at which no line may end
_WHOLE = re.compile(r"\$\$.+?\$\$|\$(?:\\.|[^$\\])+\$|`[^`]*`|\[[^\]]*\]\([^)]*\)", re.DOTALL)
_MARKER = re.compile(r" (?=(?:[-+*#>=|~]+|[0-9]+[.)])(?: |$))")  # what may not begin a line
_JAPANESE_BREAKS = re.compile(r"(?<=[。、」)])(?![。、」)])|(?<= )")


def wrapped(text: str, width: int, language: str) -> list[str]:
    """The text in lines; no formula, code or link is broken, and no line begins like a list."""
    held = _WHOLE.sub(lambda whole: whole[0].replace(" ", _HELD), " ".join(text.split()))
    held = _MARKER.sub(_HELD, held)
    if language == "en":
        lines = textwrap.wrap(held, width, break_long_words=False, break_on_hyphens=False)
    else:
        lines = _japanese_lines(held, width // 2)
    return [line.replace(_HELD, " ") for line in lines]


def _japanese_lines(text: str, width: int) -> list[str]:
    lines = [""]
    for part in _JAPANESE_BREAKS.split(text):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines if line.strip()]
