"""Papers named under "next read": a title, where it is, and perhaps why."""

from __future__ import annotations

import re

from paper_notes.intake.draft import DraftRead
from paper_notes.intake.metadata import one_line
from paper_notes.intake.ochiai.lines import without_bullet
from paper_notes.intake.source import parse_source
from paper_notes.notes.fields import language_of

_LINK = re.compile(r"!?\[([^\[\]]*)\]\(\s*<?([^()\s<>]+)>?(?:\s[^()]*)?\)")
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\u3000-\u30ff]+")
_BARE = re.compile(r"(?:arXiv|doi)\s*:\s*[^\s,)\]]+", re.IGNORECASE)
_QUOTED = re.compile('["\u201c\u300c\u300e](.{4,300}?)["\u201d\u300d\u300f]')
_AROUND = " \t*_`()[]\uff08\uff09<>,.、。:\uff1a-\u2013\u2014→"


def read_next_read(text: str) -> DraftRead | None:
    """The paper that a line names, or None where it names none."""
    text = without_bullet(text).strip()
    link = _LINK.search(text)
    if link:
        title, address = link[1], link[2]
        rest = text[: link.start()] + " " + text[link.end() :]
        if not title.strip() or title.strip() == address or len(title) < 4:
            title, rest = rest, ""  # "Title [pdf](…)": the words around are the title
    else:
        found = _ADDRESS.search(text) or _BARE.search(text)
        address = found[0] if found else ""
        title, rest = (text.replace(address, " ") if address else text), ""
    quoted = _QUOTED.search(title)
    if quoted:
        title, rest = quoted[1], f"{title[: quoted.start()]} {title[quoted.end() :]} {rest}"
    elif not rest.strip(_AROUND):
        title, rest = _cut(title)
    title, why = one_line(title).strip(_AROUND), one_line(rest).strip(_AROUND)
    if not title:
        return None
    reasons = {language_of(why): why} if why else {}
    return DraftRead(title=title, why=reasons, **_where(address.rstrip(".,、。")))


def _cut(text: str) -> tuple[str, str]:
    """Title and reason, where a sign between blanks parts them: `Title - because …`."""
    parts = re.split(r"\s(?:[-\u2013\u2014]{1,2}|→)\s", text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else (text, "")


def _where(address: str) -> dict[str, str]:
    source = parse_source(address.replace(" ", ""))
    if source:
        return {source.catalogue: source.id}
    return {"url": address} if address.startswith(("http://", "https://")) else {}
