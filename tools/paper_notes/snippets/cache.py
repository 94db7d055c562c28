"""Whether a result still says something about what is there now.

A result's key is a hash of all it depended on: the files that the run opened, the versions of
Python and of the packages that it imported, the kind of machine, the limits, and the runner
itself. Looking up takes neither torch nor the snippet's imports: the report names them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from paper_notes.snippets import circumstances, packages
from paper_notes.snippets.figures import file_of, name_of
from paper_notes.snippets.report import SnippetResult
from paper_notes.snippets.standing import ABSENT
from paper_notes.storage.stamp import Stamp
from paper_notes.storage.stamps import Stamps

# pytest would read these if they appeared, so their absence is part of what a run depended on.
_CONFIGURATION = ("pyproject.toml", "tests/snippets/conftest.py")
_ABSENT = "absent"
STAMPS = Path("build/cache/stamps.json")


@dataclass(frozen=True)
class Keys:
    """Computes keys for one repository as it is now; each file is read once."""

    root: Path
    installed: Mapping[str, str] = field(default_factory=packages.installed)
    _digests: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _versions: dict[tuple[str, ...], list[str]] = field(
        default_factory=dict, init=False, repr=False
    )
    _stamps: Stamps = field(init=False, repr=False)
    _base: bytes = field(default_factory=circumstances.digest, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_stamps", Stamps(self.root / STAMPS))

    def key(self, files: Iterable[str], packages: Iterable[str], limits: str) -> str:
        """The key of a run that opened files and imported packages under limits."""
        known = self._digests
        words = [limits, *self._versions_of(tuple(packages))]
        words += [f"{name}\0{known.get(name) or self._digest(name)}" for name in files]
        hashed = hashlib.blake2b(self._base, digest_size=16)
        hashed.update("\0".join(words).encode())
        return hashed.hexdigest()

    def distributions(self, names: Iterable[str]) -> tuple[str, ...]:
        """The distributions that bring what is imported by these names, sorted.

        Without this one, of which the runner itself is part of every key.
        """
        found = {one for name in set(names) for one in self._providers.get(name, ())}
        return tuple(sorted(found - {"paper_notes"}))

    def holds(self, result: SnippetResult) -> bool:
        """Whether a run now would give this again. False for what failed, or lost its figure."""
        return result.status == "passed" and self.matches(result) and self._has_figure(result)

    def matches(self, result: SnippetResult) -> bool:
        """Whether the result, pass or not, is of the very things that are there now."""
        if not result.files:
            return False
        return self.key(result.files, result.packages, result.limits) == result.key

    def look_at(self, files: Iterable[str]) -> None:
        """Read these files now: a key is made of what they hold when they are first looked at."""
        for name in files:
            self._digest(name)

    def stamps(self, results: Collection[SnippetResult]) -> dict[str, Stamp | None]:
        """The files that these results depend on, with the stamps by which they are known."""
        files = {name for result in results for name in result.files}
        figures = {file_of(result.figure) for result in results if result.figure is not None}
        absent = {name for name in files if self._digest(name) == _ABSENT}
        there = sorted((files | figures) - absent)
        stamps = {name: self._stamps.stamp(f"{self.root}/{name}") for name in there}
        return {**dict.fromkeys(absent, ABSENT), **stamps}

    def changed(self, files: Iterable[str]) -> list[str]:
        """Those files that are no longer as they were when they were first looked at."""
        return [name for name in files if self._digest(name) != self._digest_now(name)]

    def forget(self, files: Iterable[str]) -> None:
        """Do not keep what was read of these files, which are gone."""
        for name in files:
            self._stamps.forget(f"{self.root}/{name}")

    def remember(self) -> None:
        """Keep what was read of files, for the next time."""
        self._stamps.save()

    @cached_property
    def _providers(self) -> Mapping[str, tuple[str, ...]]:
        return packages.providers()

    def _versions_of(self, packages: tuple[str, ...]) -> list[str]:
        if packages not in self._versions:  # most snippets import the same ones
            self._versions[packages] = [f"{name}={self.installed.get(name)}" for name in packages]
        return self._versions[packages]

    def _has_figure(self, result: SnippetResult) -> bool:
        if result.figure is None:
            return True
        try:
            path = f"{self.root}/{file_of(result.figure)}"
            return self._stamps.digest(path, _figure_name) == result.figure
        except OSError:
            return False

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = self._digest_now(name)
        return self._digests[name]

    def _digest_now(self, name: str) -> str:
        try:
            return self._stamps.digest(f"{self.root}/{name}", _digest)
        except OSError:
            return _ABSENT


def dependencies(snippet: str, tests: str, opened: Iterable[str]) -> tuple[str, ...]:
    """The files that a run depended on: opened ones, its own, and pytest's configuration."""
    return tuple(sorted({*opened, snippet, tests, *_CONFIGURATION}))


def _digest(path: str) -> str:
    content = Path(path).read_bytes()
    if path.endswith("/pyproject.toml"):
        content = _pytest_settings(content)
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _figure_name(path: str) -> str:
    return name_of(Path(path).read_bytes())


def _pytest_settings(content: bytes) -> bytes:
    """Of pyproject.toml only what pytest reads: a change to the linter's settings is none here."""
    import tomllib  # not needed, and so not loaded, where the file has not changed

    try:
        document = tomllib.loads(content.decode())
        return repr(document.get("tool", {}).get("pytest")).encode()
    except ValueError:
        return content
