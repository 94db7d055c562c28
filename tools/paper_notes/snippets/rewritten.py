"""A test file made into code as pytest does it, with its checks counted.

In a small snippet's own process it takes a sixth of the time, in the supervisor, where all that it
needs is warm, a third of that; and while torch is being imported there is nothing else to do.
"""

from __future__ import annotations

import ast
import base64
import marshal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import source_hash
from pathlib import Path
from types import CodeType
from typing import Any

from _pytest.assertion.rewrite import rewrite_asserts

from paper_notes.snippets.checks import count_checks
from paper_notes.snippets.jobs import Job

_LONGEST = 64 * 1024  # bytes: what a longer file costs is for the limits of its own process


@dataclass(frozen=True)
class Rewritten:
    """The code of a test file."""

    source: bytes  # hash of the text that it was made of
    code: CodeType
    checks: Mapping[int, str]  # by line: the function that a check is in

    def pack(self) -> str:
        """As a text, for a process of the same Python."""
        data = marshal.dumps((self.source, self.code, dict(self.checks)))
        return base64.b64encode(data).decode()

    @classmethod
    def unpack(cls, packed: str) -> Rewritten:
        """What `pack` made a text of, in a process that can be trusted."""
        return cls(*marshal.loads(base64.b64decode(packed)))


def rewrite(source: bytes, path: str, config: Any = None) -> Rewritten:
    """The code of the test file at path, which holds source.

    In: pytest's configuration; None for one that wants nothing unusual of asserts.
    Raises SyntaxError, ValueError, RecursionError or MemoryError where it cannot be compiled.
    """
    tree = ast.parse(source, filename=path)
    checks = count_checks(tree, path)
    rewrite_asserts(tree, source, path, config)
    code = compile(tree, path, "exec", dont_inherit=True, optimize=0)  # with asserts, always
    return Rewritten(source_hash(source), code, checks)


def with_code(job: Job, root: Path) -> Job:
    """The job with its tests' code; as it is where that is not needed or cannot be made."""
    path = root / job.tests
    if job.stop_at_first:
        return job  # asserts are left as they are written
    try:
        source = path.read_bytes()
        if len(source) > _LONGEST:
            return job
        return replace(job, code=rewrite(source, str(path)).pack())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return job  # whose own process says what is wrong
