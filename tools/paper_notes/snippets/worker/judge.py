"""What the end of a run means: its own report if that is whole, else the name of its end."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paper_notes.snippets.limits import Limits

UNFINISHED = 70  # the exit status of a child; alone it says nothing about success
TOO_LONG = "still running after"
_NEARLY = 0.8  # the kernel counts the limit in ticks, and the time that it reports exactly


@dataclass(frozen=True)
class Seen:
    """What was seen of a child from outside."""

    killed: str = ""  # why it was killed, if it was
    status: int = UNFINISHED  # as os.waitstatus_to_exitcode: negative for a signal
    cpu_seconds: float = 0.0
    left_running: bool = False  # processes that it started outlived it


def last_word(result: Mapping[str, Any], nonce: str) -> bytes:
    """The message that a child sends when all is done. The nonce is its end: no part passes."""
    return json.dumps({**result, "nonce": nonce}).encode()


def judge(seen: Seen, said: bytes, nonce: str, limits: Limits) -> dict[str, Any]:
    """Status, error and, where the run came to its end, all it reported; ready for JSON."""
    message = _parsed(said)
    if message.pop("nonce", None) == nonce and not seen.killed:
        errors = [
            f"{test['name']}: {first_line(test['message'])}"
            for test in message["tests"]
            if test["outcome"] == "failed"
        ]
        errors += message.pop("errors")
        errors += ["left processes running; they were killed"] * seen.left_running
        status = "failed" if errors else "passed"
        return {**message, "status": status, "error": "\n".join(errors)}
    status, error = _end(seen, limits)
    if seen.left_running and not seen.killed:
        error += "; it left processes running"
    return {"status": status, "error": error}


def first_line(text: str) -> str:
    """The first line of a failure's text."""
    return text.partition("\n")[0]


def _end(seen: Seen, limits: Limits) -> tuple[str, str]:
    # Over its CPU time a process gets SIGXCPU, and SIGKILL a second later if it took no notice.
    stopped = seen.status < 0 and _name(-seen.status) in ("SIGXCPU", "SIGKILL")
    if stopped and seen.cpu_seconds >= _NEARLY * limits.cpu_limit:
        return "timeout", f"used its {limits.cpu_limit} s of CPU time"
    if seen.killed:
        return "timeout" if seen.killed.startswith(TOO_LONG) else "failed", seen.killed
    if seen.status < 0:
        return "crashed", f"killed by {_name(-seen.status)}"
    return "crashed", (
        f"ended with exit status {seen.status} before its tests were done: nothing was proved"
    )


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _parsed(said: bytes) -> dict[str, Any]:
    try:
        message = json.loads(said)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
