"""KaTeX's style sheet and fonts cut down to what the formulas of this base show."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping, MutableMapping
from hashlib import blake2b

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from paper_notes.pages.math import Shown
from paper_notes.site.styles import trim

# Every browser that knows light-dark() reads woff2; the other two formats are not even vendored.
_OLD_FORMATS = re.compile(r',url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)')
_FONT = re.compile(r"url\((fonts/[\w-]+\.woff2)\)")


def fit(
    css: str, fonts: Mapping[str, bytes], shown: Shown, cache: MutableMapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    """KaTeX's files for these formulas: the style sheet, and the fonts that it still names.

    `fonts` holds each font under the name that the style sheet gives it; `cache` remembers the
    work (as base64).
    """
    small = trim(_OLD_FORMATS.sub("", css), shown.names)
    yield "katex.min.css", small.encode()
    for name in sorted(set(_FONT.findall(small))):
        yield name, subset(fonts[name], shown.characters, cache)


def subset(font: bytes, characters: frozenset[str], cache: MutableMapping[str, str]) -> bytes:
    """The woff2 font with these characters alone."""
    key = blake2b(font + "".join(sorted(characters)).encode(), digest_size=16).hexdigest()
    known = cache.get(key)
    if known is None:
        known = cache[key] = base64.b64encode(_subset(font, characters)).decode()
    return base64.b64decode(known)


def _subset(data: bytes, characters: frozenset[str]) -> bytes:
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    subsetter = Subsetter(Options(hinting=False, notdef_outline=True))
    subsetter.populate(text="".join(characters))
    subsetter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
