"""What each field of a note holds: the table that reader and JSON Schema share."""

from __future__ import annotations

import re
from collections.abc import KeysView, Mapping
from dataclasses import fields

from paper_notes.notes.cursor import Cursor, PaperLink
from paper_notes.notes.kinds import (
    DATE,
    LINE,
    NUMBER_OR_LINE,
    WORDS,
    Kind,
    converted,
    listing,
    matching,
    one_of,
    record,
)
from paper_notes.notes.markdown import mentions, offences
from paper_notes.notes.model import (
    ID_PATTERN,
    LANGUAGES,
    Claim,
    NextRead,
    Paper,
    Relation,
    Result,
    Text,
)
from paper_notes.notes.placeholders import placeholder
from paper_notes.notes.yaml_nodes import Scalar

_JAPANESE = re.compile("[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆]")
_LANGUAGES = dict.fromkeys(LANGUAGES).keys()
_NONE: KeysView[str] = dict.fromkeys(()).keys()
_NUMBER = {"type": "number"}
_URL_CHARACTER = r"[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]"  # of RFC 3986, less the apostrophe
_STRING = {"type": "string", "pattern": r"\S"}


def language_of(text: str) -> str:
    """The language of a text without one: Japanese where there is kana or kanji."""
    return "ja" if _JAPANESE.search(text) else "en"


def _read_prose(cursor: Cursor) -> str | None:
    scalar = cursor.scalar()
    if scalar is None:
        return None
    before = cursor.found.errors
    empty = placeholder(scalar.value)
    if empty is not None:
        cursor.report("placeholder", f"nothing is said here yet: {empty}", "write the answer")
    for offence in offences(scalar.value):
        place = scalar.at(offence.offset, offence.length)
        cursor.report(offence.code, offence.message, offence.hint, place=place)
    for mention in mentions(scalar.value):
        place = scalar.at(mention.offset, max(1, len(mention.id)))
        cursor.found.links.append(PaperLink(mention.id, place))
    return scalar.value if cursor.found.errors == before else None


def _read_text(cursor: Cursor) -> Text | None:
    if isinstance(cursor.node, Scalar):
        value = _read_prose(cursor)
        return None if value is None else Text(**{language_of(value): value})
    entries = cursor.fields(_LANGUAGES, _NONE)
    if entries is None:
        return None
    if not entries:
        cursor.report("empty", f"`{cursor.name}` has neither `en` nor `ja`", place=cursor.place)
    return Text(**{language: _read_prose(entry) for language, entry in entries.items()})


TEXT = Kind(
    _read_text,
    {
        "anyOf": [
            _STRING,
            {
                "type": "object",
                "additionalProperties": False,
                "minProperties": 1,
                "properties": {
                    field.name: {**_STRING, "description": field.metadata["doc"].both}
                    for field in fields(Text)
                },
            },
        ]
    },
)
YEAR = converted(
    matching(
        "^(?:19[0-9]{2}|20[0-9]{2}|2100)$",
        "year",
        "a year",
        "four digits, 1900 to 2100",
        also={"type": "integer", "minimum": 1900, "maximum": 2100},
    ),
    int,
    "year",
    "a year",
)
ARXIV = matching(
    r"^(?:[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/[0-9]{7})$",
    "arxiv-id",
    "an arXiv id",
    "write 1803.08494 or hep-th/9901001: no version, no address",
    also=_NUMBER,
)
DOI = matching(
    rf"^10\.[0-9]{{4,9}}(?:\.[0-9]+)*/{_URL_CHARACTER}+$",
    "doi",
    "a DOI",
    "write 10.1038/323533a0, without https://doi.org/",
)
URL = matching(
    rf"^https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]{{1,5}})?(?:[/?#]{_URL_CHARACTER}*)?$",
    "url",
    "an address",
    "write a whole http:// or https:// address",
)
VENUE = matching(
    r"^(?:arXiv|\S(?:.*\S)? (?:19|20)[0-9]{2})$",
    "venue",
    "a venue with its year",
    "write `ECCV 2018`, or `arXiv` for a paper that was published nowhere else",
)
PAPER_ID = matching(
    ID_PATTERN, "paper-id", "a paper's id", "the file's name without .yaml: a-z, 0-9 and _"
)
TOPIC_ID = matching(ID_PATTERN, "topic-id", "a topic's id", "a key of papers/topics.yaml")
TAG = matching("^[a-z0-9]+(?:-[a-z0-9]+)*$", "tag", "a tag", "lower-case words joined by hyphens")
TEST = matching("^test[A-Za-z0-9_]*$", "test-name", "the name of a test function")

_ADDRESSES = ("arxiv", "doi", "url")


def _check_target(cursor: Cursor, entries: Mapping[str, Cursor]) -> None:
    outside = [key for key in ("title", *_ADDRESSES) if key in entries]
    hint = "give `paper` (an id of this base), or `title` with `arxiv`, `doi` or `url`"
    if "paper" in entries and outside:
        message = f"both `paper` and `{outside[0]}` name the paper to read"
        cursor.report("next-read-target", message, hint)
    elif "paper" not in entries and (outside[:1] != ["title"] or len(outside) < 2):
        cursor.report("next-read-target", "nothing says which paper to read", hint)


NEXT_READ = record(
    NextRead,
    {
        "paper": PAPER_ID,
        "title": LINE,
        "arxiv": ARXIV,
        "doi": DOI,
        "url": URL,
        "relation": one_of(Relation),
        "why": TEXT,
    },
    _check_target,
    {
        "oneOf": [
            {
                "required": ["paper"],
                "not": {"anyOf": [{"required": [key]} for key in ("title", *_ADDRESSES)]},
            },
            {
                "required": ["title"],
                "not": {"required": ["paper"]},
                "anyOf": [{"required": [key]} for key in _ADDRESSES],
            },
        ]
    },
)


def _check_evidence(cursor: Cursor, entries: Mapping[str, Cursor]) -> None:
    if ("test" in entries) == ("reported" in entries):
        cursor.report(
            "claim-evidence",
            "a claim has either `test` or `reported`",
            "name the test that checks it, or say why none does: `reported: needs ImageNet`",
        )
    elif "stated" in entries and "test" not in entries:
        message = "`stated` has a figure to compare, but no `test` measures one"
        cursor.report("stated-without-test", message, place=entries["stated"].place)


CLAIM = record(
    Claim,
    {"says": TEXT, "source": LINE, "test": TEST, "reported": TEXT, "stated": WORDS},
    _check_evidence,
    {
        "oneOf": [{"required": ["test"]}, {"required": ["reported"]}],
        "dependentRequired": {"stated": ["test"]},
    },
)
RESULT = record(
    Result,
    {
        "dataset": LINE,
        "metric": LINE,
        "value": NUMBER_OR_LINE,
        "setting": NUMBER_OR_LINE,
        "source": LINE,
    },
)
PAPER_KINDS: Mapping[str, Kind] = {
    "title": LINE,
    "authors": listing(LINE, 1, unique=True),
    "year": YEAR,
    "venue": VENUE,
    "arxiv": ARXIV,
    "doi": DOI,
    "url": URL,
    "code": URL,
    "added": DATE,
    "topic": TOPIC_ID,
    "tags": listing(TAG, unique=True),
    "aliases": listing(LINE, unique=True),
    "what": TEXT,
    "novelty": TEXT,
    "key_idea": TEXT,
    "validation": TEXT,
    "discussion": TEXT,
    "next_read": listing(NEXT_READ, 2, 5),
    "claims": listing(CLAIM, 1),
    "results": listing(RESULT),
}
# What a note holds, as a dictionary: its id is not in the file.
PAPER = record(Paper, PAPER_KINDS, build=dict)
