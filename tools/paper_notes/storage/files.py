"""Reading somebody's text file without trusting it.

Every source (note, topics, snippet, test) comes in through `read_text`: no link is followed,
nothing large is loaded, and the text that leaves holds no character that hides or reorders others.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from paper_notes.problems import Place, Problem

MOST_OF_A_KIND = 10  # a file full of NULs needs ten messages, not a million

# A link or a pipe that takes the file's place after we looked is not followed, nor waited for.
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

# Line breaks other than \n and \r\n would make editors and parsers count lines differently.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]|\r(?!\n)"
)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FORBIDDEN = re.compile(f"{_BIDI.pattern}|{_CONTROL.pattern}")


def read_text(root: Path, path: PurePosixPath, limit: int) -> tuple[str | None, list[Problem]]:
    """The text of root/path, and what is wrong with it as a file.

    The text is None where it cannot be used at all; problems of single characters leave it.
    Never raises for bad input. `limit` is in bytes.
    """
    data, problems = read_bytes(root, path, limit)
    return (None, problems) if data is None else decode(data, path)


def read_bytes(root: Path, path: PurePosixPath, limit: int) -> tuple[bytes | None, list[Problem]]:
    """What the regular file root/path holds, or why it must not or cannot be read."""
    refused = _refusal(root, path, limit)
    if refused:
        return None, [refused]
    try:
        data = _content(root / path, limit)
    except OSError as error:
        return None, [Problem(Place(path), "unreadable", error.strerror or str(error))]
    if len(data) > limit:  # it grew since we looked
        return None, [_too_large(path, len(data), limit)]
    return data, []


def digest(*contents: bytes) -> str:
    """A name for what files hold: equal for equal contents, and for no others."""
    hashed = hashlib.blake2b(digest_size=16)
    for content in contents:
        hashed.update(len(content).to_bytes(8, "big") + content)
    return hashed.hexdigest()


def _content(file: Path, limit: int) -> bytes:
    """The first bytes of a regular file, as it is at one moment: up to one more than the limit.

    Raises OSError where it cannot be read, or changes meanwhile.
    """
    with os.fdopen(os.open(file, _READ), "rb") as stream:
        before = os.fstat(stream.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "it was replaced by something that is no file")
        data = stream.read(limit + 1)
        after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OSError(errno.EAGAIN, "it changed while it was read: try again")
    return data


def decode(data: bytes, path: PurePosixPath) -> tuple[str | None, list[Problem]]:
    """The text of these bytes, UTF-8 and nothing else, and the characters it must not hold."""
    if data.startswith(b"\xef\xbb\xbf"):
        return None, [
            Problem(
                Place(path),
                "byte-order-mark",
                "the file begins with a byte-order mark",
                "save it as UTF-8 without BOM",
            )
        ]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(data, error.start, path)]
    problems = [*check_characters(text, path), *_check_normal_form(text, path)]
    return (None if problems and _CONTROL.search(text) else text), problems


def check_characters(text: str, path: PurePosixPath) -> Iterator[Problem]:
    """Control characters and bidirectional overrides, each with its place."""
    # No forbidden character is printable, and to know that all are is five times as fast.
    if text.replace("\n", "").isprintable() or not _FORBIDDEN.search(text):
        return
    for match in islice(_CONTROL.finditer(text), MOST_OF_A_KIND):
        yield Problem(
            place_of(text, match.start(), path),
            "control-character",
            f"the control character {_code_point(match[0][0])}",
            "delete it",
        )
    for match in islice(_BIDI.finditer(text), MOST_OF_A_KIND):
        yield Problem(
            place_of(text, match.start(), path),
            "bidi-override",
            f"{_code_point(match[0])} changes the direction of the text around it",
            "delete it: what is shown must be what is written",
        )


def forbidden_character(text: str) -> str | None:
    """The first character that no text may hold, as U+XXXX, or None."""
    match = _FORBIDDEN.search(text)
    return _code_point(match[0][0]) if match else None


def place_of(text: str, offset: int, path: PurePosixPath) -> Place:
    """The line and column of an offset in a text."""
    start = text.rfind("\n", 0, offset) + 1
    return Place(path, text.count("\n", 0, offset) + 1, offset - start + 1)


def _refusal(root: Path, path: PurePosixPath, limit: int) -> Problem | None:
    """Why this path must not be opened at all, looking at every folder on the way."""
    try:
        status = os.stat(root)  # noqa: PTH116 (thousands of times, like what follows)
        for number in range(1, len(path.parts) + 1):
            part = "/".join(path.parts[:number])
            status = os.lstat(f"{root}/{part}")
            if stat.S_ISLNK(status.st_mode):
                return _linked(path, part)
    except (OSError, ValueError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error)
        return Problem(Place(path), "missing-file", reason)
    if not stat.S_ISREG(status.st_mode):
        return Problem(Place(path), "not-a-file", "this is not a regular file")
    if status.st_size > limit:
        return _too_large(path, status.st_size, limit)
    return None


def _linked(path: PurePosixPath, part: str) -> Problem:
    what = "the file" if part == str(path) else f"the folder {part}"
    return Problem(
        Place(path),
        "symbolic-link",
        f"{what} is a symbolic link",
        "put a regular file in its place: links could lead out of the repository",
    )


def _too_large(path: PurePosixPath, size: int, limit: int) -> Problem:
    return Problem(
        Place(path),
        "too-large",
        f"the file has {size:,} bytes; at most {limit:,} are read",
        "shorten it",
    )


def _not_utf8(data: bytes, offset: int, path: PurePosixPath) -> Problem:
    before = data[:offset].decode("utf-8")
    return Problem(
        place_of(before, len(before), path),
        "not-utf8",
        f"byte {offset} (0x{data[offset]:02x}) is not UTF-8",
        _encoding_hint(data),
    )


def _encoding_hint(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it looks like UTF-16: save it as UTF-8"
    try:
        data.decode("cp932")
    except UnicodeDecodeError:
        return "save it as UTF-8"
    return "it reads as Shift_JIS: convert it with `iconv -f SHIFT_JIS -t UTF-8`"


def _check_normal_form(text: str, path: PurePosixPath) -> Iterator[Problem]:
    if unicodedata.is_normalized("NFC", text):
        return
    lines = enumerate(text.split("\n"), 1)
    decomposed = (item for item in lines if not unicodedata.is_normalized("NFC", item[1]))
    for number, line in islice(decomposed, MOST_OF_A_KIND):
        normal = unicodedata.normalize("NFC", line)
        pairs = zip(line, normal, strict=False)
        column = next((i for i, (a, b) in enumerate(pairs) if a != b), len(normal))
        yield Problem(
            Place(path, number, column + 1),
            "not-nfc",
            f"{line[column : column + 2]!a} is not in normal form NFC",
            "normalise the file to NFC: search and comparison need one form of each character",
        )


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
