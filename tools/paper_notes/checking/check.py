"""What `paper-notes check` does: load everything, keep what was asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paper_notes.checking.verdict import Verdict, judge
from paper_notes.library import paths_of
from paper_notes.notes.read import FOLDER
from paper_notes.problems import Place, Problem


@dataclass(frozen=True)
class Checked:
    """What was found, and in how much."""

    problems: list[Problem]
    notes: int
    snippets: int
    claims: int

    def summary(self, seconds: float) -> str:
        """One line: `12 notes, 12 snippets, 61 claims: no problems (0.21 s)`."""
        parts = [_count(self.notes, "note"), _count(self.snippets, "snippet")]
        parts.append(_count(self.claims, "claim"))
        errors = sum(problem.severity == "error" for problem in self.problems)
        warnings = len(self.problems) - errors
        found = [_count(errors, "error")] if errors else []
        found += [_count(warnings, "warning")] if warnings else []
        return f"{', '.join(parts)}: {', '.join(found) or 'no problems'} ({seconds:.2f} s)"


def check(root: Path, paths: Iterable[Path]) -> Checked:
    """Check the base at root. Problems elsewhere than in `paths` are left out; none means all.

    A note's path stands for its snippet and tests as well; a folder for all that is in it.
    """
    verdict = judge(root)
    wanted = list(paths)
    if not wanted:
        return _checked(verdict, list(verdict.problems), list(verdict.claims))
    inside = {place for path in wanted for place in _covered(root, path)}
    chosen = [
        problem
        for problem in verdict.problems
        if _is_in(problem.place.path, inside) or problem.code == "no-papers"
    ]
    chosen += [problem for path in wanted for problem in _refused(root, path)]
    ids = [id for id in verdict.claims if _is_in(paths_of(id)[0], inside)]
    return _checked(verdict, chosen, ids)


def _checked(verdict: Verdict, problems: list[Problem], ids: list[str]) -> Checked:
    claims = sum(verdict.claims[id] for id in ids)
    snippets = sum(id in verdict.snippets for id in ids)
    return Checked(problems, len(ids), snippets, claims)


def _covered(root: Path, path: Path) -> list[PurePosixPath]:
    """The repository-relative files or folders that a path on the command line stands for."""
    relative = _inside(root, path)
    if relative is None:
        return []
    is_note = relative.parent == PurePosixPath(FOLDER) and relative.suffix == ".yaml"
    return list(paths_of(relative.stem)) if is_note else [relative]


def _inside(root: Path, path: Path) -> PurePosixPath | None:
    """The path as seen from the root, or None where it leads elsewhere."""
    for here, there in ((path.absolute(), root.absolute()), (path.resolve(), root.resolve())):
        if here.is_relative_to(there):
            return PurePosixPath(here.relative_to(there))
    return None


def _refused(root: Path, path: Path) -> list[Problem]:
    place = Place(PurePosixPath(path))
    if not path.exists() and not path.is_symlink():
        return [Problem(place, "no-such-path", "there is no such file or folder")]
    if _inside(root, path) is None:
        return [Problem(place, "no-such-path", "this is not in the knowledge base's folder")]
    return []


def _is_in(path: PurePosixPath, places: Collection[PurePosixPath]) -> bool:
    return path in places or any(folder in places for folder in path.parents)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
