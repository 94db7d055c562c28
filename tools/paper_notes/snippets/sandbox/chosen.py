"""What is settled before anything is started: the layers to try, and the environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from paper_notes.snippets.limits import Mode

ALL = ("bubblewrap", "namespaces", "capabilities", "landlock", "sockets")

# What a snippet may know of the environment; HOME and the temporary folder are set to its own.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")


def wanted(mode: Mode, without: Iterable[str] = ()) -> frozenset[str]:
    """The layers to try: all of ALL, or none where the sandbox is off."""
    return frozenset() if mode == "off" else frozenset(ALL) - frozenset(without)


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
