"""A system-call filter that refuses sockets: no network, and no local service either.

Works without privilege and inside containers that allow no namespaces. `socketpair` stays, so
that pipes between a process and its children work.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from paper_notes import linux

# machine → (AUDIT_ARCH, socket, memfd_create); io_uring can open sockets as well
_MACHINES = {"x86_64": (0xC000003E, 41, 319), "aarch64": (0xC00000B7, 198, 279)}
_IO_URING_SETUP = 425

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EACCES
_OFFSET_NUMBER, _OFFSET_ARCH = 0, 4
_X32 = 0x40000000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


def available() -> bool:
    """Whether this kind of machine has a filter here; installing it can still be refused."""
    return (
        hasattr(os, "uname") and os.uname().sysname == "Linux" and os.uname().machine in _MACHINES
    )


def refuse_sockets() -> None:
    """Install the filter in this process and all it starts, for good.

    Raises OSError where the kernel refuses or the machine is not known.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no socket filter for {machine}")
    code = _program(*_MACHINES[machine])
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    program = Program(len(code) // 8, ctypes.addressof(buffer))
    linux.forbid_new_privileges()
    linux.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))


def _program(arch: int, *numbers: int) -> bytes:
    """The filter: refuse another machine's calls and the numbers given, allow the rest."""
    refused = (*numbers, _IO_URING_SETUP)
    to_refusal = len(refused) + 1
    lines = [
        (_LOAD, 0, 0, _OFFSET_ARCH),
        (_EQUAL, 0, to_refusal + 2, arch),  # not equal: jump over the rest, to the refusal
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        (_AT_LEAST, to_refusal, 0, _X32),
        *((_EQUAL, to_refusal - 1 - i, 0, number) for i, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
