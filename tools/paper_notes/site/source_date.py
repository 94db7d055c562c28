"""The moment that a build is of: that of its sources, never the clock's.

https://reproducible-builds.org/specs/source-date-epoch/
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from paper_notes.site.history import newest_commit

VARIABLE = "SOURCE_DATE_EPOCH"
_NEVER = datetime.fromtimestamp(0, UTC)
_SECONDS = re.compile(r"[0-9]{1,12}")
_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class BadSourceDateError(ValueError):
    """SOURCE_DATE_EPOCH holds something else than a number of seconds."""


def source_date(root: Path) -> datetime:
    """What SOURCE_DATE_EPOCH says; else the newest commit's time; else the first second of 1970.

    Raises BadSourceDateError.
    """
    said = os.environ.get(VARIABLE)
    if said is None:
        return newest_commit(root) or _NEVER
    if not _SECONDS.fullmatch(said) or int(said) > _LAST:
        raise BadSourceDateError(f"{VARIABLE} is {said[:40]!r}, not a number of seconds since 1970")
    return datetime.fromtimestamp(int(said), UTC)
