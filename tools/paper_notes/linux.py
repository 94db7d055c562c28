"""The few Linux calls that Python does not offer. Each raises OSError where the kernel refuses."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 0x4000, 1 << 18

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 36, 38
_SYS_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY = -100, 0x8000, 1
_CAPABILITY_VERSION_3 = 0x20080522


@functools.cache
def _libc() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise OSError("not Linux")
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def syscall(what: str, number: int, *arguments: object) -> int:
    """Make a system call by number; ints are passed as 64 bits wide."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *wide), what)


def prctl(option: int, *arguments: object) -> int:
    """Change something about the calling process."""
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    wide += [ctypes.c_ulong(0)] * (4 - len(wide))
    return _checked(_libc().prctl(option, *wide), f"prctl {option}")


def unshare(flags: int) -> None:
    """Move the process (or, for CLONE_NEWPID, its children) into new namespaces."""
    _checked(_libc().unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount a file system, or change how a mount propagates."""
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    _checked(_libc().mount(*encoded, ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def make_read_only(path: str) -> None:
    """Make the mount at path, and every mount below it, read-only (Linux 5.12)."""
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_RDONLY, 0, 0, 0)
    size = ctypes.sizeof(attributes)
    encoded = ctypes.c_char_p(os.fsencode(path))
    syscall(
        "mount_setattr", _SYS_MOUNT_SETATTR, _AT_FDCWD, encoded, _AT_RECURSIVE, attributes, size
    )


def drop_capabilities() -> None:
    """Give up every capability, root's and those of a namespace's owner."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc().capset(header, nothing), "capset")


def forbid_new_privileges() -> None:
    """From here on no set-user-id program gives anything back. Landlock and seccomp need it."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    """Be killed when the process that started this one dies."""
    prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies: no daemon gets away."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
