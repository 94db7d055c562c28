"""Which layers hold a snippet, in words, and the steps that put them on."""

from __future__ import annotations

import contextlib
import os
import site
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from paper_notes import linux
from paper_notes.snippets.sandbox import landlock, seccomp
from paper_notes.snippets.sandbox.landlock import Access
from paper_notes.snippets.sandbox.rules import Rules

_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/opt", "/proc", "/sys", "/nix/store")
_ETC = ("fonts", "group", "hosts", "ld.so.cache", "localtime", "mime.types", "nsswitch.conf")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SOURCES = ("snippets", "tests", "tools", "pyproject.toml", "conftest.py")


@dataclass(frozen=True)
class Layers:
    """What was found to hold when a probe tried to get out."""

    namespaces: bool
    files: bool
    network: bool
    processes: bool
    words: Mapping[str, str]  # layer → how it holds, or why not

    @property
    def missing(self) -> tuple[str, ...]:
        """The layers without which `--sandbox strict` refuses to run."""
        found = {"files": self.files, "network": self.network, "processes": self.processes}
        return tuple(name for name, holds in found.items() if not holds)


def access(root: Path, scratch: Path) -> Access:
    """What a snippet may touch: Python, the system's programs, the sources, its own folder."""
    python = [sys.prefix, sys.base_prefix, *sys.path, *site.getsitepackages()]
    read = [
        *(Path(entry) for entry in python if entry and Path(entry) != root),
        *(Path(entry) for entry in _SYSTEM),
        *(Path("/etc") / name for name in _ETC),
        *(root / name for name in _SOURCES),
    ]
    devices = tuple(Path("/dev") / name for name in _DEVICES)
    return Access(read=tuple(dict.fromkeys(read)), list=(root,), write=(scratch, *devices))


def give_up(tried: frozenset[str]) -> None:
    """Give up, for good, what no snippet gets: capabilities and sockets. Children inherit it."""
    steps: dict[str, Callable[[], None]] = {
        "capabilities": linux.drop_capabilities,
        "sockets": seccomp.refuse_sockets,
    }
    for name, step in steps.items():
        if name in tried:
            with contextlib.suppress(OSError):  # what is missing was found and named by `probe`
                step()


def confine(rules: int | None) -> None:
    """Keep, for good, to Landlock's rules, by their handle: None where there are none."""
    if rules is not None:
        with contextlib.suppress(OSError):  # as above
            landlock.restrict(rules)


def probe(
    tried: frozenset[str], namespaces: str, around: Mapping[str, str], root: Path, scratch: Path
) -> Layers:
    """Try to get out of a confined child, and say which layers held.

    In: the layers to try; namespaces is "" where the worker has its own, else why it has not;
    what is to be said of the layers around the worker.
    """
    if not tried:
        return Layers(False, False, False, False, {"sandbox": "off: limits only"})
    own = namespaces == ""
    with closing(Rules(tried, access(root, scratch))) as rules:
        wrote, connected, signalled = _escapes(tried, rules.handle())
    abi = landlock.version() if "landlock" in tried else 0
    filtered = "sockets" in tried and seccomp.available()
    words = {
        "environment": "cleared to an allow-list; home and temporary folder of its own",
        "files": _files(wrote, abi, own),
        "network": _network(connected, own, filtered, abi),
        "processes": _processes(signalled, own),
        "namespaces": "user, process, network, mount, IPC" if own else f"none: {namespaces}",
        **around,
    }
    return Layers(own, not wrote, not connected, own or not signalled, words)


def _files(wrote: bool, abi: int, own: bool) -> str:
    if wrote:
        return "not contained: no Landlock"
    by = [f"Landlock {abi}"] * bool(abi) + ["read-only mounts"] * own
    return f"read-only outside its folder: {' and '.join(by) or 'bubblewrap'}"


def _network(connected: bool, own: bool, filtered: bool, abi: int) -> str:
    if connected:
        return "not contained: no namespace, and no socket filter for this machine"
    by = ["network namespace"] * own + ["socket filter"] * filtered + ["Landlock TCP"] * (abi >= 4)
    return f"none: {', '.join(by) or 'bubblewrap'}"


def _processes(signalled: bool, own: bool) -> str:
    if own:
        return "own process table, emptied after each snippet"
    return "descendants found and killed; " + (
        "the worker itself can be signalled" if signalled else "others cannot be signalled"
    )


def _escapes(tried: frozenset[str], rules: int | None) -> tuple[bool, bool, bool]:
    """Whether a confined child could write a file, open a socket, signal its parent."""
    pid = os.fork()
    if pid == 0:
        give_up(tried)
        confine(rules)
        tries: tuple[Callable[[], None], ...] = (_write, _open_socket, _signal)
        os._exit(sum(1 << i for i, step in enumerate(tries) if _succeeds(step)))
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return bool(code & 1), bool(code & 2), bool(code & 4)


def _write() -> None:
    # The repository may not be this user's to write: try a place that anyone may write.
    path = Path("/var/tmp") / f"paper-notes-probe-{os.getpid()}"
    path.touch()
    path.unlink()


def _open_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 9))


def _signal() -> None:
    os.kill(os.getppid(), 0)


def _succeeds(step: Callable[[], None]) -> bool:
    try:
        step()
    except OSError:
        return False
    return True
