"""Landlock: the kernel lets a process give up access to files, TCP ports and other processes.

Needs no privilege. What is not allowed here by name is refused, to the process and to all it
starts, for good.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paper_notes import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST = (1 << 13) - 1  # every right of the first version
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_TCP = 3  # bind and connect
_SCOPE = 3  # abstract sockets and signals


@dataclass(frozen=True)
class Access:
    """What a snippet may touch; everything else is refused."""

    read: tuple[Path, ...]  # files, or folders with all in them
    list: tuple[Path, ...]  # folders whose names may be listed, without reading the files
    write: tuple[Path, ...]


def version() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    try:
        return linux.syscall("landlock", _CREATE_RULESET, 0, 0, _VERSION_FLAG)
    except OSError:
        return 0


def ruleset(access: Access) -> int:
    """A handle of rules that allow access and nothing else, for `restrict`; close it in the end.

    Raises OSError where the kernel has no Landlock.
    """
    abi = version()
    rights = _rights(abi)
    attributes = (ctypes.c_uint64 * 3)(rights, _TCP if abi >= 4 else 0, _SCOPE if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    handle = linux.syscall("landlock_create_ruleset", _CREATE_RULESET, attributes, size, 0)
    try:
        _allow(handle, access.read, _READ)
        _allow(handle, access.list, _READ_DIR)
        _allow(handle, access.write, rights)
    except BaseException:
        os.close(handle)
        raise
    return handle


def restrict(rules: int) -> None:
    """Give up everything but what the rules allow, for this process and all it starts.

    In: a handle from `ruleset`. Raises OSError where the kernel has no Landlock.
    """
    linux.forbid_new_privileges()
    linux.syscall("landlock_restrict_self", _RESTRICT_SELF, rules, 0)


def _rights(abi: int) -> int:
    newer = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV))
    return _FIRST | sum(right for since, right in newer if abi >= since)


def _allow(ruleset: int, paths: Sequence[Path], rights: int) -> None:
    for path in paths:
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # what is not there needs no permission
        try:
            allowed = rights if path.is_dir() else rights & _FILE_RIGHTS
            rule = allowed.to_bytes(8, "little") + handle.to_bytes(4, "little")
            packed = ctypes.create_string_buffer(rule, 12)
            linux.syscall("landlock_add_rule", _ADD_RULE, ruleset, _RULE_PATH_BENEATH, packed, 0)
        finally:
            os.close(handle)
