"""Snippets that do harm: what each one's test does, and how its end must be named."""

from __future__ import annotations

from dataclasses import dataclass

SNIPPET = """\
import torch


def one() -> torch.Tensor:
    return torch.ones(1)


def demo() -> None:
    print("one")
"""

HEAD = """\
import atexit, ctypes, mmap, os, pathlib, resource, signal, socket, subprocess, sys, threading, time
import pytest
import torch
from snippets.{id} import one
"""


@dataclass(frozen=True)
class Case:
    """One hostile snippet."""

    body: str  # of its one test; a check that holds follows it
    status: str
    says: str  # a part of its error; by kernel and user one of several, with " or " between

    def source(self, id: str) -> str:
        """The test file."""
        lines = "".join(f"    {line}\n" for line in self.body.splitlines())
        return f"{HEAD.format(id=id)}\n\ndef test_it(tmp_path):\n{lines}    assert one() == 1\n"


CASES = {
    # Endings without proof
    "exit_zero": Case("os._exit(0)", "crashed", "exit status 0 before"),
    "sys_exit": Case("sys.exit(0)", "failed", "SystemExit: 0"),
    "abort": Case("os.abort()", "crashed", "SIGABRT"),
    "segfault": Case("ctypes.string_at(0)", "crashed", "SIGSEGV"),
    "kill_self": Case("os.kill(os.getpid(), signal.SIGKILL)", "crashed", "SIGKILL"),
    "recursion": Case("def f(): f()\nf()", "failed", "RecursionError"),
    "forged_end": Case(
        "for fd in range(3, 20):\n"
        '    try: os.write(fd, b\'{"tests": [], "errors": [], "nonce": ""}\')\n'
        "    except OSError: pass\n"
        "os._exit(0)",
        "crashed",
        "before its tests were done",
    ),
    # Time
    "endless_loop": Case("while True: pass", "timeout", "1 s of CPU time"),
    "ignores_the_limit": Case(
        "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        "timeout",
        "1 s of CPU time",
    ),
    "sleeps": Case("time.sleep(1000)", "timeout", "by the clock"),
    "deadlock": Case(
        "lock = threading.Lock()\nlock.acquire()\nlock.acquire()", "timeout", "by the clock"
    ),
    "lingering_thread": Case(
        "threading.Thread(target=time.sleep, args=(1000,), name='lurker').start()",
        "failed",
        "left threads running: lurker",
    ),
    "atexit_sleep": Case("atexit.register(time.sleep, 1000)", "passed", ""),
    # Memory and disk
    "hundred_gigabytes": Case("torch.ones(25 * 10**9)", "failed", "can't allocate memory"),
    "grows": Case(
        "held = []\nwhile True: held.append(torch.empty(1 << 22))",
        "failed",
        "can't allocate memory",
    ),
    "shared_mapping": Case("mmap.mmap(-1, 20 << 30)", "failed", "Cannot allocate memory"),
    "big_file": Case(
        "with open(tmp_path / 'big', 'wb') as file:\n"
        "    for _ in range(1024): file.write(bytes(1 << 20))",
        "failed",
        "File too large",
    ),
    "endless_output": Case("while True: os.write(1, b'x' * 4096)", "failed", "more than 64 kB"),
    "open_files": Case(
        "held = [open('/dev/null') for _ in range(10000)]", "failed", "Too many open files"
    ),
    # Processes
    "fork_bomb": Case(
        "while True:\n    try: os.fork()\n    except OSError: pass",
        "failed",
        "started more than 32 processes",
    ),
    "daemon": Case(
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0: time.sleep(1000)\n"
        "    os._exit(0)\n"
        "os.wait()",
        "failed",
        "left processes running",
    ),
    "kills_its_parent": Case(
        "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(0.2)",
        "failed",
        "Operation not permitted",
    ),
    "kills_all": Case(
        "os.kill(-1, signal.SIGKILL)", "failed", "No such process or Operation not permitted"
    ),
    # The machine around it
    "network": Case("socket.create_connection(('127.0.0.1', 22))", "failed", "Permission denied"),
    "udp": Case("socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "failed", "Permission denied"),
    "local_socket": Case("socket.socket(socket.AF_UNIX)", "failed", "Permission denied"),
    "token": Case("print(os.environ['SECRET_TOKEN'])", "failed", "KeyError: 'SECRET_TOKEN'"),
    "tokens_of_others": Case(
        "for entry in pathlib.Path('/proc').glob('[0-9]*/environ'):\n"
        "    try: text = entry.read_bytes()\n"
        "    except OSError: continue\n"
        "    assert b'SECRET_TOKEN' not in text",
        "passed",
        "",
    ),
    "home": Case("os.listdir({home!r})", "failed", "PermissionError"),
    "etc_shadow": Case("open('/etc/shadow').read()", "failed", "Permission denied"),
    "writes_into_the_repository": Case(
        "pathlib.Path('snippets/planted.py').write_text('x = 1')",
        "failed",
        "Read-only file system or PermissionError",
    ),
    "writes_elsewhere": Case(
        "pathlib.Path('/var/tmp/planted').write_text('x')",
        "failed",
        "Read-only file system or PermissionError",
    ),
    "reads_stdin": Case("input()", "failed", "EOFError"),
    "patches_torch": Case("torch.ones = None\nreturn", "failed", "no check was made"),
    "after_the_patch": Case("assert torch.ones is not None", "passed", ""),
}
