"""One snippet's tests through pytest, its demo and its figure, in a child of the worker.

The worker has imported everything beforehand, so this starts at once. Nothing here trusts the
snippet to come back: what counts is the message with the nonce at the end of it.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.util
import os
import sys
import tempfile
import threading
import traceback
import types
from collections.abc import Mapping
from importlib.util import source_hash
from pathlib import Path
from typing import Any

from _pytest.assertion import rewrite as rewriting

from paper_notes.snippets.checks import HIT, REACHED
from paper_notes.snippets.rewritten import Rewritten, rewrite
from paper_notes.snippets.worker import collection
from paper_notes.snippets.worker.collection import Prepared
from paper_notes.snippets.worker.recorder import LONGEST, Recorder
from paper_notes.snippets.worker.show import Shown, show
from paper_notes.snippets.worker.tracing import Imports, OpenedFiles


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports one module from a text instead of its file: a mutant."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(
        self, fullname: str, _path: object, _target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._path))

    def get_source(self, _fullname: str) -> str:
        return self._source


def perform(root: Path, job: Mapping[str, Any], imports: Imports, prepared: Prepared) -> Any:
    """Run one job to its end.

    In: the repository, the job as the supervisor wrote it, what the worker had imported, and
    pytest as it was prepared there.
    Out: a dictionary ready for JSON: tests, demo, figure, errors, warnings, files, packages.
    """
    opened, recorder = OpenedFiles(), prepared.recorder
    opened.start()
    module = f"snippets.{job['id']}"
    if job["source"] is not None:
        replaced = _Replaced(module, root / job["path"], job["source"])
        sys.meta_path.insert(0, replaced)
    recorder.order, recorder.allowed = job["costs"], job["allowed"]
    ahead = Rewritten.unpack(job["code"]) if job["code"] else None
    _run_tests(prepared, root / job["tests"], ahead, job["stop_at_first"])
    errors = [*recorder.errors, *_unproved(root / job["tests"], recorder)]
    shown = Shown()
    if job["show"]:
        shown = show(module, job["id"], job["limits"]["output_bytes"])
        errors += [*shown.errors, *_lingering()]
    return {
        "tests": list(recorder.outcomes.values()),
        "errors": errors,
        "demo": shown.demo,
        "figure": shown.figure,
        "warnings": list(dict.fromkeys([*recorder.warnings, *shown.warnings])),
        "files": opened.inside(root, (Path(sys.prefix), Path(os.environ["TMPDIR"]))),
        "imported": imports.later(sys.modules),
        "reached": sorted(recorder.reached),
    }


def settle(folder: Path) -> None:
    """Make folder the process's home and temporary folder."""
    for name in ("HOME", "TMPDIR", "TEMP", "TMP"):
        os.environ[name] = str(folder)
    tempfile.tempdir = None


def broken(error: BaseException) -> dict[str, Any]:
    """The result where the run itself broke down."""
    text = "".join(traceback.format_exception(error))
    return {"tests": [], "errors": [f"{type(error).__name__}: {error}", text[-LONGEST:]]}


def _run_tests(
    prepared: Prepared, path: Path, ahead: Rewritten | None, stop_at_first: bool
) -> None:
    recorder = prepared.recorder
    setattr(builtins, HIT, recorder.counter.hit)
    setattr(builtins, REACHED, recorder.reached.add)
    if not path.is_file():
        recorder.errors.append(f"{path.name} is missing: nothing was proved")
        return
    if prepared.config.getini("enable_assertion_pass_hook"):
        ahead = None  # that hook is called by other code

    def counting(file: Path, config: Any) -> tuple[bytes, types.CodeType]:
        source = file.read_bytes()
        known = ahead and file == path and ahead.source == source_hash(source)
        made = ahead if ahead and known else rewrite(source, str(file), config)
        recorder.counter.sites[str(file)] = made.checks
        return made.source, made.code

    # pytest offers no hook between reading a test file and rewriting its asserts.
    rewriting._rewrite_test = counting  # type: ignore[assignment]
    rewriting.PYC_TAIL = "-never-written.pyc"  # what pytest has cached does not count
    try:
        collection.run(prepared, path, stop_at_first)
    except SystemExit as error:
        recorder.errors.append(f"sys.exit({error.code!r}) before the tests ran")
    except Exception as error:
        recorder.errors.append(f"cannot be collected: {type(error).__name__}: {error}"[:LONGEST])


def _unproved(path: Path, recorder: Recorder) -> list[str]:
    """What the run does not prove although nothing failed."""
    if not recorder.outcomes:
        return [] if recorder.errors else ["no test was found: nothing was proved"]
    if recorder.allowed:
        return []  # tests were left out, and their asserts with them
    outcomes = recorder.outcomes.values()
    found = [f"{o['name']}: {o.pop('unproved')}" for o in outcomes if "unproved" in o]
    if all(outcome["outcome"] == "skipped" for outcome in outcomes):
        found.append("every test was skipped: nothing was proved")
    lines = recorder.counter.never_ran(str(path), frozenset(recorder.skipped))
    if lines and all(outcome["outcome"] != "failed" for outcome in outcomes):
        found.append(f"asserts never ran at lines {', '.join(map(str, lines))}")
    return found


def _lingering() -> list[str]:
    names = [
        thread.name for thread in threading.enumerate() if thread is not threading.main_thread()
    ]
    return [f"left threads running: {', '.join(names)}"] if names else []
