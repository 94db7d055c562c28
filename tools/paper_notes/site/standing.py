"""Whether the site that stands is the one that a build would make: then there is nothing to do.

A fingerprint stands for everything that a build depends on: sources, results, history, settings,
packages and the tool itself. It is kept with what the build said and what the site was then.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import paper_notes
from paper_notes.problems import Problem
from paper_notes.reading.values import decoder, encode
from paper_notes.site.history import state_of_history
from paper_notes.site.manifest import listing
from paper_notes.site.runs import REPORT
from paper_notes.snippets.figures import FIGURES
from paper_notes.snippets.packages import installed
from paper_notes.storage.sealed import read_sealed, write_sealed
from paper_notes.storage.stamp import Stamp, stamp_of
from paper_notes.storage.stamps import Stamps

_FOLDERS = ("papers", "snippets", "tests/snippets", "docs")
_FILES = ("mkdocs.yml", "pyproject.toml", str(REPORT))
_STAMPS = "build/cache/sources.json"
_STATE = "build/cache/standing"
_FORM = b"standing 1"  # another one where it is written in another way
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9_]+\b")
_CUSTOM = re.compile(r"^\s*custom_dir:\s*[\"']?([^\"'#\n]+)", re.MULTILINE)


@dataclass(frozen=True)
class Standing:
    """A site as the build that made it left it."""

    fingerprint: str
    others: Mapping[str, str]  # digests of files elsewhere that runs of snippets read
    site: str  # its folder
    listing: str
    pages: int
    problems: Sequence[Problem]

    def is_of(self, root: Path, mark: str) -> bool:
        """Whether a build of the base at root, whose fingerprint this is, would make it again."""
        return (
            self.fingerprint == mark
            and self.others == digests(root, self.others)
            and self.listing == _listing(self.site)
        )


_STANDING = decoder(Standing)


def fingerprint(root: Path, *words: str) -> str:
    """A digest of all that a build of the base at root depends on, these words among it."""
    stamps = Stamps(root / _STAMPS)
    hashed = blake2b(digest_size=16)
    for line in _lines(root, stamps, words):
        hashed.update(f"{line}\n".encode("utf-8", "surrogateescape"))
    stamps.save()
    return hashed.hexdigest()


def digests(root: Path, files: Iterable[str]) -> dict[str, str]:
    """The digests of those of these files that no fingerprint holds, by their paths below root."""
    folders = tuple(f"{name}/" for name in _FOLDERS)
    return {
        name: _digest_or_none(f"{root}/{name}")
        for name in sorted(files)
        if name not in _FILES and not name.startswith(folders)
    }


def read_standing(root: Path) -> Standing | None:
    """What is known of the site that stands; None where nothing is."""
    content = read_sealed(root / _STATE, _FORM)
    try:
        found: Standing | None = None if content is None else _STANDING.decode(content)
    except ValueError:
        return None
    return found


def write_standing(root: Path, standing: Standing) -> None:
    """Keep it. Where that is not possible, the next build does more than it must."""
    with suppress(ValueError):  # a file's name that is no text
        write_sealed(root / _STATE, encode(standing), _FORM)


def _lines(root: Path, stamps: Stamps, words: Sequence[str]) -> Iterator[str]:
    yield from words
    yield sys.version
    yield from sorted(f"{name} {version}" for name, version in installed().items())
    settings = _text(root / "mkdocs.yml")
    for name in sorted({"SOURCE_DATE_EPOCH", *_VARIABLE.findall(settings)} & set(os.environ)):
        yield f"{name}={os.environ[name]}"
    yield from state_of_history(root)
    custom = [root / match for match in _CUSTOM.findall(settings)]
    folders = [root / name for name in _FOLDERS]
    for folder in [*folders, *custom, Path(paper_notes.__file__).parent]:
        for path in sorted(_below(str(folder))):
            yield f"{path} {_digest(stamps, path)}"
    for name in _FILES:
        yield f"{name} {_digest(stamps, f'{root}/{name}')}"
    for path in sorted(_below(f"{root}/{FIGURES}")):  # of these the name is a digest already
        yield f"{path} {_stamp_or_none(path)}"


def _below(folder: str) -> Iterator[str]:
    """Every file in a folder, but what Python left there."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                yield from _below(entry.path)
        else:
            yield entry.path


def _digest(stamps: Stamps, path: str) -> str:
    try:
        return stamps.digest(path, _content)
    except OSError:
        return ""


def _stamp_or_none(path: str) -> Stamp | None:
    try:
        return stamp_of(path)
    except OSError:
        return None


def _digest_or_none(path: str) -> str:
    try:
        return _content(path)
    except OSError:
        return ""


def _content(path: str) -> str:
    return blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()


def _listing(site: str) -> str:
    try:
        return listing(Path(site))
    except OSError:
        return ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
