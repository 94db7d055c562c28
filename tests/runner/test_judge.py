"""The end of a run is named for what it was."""

from __future__ import annotations

import json
import signal

import pytest

from paper_notes.snippets.limits import Limits
from paper_notes.snippets.worker.judge import Seen, judge, last_word

LIMITS = Limits(cpu_seconds=2)


def report(*outcomes: str, errors: tuple[str, ...] = ()) -> dict[str, object]:
    tests = [
        {"name": f"test_{i}", "outcome": o, "message": "why\nmore"} for i, o in enumerate(outcomes)
    ]
    return {"tests": tests, "errors": list(errors)}


def test_a_whole_report_of_passes_is_a_pass():
    verdict = judge(Seen(), last_word(report("passed"), "n"), "n", LIMITS)
    assert (verdict["status"], verdict["error"]) == ("passed", "")


def test_a_failed_test_is_named_with_the_first_line_of_its_message():
    verdict = judge(Seen(), last_word(report("passed", "failed"), "n"), "n", LIMITS)
    assert (verdict["status"], verdict["error"]) == ("failed", "test_1: why")


def test_what_else_went_wrong_fails_the_run():
    verdict = judge(Seen(), last_word(report("passed", errors=("demo(): no",)), "n"), "n", LIMITS)
    assert (verdict["status"], verdict["error"]) == ("failed", "demo(): no")


def test_processes_left_running_fail_the_run():
    verdict = judge(Seen(left_running=True), last_word(report("passed"), "n"), "n", LIMITS)
    assert verdict["error"] == "left processes running; they were killed"


@pytest.mark.parametrize(
    "said",
    [b"", b"{", b"[]", last_word(report("passed"), "other"), json.dumps(report("passed")).encode()],
)
def test_without_the_nonce_nothing_was_proved(said):
    verdict = judge(Seen(status=0), said, "n", LIMITS)
    assert verdict["status"] == "crashed"
    assert "nothing was proved" in verdict["error"]


@pytest.mark.parametrize(
    ("seen", "status", "error"),
    [
        (Seen(status=-signal.SIGSEGV), "crashed", "killed by SIGSEGV"),
        (Seen(status=-signal.SIGXCPU, cpu_seconds=2.0), "timeout", "used its 2 s of CPU time"),
        (Seen(status=-signal.SIGXCPU, cpu_seconds=1.8), "timeout", "used its 2 s of CPU time"),
        (Seen(status=-signal.SIGXCPU, cpu_seconds=0.1), "crashed", "killed by SIGXCPU"),
        (Seen(status=-signal.SIGKILL, cpu_seconds=3.0), "timeout", "used its 2 s of CPU time"),
        (Seen(status=-signal.SIGKILL, cpu_seconds=0.1), "crashed", "killed by SIGKILL"),
        (Seen("printed more than 64 kB", -9), "failed", "printed more than 64 kB"),
        (Seen("still running after 10 s", -9), "timeout", "still running after 10 s"),
        (Seen(status=3), "crashed", "ended with exit status 3 before its tests were done"),
    ],
)
def test_an_end_without_report_has_a_name(seen, status, error):
    verdict = judge(seen, b"", "n", LIMITS)
    assert verdict["status"] == status
    assert error in verdict["error"]
