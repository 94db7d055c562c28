"""What a text must not hold, whatever renders it: bad links, absurd nesting, open formulas.

This is no Markdown parser. It reads openers that a parser could take for a link and judges what
follows them, so it refuses a little more than would do harm and depends on no renderer. The site
cleans its HTML all the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from paper_notes.notes.formulas import formulas

MAX_LENGTH = 20_000
MAX_BRACKETS = 40  # open at once within a paragraph; half-open intervals leave some open
MAX_LISTS = 8
MAX_INDENT = 48

PAPER_SCHEME = "paper"  # [the GAN](paper:gan) leads to the page of a note
ALLOWED_SCHEMES = ("http", "https", "mailto", PAPER_SCHEME)


@dataclass(frozen=True)
class Offence:
    """A part of a text that is wrong."""

    offset: int
    length: int
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Mention:
    """A link to a note of this base, by the paper's id."""

    offset: int  # of the id in the text
    id: str


def offences(text: str) -> Iterator[Offence]:
    """Everything that is wrong with a Markdown text. Linear in its length."""
    if len(text) > MAX_LENGTH:
        message = f"{len(text):,} characters; at most {MAX_LENGTH:,} fit a page"
        yield Offence(0, 1, "too-long", message)
        return
    # Nearly all texts hold nothing that has to be looked at closely, and to know that is quick.
    if _may_link(text):
        yield from _bad_links(text)
    for opener, closer in ("[]", "()", "{}"):
        if text.count(opener) > MAX_BRACKETS:
            yield from _deep_brackets(text, opener, closer)
    if text.startswith(_FIRST) or _NEXT.search(text):
        yield from _deep_lists(text)
    if "$" in text:
        yield from _open_formula(text)


# Where a destination may begin: [text](…, [label]: …, <scheme:…, href=…
_OPENERS = re.compile(
    r"(?P<inline>\]\()"
    r"|(?P<definition>^[ \t>*+-]*\[[^\]\[\n]{1,999}\]:)"
    r"|(?P<auto><(?=[A-Za-z][A-Za-z0-9+.-]{1,31}:))"
    r"|(?P<attribute>[\s/\"'](?:xlink:)?(?:href|src|srcset|action|formaction|data|poster)\s{0,9}=)",
    re.MULTILINE | re.IGNORECASE,
)
_LINKING = ("href", "src", "srcset", "action", "data", "poster")  # all those attributes end so
_END = {"inline": ")", "definition": "\n", "auto": ">", "attribute": ">"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)", re.IGNORECASE)
_INVISIBLE = re.compile("[\x00-\x20\x7f-\xa0\u00ad\u180e\u2000-\u200f\u2028-\u202f\u2060\ufeff]+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def mentions(text: str) -> Iterator[Mention]:
    """The links of a Markdown text that name a paper of this base: `[text](paper:gan)`."""
    if ":" not in text or f"{PAPER_SCHEME}:" not in text.lower():
        return
    for match in _MENTION.finditer(text):
        yield Mention(match.start("id"), match["id"])


_MENTION = re.compile(rf"(?:\]\(|\]:|<)\s*+<?{PAPER_SCHEME}:(?P<id>[^\s()<>]*)", re.IGNORECASE)


def _bad_links(text: str) -> Iterator[Offence]:
    openers = list(_OPENERS.finditer(text))
    ends = [opener.start() for opener in openers[1:]] + [len(text)] * bool(openers)
    for opener, end in zip(openers, ends, strict=True):
        kind = str(opener.lastgroup)
        written = text[opener.end() : end]
        if kind == "definition":
            written = written.lstrip(" \t\r\n>")  # it may stand on the next line, quoted too
        written = written.partition(_END[kind])[0]
        reason = forbidden_destination(written)
        if reason:
            shown = written.strip()[:60]
            length = max(1, len(written.split("\n")[0]))
            hint = "link to an http(s) address, or to a note: [text](paper:group_norm)"
            yield Offence(opener.end(), length, "link", f"{reason}: {shown}", hint)


def _may_link(text: str) -> bool:
    """Whether there can be an opener at all."""
    if "<" in text or ("]" in text and ("](" in text or "]:" in text)):
        return True
    names = text.casefold().split("=")[:-1] if "=" in text else []
    return any(name.rstrip().endswith(_LINKING) for name in names)


def forbidden_destination(written: str) -> str | None:
    """Why a link must not lead there, or None; sees through entities, escapes and blanks."""
    target = written
    for _ in range(3):  # &amp;#106; needs a second look
        target = html.unescape(target)
    target = _INVISIBLE.sub("", _ESCAPE.sub(r"\1", target)).lstrip("<\"'")
    for candidate in (target, unquote(target)):
        scheme = _SCHEME.match(candidate)
        if scheme and scheme[0].lower() not in ALLOWED_SCHEMES:
            return f"a link with the scheme `{scheme[0][:20].lower()}:`"
        steps = candidate.replace("\\", "/")
        if not scheme and steps.startswith("/"):
            return "a link from the root of the machine or the site"
        if not scheme and ".." in re.split(r"[/?#\"']", steps):
            return "a link that climbs out of its folder"
    return None


def _deep_brackets(text: str, opener: str, closer: str) -> Iterator[Offence]:
    depth = 0
    for match in re.finditer(rf"\\.|\n\s*\n|[\{opener}\{closer}]", text):
        if match[0] == opener:
            depth += 1
        elif match[0] == closer:
            depth = max(0, depth - 1)
        elif match[0].startswith("\n"):
            depth = 0
        if depth > MAX_BRACKETS:
            message = f"more than {MAX_BRACKETS} open `{opener}`"
            yield Offence(match.start(), 1, "too-nested", message)
            return


_MARKERS = re.compile(
    r"^(?P<indent>[ \t]*)(?P<markers>(?:(?:[-+*]|[0-9]{1,9}[.)]|>)[ \t]*)+)", re.M
)
# How a line begins that can match.
_FIRST = tuple(" \t-+*>0123456789")
_NEXT = re.compile(r"\n[ \t\-+*>0-9]")
_MARKER = re.compile(r"[-+*>]|[0-9]+[.)]")
_RULE = re.compile(r"[ \t]*(?:(?:-[ \t]*)+|(?:\*[ \t]*)+)$", re.M)  # a thematic break


def _deep_lists(text: str) -> Iterator[Offence]:
    for match in _MARKERS.finditer(text):
        indent = len(match["indent"].expandtabs(4))
        markers = len(_MARKER.findall(match["markers"]))
        rule = len(match[0]) < 80 and _RULE.match(text, match.start())
        if indent > MAX_INDENT or (markers > MAX_LISTS and not rule):
            yield Offence(match.start(), 1, "too-nested", f"lists more than {MAX_LISTS} deep")
            return


def _open_formula(text: str) -> Iterator[Offence]:
    for formula in formulas(text):
        if formula.tex is None:
            hint = f"close it with {formula.mark}; a dollar that is money is written \\$"
            message = f"the formula that {formula.mark} opens does not end in its paragraph"
            yield Offence(formula.offset, len(formula.mark), "open-formula", message, hint)
