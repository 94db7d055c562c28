"""When each file last changed, from git: never from the clock or from what a checkout wrote."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

_SECONDS = 60


def last_changes(root: Path) -> Mapping[str, datetime]:
    """The time of the last commit on each file below root, by its path there.

    Empty where git has nothing to say: no repository, no git, or a shallow clone, in which every
    file seems to be as new as its newest commit.
    """
    if _git(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    log = _git(root, "log", "--format=%x00%ct", "--name-only", "--relative", "--", ".")
    changes: dict[str, datetime] = {}
    when = datetime.fromtimestamp(0, UTC)
    for line in log.splitlines():
        if line.startswith("\0"):  # a commit; the files that it changed follow
            when = datetime.fromtimestamp(int(line[1:]), UTC)
        elif line:
            changes.setdefault(line, when)  # the log begins with the newest
    return changes


def newest_commit(root: Path) -> datetime | None:
    """When the commit that is checked out was made; a shallow clone knows it, too."""
    seconds = _git(root, "log", "-1", "--format=%ct").strip()
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def state_of_history(root: Path) -> tuple[str, ...]:
    """Words that change whenever `last_changes` may."""
    return (
        _git(root, "rev-parse", "HEAD").strip(),
        _git(root, "rev-parse", "--is-shallow-repository", "--show-prefix").strip(),
    )


def newest(changes: Mapping[str, datetime], paths: Iterable[str]) -> datetime | None:
    """The latest change of these files; None where none of them has one."""
    return max((changes[path] for path in paths if path in changes), default=None)


def _git(root: Path, *arguments: str) -> str:
    # With a user's own setting, what gpg says would stand among the paths.
    settings = ("-c", "core.quotePath=off", "-c", "log.showSignature=false")
    command = ("git", *settings, *arguments)
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")
