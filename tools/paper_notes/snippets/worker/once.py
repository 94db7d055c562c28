"""One job in a process of its own, where there is no fork: slower, and without a sandbox.

    python -P -m paper_notes.snippets.worker.once SETTINGS

The job comes on standard input and the result goes to standard output, as JSON.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paper_notes.snippets.fresh import CANNOT_BEGIN
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.worker import collection, judge
from paper_notes.snippets.worker.messages import facts, send
from paper_notes.snippets.worker.perform import broken, perform, settle
from paper_notes.snippets.worker.preload import look_into, preload
from paper_notes.snippets.worker.tracing import Imports

WORDS = {"isolation": "a new process for each snippet, without a sandbox: there is no fork here"}


def main(settings: Mapping[str, Any]) -> None:
    """Run the job that standard input has."""
    job = json.loads(sys.stdin.buffer.read())
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a snippet prints is no result
    root, scratch = Path(settings["root"]), Path(settings["scratch"])
    try:
        preload(settings["preload"], scratch, Path(settings["cache"]))
        look_into(root)
        prepared = collection.prepare(root / "tests" / "snippets")
    except (ImportError, collection.SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(CANNOT_BEGIN)
    settle(scratch)
    before, imports = facts(), Imports.until_now()
    start, nonce = time.perf_counter(), secrets.token_hex(16)
    try:
        result = perform(root, job, imports, prepared)
    except BaseException as error:
        result = broken(error)
    said = judge.last_word(result, nonce)
    verdict = judge.judge(judge.Seen(), said, nonce, Limits(**job["limits"]))
    seconds = round(time.perf_counter() - start, 4)
    made = {**before, "sandbox": WORDS, "complete": False, "seconds": seconds}
    send(output, {**verdict, **made, "id": job["id"]})
    output.flush()
    os._exit(0)  # what the snippet left behind gets no turn


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
