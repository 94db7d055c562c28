"""The worker: imports torch once, then forks a child for each snippet and watches over it.

    python -m paper_notes.snippets.worker SETTINGS

Jobs come on standard input and results go to standard output, one JSON document a line. Two
processes stand behind it: the keeper, which enters the namespaces and cleans up when told to
stop, and below it the worker proper, process 1 of its table.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from paper_notes.snippets import svg
from paper_notes.snippets.sandbox import layers, linux, namespaces

# torch._dynamo: the first optimiser would import it for 1.3 s, in every child.
_ALWAYS = (
    "torch",
    "torch._dynamo",
    "torch.testing",
    "numpy",
    "matplotlib.figure",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "pytest",
    "paper_notes.snippets.child",
)


def main(settings: Mapping[str, Any]) -> int:
    """Serve jobs until standard input ends; the exit status is 0 then."""
    jobs, results = _take_channels()
    can_fork = settings["fork"] and hasattr(os, "fork")
    scratch = Path(settings["scratch"])
    tried = layers.wanted(settings["sandbox"], settings["without"])
    reason = "not tried"
    if can_fork:
        if "namespaces" in tried:
            reason = namespaces.enter()
        _keep(jobs, results)
    furnished: dict[str, bool] = {}
    if reason == "":
        furnished = namespaces.furnish(scratch, settings["limits"]["disk_bytes"])
    root = Path(settings["root"])
    os.chdir(root)
    sys.path.insert(0, str(root))
    sys.dont_write_bytecode = True
    if can_fork:
        held = layers.probe(tried, reason, root, scratch)
        words, missing = dict(held.words), held.missing
    else:
        words, missing = {"isolation": "a new process for each snippet, without a sandbox"}, _ALL
    if settings["sandbox"] == "strict" and missing:
        _send(results, {"refused": f"cannot contain {', '.join(missing)}: {words}"})
        return 1
    _preload(settings["preload"], scratch)
    from paper_notes.snippets import collection, watch
    from paper_notes.snippets.tracing import Imports

    try:
        prepared = collection.prepare(root / "tests" / "snippets")
    except collection.SettingsError as error:
        _send(results, {"refused": str(error)})
        return 1
    imports = Imports.until_now()
    _make_ready_to_fork()
    own_proc = furnished.get("proc", False)
    watcher = watch.Watcher(root, scratch, tried, reason == "", own_proc, imports, prepared)
    _send(results, {"ready": _facts(), "sandbox": words, "complete": not missing})
    for line in jobs:
        job = json.loads(line)
        if can_fork:
            result = watcher.run(job)
        else:
            result = watch.in_process(root, scratch, job, imports, prepared)
        _send(results, result)
    return 0


_ALL = ("files", "network", "processes")


def _take_channels() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to the supervisor, and leave nothing for a snippet to read or write."""
    jobs = os.fdopen(os.dup(0), "rb")
    results = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what libraries print on import is kept with the errors
    os.close(nothing)
    return jobs, results


def _keep(jobs: BinaryIO, results: BinaryIO) -> None:
    """Fork: the child returns and becomes the worker, the parent waits for it and cleans up."""
    with contextlib.suppress(OSError):
        linux.die_with_parent()
        linux.adopt_orphans()
    # Stop signals are for the keeper alone; in the worker they would come from a snippet.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with contextlib.suppress(OSError):
            linux.die_with_parent()
            linux.adopt_orphans()
        return
    jobs.close()
    results.close()
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGKILL))
    while True:
        try:
            _, status = os.waitpid(pid, 0)
            break
        except InterruptedError:
            continue
    from paper_notes.snippets import processes

    processes.kill_descendants()
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _preload(modules: list[str], scratch: Path) -> None:
    for name in (*_ALWAYS, *modules):
        try:
            importlib.import_module(name)
        except ImportError:
            if name in _ALWAYS:
                raise
    import matplotlib as mpl
    import torch

    torch.set_num_threads(1)
    mpl.use("svg")
    for name in _COLOURED:
        mpl.rcParams[name] = svg.INK
    from paper_notes.snippets import child

    child.warm_up(scratch)


def _make_ready_to_fork() -> None:
    with contextlib.suppress(OSError):
        count = len(list(Path("/proc/self/task").iterdir()))
        if count != 1:
            # A second thread before the fork leaves its locks held for ever in every child.
            raise RuntimeError(f"{count} threads before the first fork")
    gc.collect()
    gc.freeze()  # children do not touch, and so do not copy, what is there already


# In the page's own text colour, so that figures can be read in the dark as well.
_Coloured = Literal["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"]
_COLOURED: tuple[_Coloured, ...] = get_args(_Coloured)


def _facts() -> dict[str, str]:
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, "torch": str(sys.modules["torch"].__version__)}


def _send(results: BinaryIO, message: Mapping[str, Any]) -> None:
    results.write(json.dumps(message).encode() + b"\n")
    results.flush()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
