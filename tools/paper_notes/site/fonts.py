"""KaTeX's fonts cut down to the characters that the formulas of this base show."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import MutableMapping
from hashlib import blake2b

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

# Every browser that knows light-dark() reads woff2; the other two formats are not even vendored.
_OLD_FORMATS = re.compile(r',url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)')


def subset(font: bytes, characters: frozenset[str], cache: MutableMapping[str, str]) -> bytes:
    """The woff2 font with these characters alone, remembered in `cache` (as base64)."""
    key = blake2b(font + "".join(sorted(characters)).encode(), digest_size=16).hexdigest()
    if key not in cache:
        cache[key] = base64.b64encode(_subset(font, characters)).decode()
    return base64.b64decode(cache[key])


def woff2_only(css: str) -> str:
    """KaTeX's style sheet without the font files that the site does not carry."""
    return _OLD_FORMATS.sub("", css)


def _subset(data: bytes, characters: frozenset[str]) -> bytes:
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    options = Options(hinting=False, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
