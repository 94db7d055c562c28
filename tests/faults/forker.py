"""A process that has imported all that the commands need, and forks one for each command.

A hundred kills are affordable only so: what a command itself does takes a tenth of the imports.
Requests and answers are JSON, one a line: {"arguments", "fault", "at", "lines", "forked", "below",
"output", "temporary"} → {"status", "moments"}; the status is negative where a signal ended the
command.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import traceback
from typing import Any, NoReturn

from paper_notes.cli import main
from tests.faults.moments import Counter, arm

_MODULES = (
    "paper_notes.export.command", "paper_notes.intake.import_command",
    "paper_notes.intake.new_command", "paper_notes.notes.format_command",
    "paper_notes.storage.recovery", "paper_notes.site.publish", "paper_notes.site.pack",
    "paper_notes.snippets.command", "paper_notes.snippets.workers",
    "paper_notes.snippets.mutate.command", "mkdocs.plugins", "mkdocs.themes", "pymdownx.highlight",
    "material", "ruamel.yaml", "quickjs", "fontTools.subset", "brotli",
)  # fmt: skip

# A base of a few papers is to go the ways that one of thousands goes: many processes, all caches.
_SMALL = (
    ("paper_notes.site.assemble", "_SHARE", 1),
    ("paper_notes.reading.readings", "LEAST", 1),
    ("paper_notes.checking.formulas", "FEWEST", 0),
)


def serve() -> None:
    """Answer requests until there are no more."""
    sys.dont_write_bytecode = True
    for name in _MODULES:
        importlib.import_module(name)
    for name, place, value in _SMALL:
        setattr(importlib.import_module(name), place, value)
    gc.freeze()
    counter = Counter()
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _end(_run(request, counter))
        _, status = os.waitpid(pid, 0)
        answer = {"status": os.waitstatus_to_exitcode(status), "moments": counter.value}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _run(request: dict[str, Any], counter: Counter) -> int:
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for handle, ours in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(handle, ours)
    tempfile.tempdir = os.environ["TMPDIR"] = request["temporary"]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    moments = (request[name] for name in ("fault", "at", "lines", "forked", "below"))
    arm(*moments, counter)
    try:
        return main(request["arguments"])
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.settrace(None)


def _end(status: int) -> NoReturn:
    """As `sys.exit`, without taking apart all that was imported, which takes longer."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    serve()
