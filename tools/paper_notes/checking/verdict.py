"""What checking a base came to, remembered for as long as none of its files changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from paper_notes.checking.formulas import check_formulas, reader
from paper_notes.library import Loaded, load
from paper_notes.notes.document import MAX_BYTES
from paper_notes.notes.read import FOLDER, NOT_PAPERS
from paper_notes.problems import Problem, has_errors
from paper_notes.reading.readings import FOLDER as READINGS
from paper_notes.reading.readings import digests, is_worth_keeping, stamps_of
from paper_notes.reading.sources import Sources, find_sources
from paper_notes.reading.units import units
from paper_notes.reading.values import decoder, encode
from paper_notes.reading.version import version
from paper_notes.storage.files import digest, read_bytes
from paper_notes.storage.sealed import read_sealed, write_sealed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every problem of a base, and how much was found in it."""

    problems: tuple[Problem, ...]
    claims: Mapping[str, int]  # how many each note has, by id; notes that cannot be read have none
    snippets: frozenset[str]  # the ids of those that could be read


_KEPT = decoder(tuple[str, Verdict])


def judge(root: Path) -> Verdict:
    """The verdict on the base at root. Never raises for bad input."""
    sources = find_sources(root)
    read = list(units(sources))
    if not is_worth_keeping(read) or not all(unit.ordinary for unit in read):
        return _verdict(load(root, sources, stamps_of(root)))
    stamps, path = stamps_of(root), root / READINGS / "verdict"
    kept = _kept(path)
    others = _others(root)
    if kept and others is not None:
        now = digests(root, read, stamps)
        if now is not None and kept[0] == _fingerprint(sources, now, others):
            stamps.save()
            return kept[1]
    loaded = load(root, sources, stamps)
    verdict = _verdict(loaded)
    then = loaded.digests
    if others is not None and others == _others(root) and len(then) == len(read):
        _keep(path, _fingerprint(sources, then, others), verdict)
    return verdict


def _verdict(loaded: Loaded) -> Verdict:
    library, problems = loaded.library, loaded.problems
    problems = [*problems, *check_formulas(library, remember=not has_errors(problems))]
    return Verdict(tuple(problems), loaded.claims, frozenset(library.snippets))


def _kept(path: Path) -> tuple[str, Verdict] | None:
    content = read_sealed(path, version())
    try:
        return None if content is None else _KEPT.decode(content)
    except ValueError:
        return None


def _keep(path: Path, fingerprint: str, verdict: Verdict) -> None:
    try:
        write_sealed(path, encode((fingerprint, verdict)), version())
    except ValueError:  # a file's name that is no text
        return


def _fingerprint(sources: Sources, digests: Mapping[str, str], others: bytes) -> str:
    """A name for everything that a verdict depends on."""
    names = [*sources.papers, *sources.snippets, *sources.tests]
    listing = "\0".join(map(str, names)).encode("utf-8", "surrogateescape")
    return digest(listing, msgspec.json.encode(sorted(digests.items())), others, reader().encode())


def _others(root: Path) -> bytes | None:
    """What the files of papers/ hold that are no notes; None where one cannot be read."""
    contents: list[bytes] = []
    for name in sorted(NOT_PAPERS):
        path = PurePosixPath(FOLDER, f"{name}.yaml")
        if (root / path).exists() or (root / path).is_symlink():
            data, _ = read_bytes(root, path, MAX_BYTES)
            if data is None:
                return None
            contents.append(name.encode() + b"\0" + data)
    return digest(*contents).encode()
