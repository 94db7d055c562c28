"""Which layers hold a snippet, in words, and the steps that put them on."""

from __future__ import annotations

import contextlib
import math
import os
import site
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from paper_notes.snippets.limits import Limits, Mode
from paper_notes.snippets.sandbox import landlock, linux, seccomp
from paper_notes.snippets.sandbox.landlock import Access

ALL = ("bubblewrap", "namespaces", "capabilities", "landlock", "sockets")

_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/opt", "/proc", "/sys", "/nix/store")
_ETC = ("fonts", "group", "hosts", "ld.so.cache", "localtime", "mime.types", "nsswitch.conf")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SOURCES = ("snippets", "tests", "tools", "pyproject.toml", "conftest.py")
# What a snippet may know of the environment; HOME and the temporary folder are set to its own.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")


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


def environment(scratch: Path, source: Mapping[str, str]) -> dict[str, str]:
    """The worker's environment: an allow-list of source, its own folders, one thread."""
    kept = {name: source[name] for name in _ENVIRONMENT if name in source}
    folders = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR"), str(scratch))
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    )
    return {
        **kept,
        **folders,
        **threads,
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "MPLBACKEND": "svg",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONMALLOC": "malloc",
        "PYTHONUTF8": "1",
    }


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


def limit(limits: Limits) -> None:
    """Set this process's resource limits; its children inherit them, each for itself."""
    import resource  # not on Windows

    _lower(resource.RLIMIT_CPU, limits.cpu_limit, limits.cpu_limit + 1)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory)


def limit_next(seconds: float) -> None:
    """Let this process go on for this much CPU time, unless an earlier limit ends it sooner."""
    try:
        import resource  # not on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def wanted(mode: Mode, without: Iterable[str] = ()) -> frozenset[str]:
    """The layers to try: all of ALL, or none where the sandbox is off."""
    return frozenset() if mode == "off" else frozenset(ALL) - frozenset(without)


def confine(tried: frozenset[str], rules: Access) -> None:
    """Put on, for good, what the kernel offers of the layers to be tried."""
    steps: dict[str, Callable[[], None]] = {
        "capabilities": linux.drop_capabilities,
        "landlock": lambda: landlock.restrict(rules),
        "sockets": seccomp.refuse_sockets,
    }
    for name, step in steps.items():
        if name in tried:
            with contextlib.suppress(OSError):  # what is missing was found and named by `probe`
                step()


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
    wrote, connected, signalled = _escapes(tried, access(root, scratch))
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


def _escapes(tried: frozenset[str], rules: Access) -> tuple[bool, bool, bool]:
    """Whether a confined child could write a file, open a socket, signal its parent."""
    pid = os.fork()
    if pid == 0:
        confine(tried, rules)
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


def _lower(what: int, soft: int, hard: int | None = None) -> None:
    import resource

    _, ceiling = resource.getrlimit(what)
    wanted = soft if hard is None else hard
    hard_limit = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    with contextlib.suppress(OSError, ValueError):  # macOS has no working RLIMIT_AS
        resource.setrlimit(what, (min(soft, hard_limit), hard_limit))
