"""The worker: takes jobs one at a time, runs each in a child, and tells what came of it."""

from __future__ import annotations

import gc
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paper_notes.snippets.sandbox import layers, namespaces, resources
from paper_notes.snippets.sandbox.rules import Rules
from paper_notes.snippets.worker import collection
from paper_notes.snippets.worker.child import Common
from paper_notes.snippets.worker.messages import facts, send
from paper_notes.snippets.worker.perform import settle
from paper_notes.snippets.worker.preload import look_into
from paper_notes.snippets.worker.tracing import Imports
from paper_notes.snippets.worker.watch import Watcher


def serve(
    settings: Mapping[str, Any],
    tried: frozenset[str],
    reason: str,
    jobs: int,
    results: int,
) -> int:
    """Serve until no more jobs come; the exit status.

    In: the layers to try, why there are no namespaces ("" where this is process 1 of some), the
    handles where jobs come from and results go: one JSON document a line.
    """
    own = reason == ""
    scratch, root = Path(settings["scratch"]), Path(settings["root"])
    furnished = namespaces.furnish(scratch, settings["limits"]["disk_bytes"]) if own else {}
    with os.fdopen(results, "wb") as output, os.fdopen(jobs, "rb") as lines:
        held = layers.probe(tried, reason, settings["around"], root, scratch)
        words = dict(held.words)
        if settings["sandbox"] == "strict" and held.missing:
            send(output, {"refused": f"cannot contain {', '.join(held.missing)}: {words}"})
            return 1
        look_into(root)
        try:
            prepared = collection.prepare(root / "tests" / "snippets")
        except collection.SettingsError as error:
            send(output, {"refused": str(error)})
            return 1
        gc.freeze()
        common = Common(root, Imports.until_now(), prepared, resources.address_space())
        room = Path(tempfile.mkdtemp(dir=scratch, prefix="room-"))
        rules = Rules(tried, layers.access(root, room))
        watcher = Watcher(common, room, rules, own, furnished.get("proc", False))
        settle(watcher.folder)
        layers.give_up(tried)  # by its children all at once
        send(output, {"ready": facts(), "sandbox": words, "complete": not held.missing})
        for line in lines:
            send(output, watcher.run(json.loads(line)))
    return 0
