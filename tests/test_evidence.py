"""Evidence: only a test that ran on this code and passed verifies a claim."""

from __future__ import annotations

import pytest

from paper_notes.evidence import Evidence, Figure, State, count, weigh
from paper_notes.notes.model import Claim, Paper, Text
from paper_notes.snippets.report import SnippetResult, TestOutcome

CHECKED = Claim(Text("It works."), "Eq. 1", test="test_it", stated={"parameters": "110 M"})
REPORTED = Claim(Text("It wins."), "Table 1", reported=Text("needs ImageNet"))
NO_TEXT = Text("-")


def paper(*claims: Claim) -> Paper:
    return Paper("a", "A", ("B C",), 2020, "training", *[NO_TEXT] * 5, next_read=(), claims=claims)


def run(*tests: TestOutcome, status: str = "passed") -> SnippetResult:
    return SnippetResult("a", "k", status, 1.0, "2026-01-01", "3.11", "2.13", tests)  # type: ignore[arg-type]


def passed(name: str = "test_it", **recorded: str | int | float) -> TestOutcome:
    return TestOutcome(name, "passed", 0.1, recorded=recorded)


def weigh_one(claim: Claim, result: SnippetResult | None) -> Evidence:
    (evidence,) = weigh(paper(claim), result)
    return evidence


def test_a_passed_test_verifies() -> None:
    assert weigh_one(CHECKED, run(passed())).state is State.VERIFIED


def test_without_a_current_run_nothing_is_verified() -> None:
    assert weigh_one(CHECKED, None).state is State.UNCHECKED


def test_a_reported_claim_stays_reported_whatever_ran() -> None:
    assert weigh_one(REPORTED, run(passed())).state is State.REPORTED


def test_a_failed_test_fails_the_claim_and_says_why() -> None:
    evidence = weigh_one(CHECKED, run(TestOutcome("test_it", "failed", 0.1, "1 != 2")))
    assert (evidence.state, evidence.message) == (State.FAILING, "1 != 2")


def test_one_failing_parameter_fails_the_claim() -> None:
    tests = passed("test_it[1]"), TestOutcome("test_it[2]", "failed", 0.1)
    assert weigh_one(CHECKED, run(*tests)).state is State.FAILING


def test_a_skipped_test_does_not_verify() -> None:
    skipped = TestOutcome("test_it", "skipped", 0.0, "no such device")
    assert weigh_one(CHECKED, run(skipped)).state is State.FAILING


def test_a_test_that_did_not_run_does_not_verify() -> None:
    assert weigh_one(CHECKED, run(passed("test_another"))).state is State.FAILING


@pytest.mark.parametrize("status", ["failed", "timeout", "crashed"])
def test_a_snippet_that_did_not_pass_verifies_nothing(status: str) -> None:
    assert weigh_one(CHECKED, run(passed(), status=status)).state is State.FAILING


def test_a_measured_figure_stands_beside_the_stated_one() -> None:
    evidence = weigh_one(CHECKED, run(passed(parameters=109482240)))
    assert evidence.figures == (Figure("parameters", "109,482,240", "110 M"),)


@pytest.mark.parametrize(
    ("value", "shown"), [(1234567, "1,234,567"), (0.123456, "0.1235"), ("60.3%", "60.3%")]
)
def test_figures_are_written_to_be_read(value: str | float, shown: str) -> None:
    (figure,) = weigh_one(CHECKED, run(passed(x=value))).figures
    assert (figure.measured, figure.stated) == (shown, None)


def test_totals_count_each_state() -> None:
    totals = count(weigh(paper(CHECKED, REPORTED, CHECKED), run(passed())))
    assert (totals.verified, totals.reported, totals.failing, totals.claims) == (2, 1, 0, 3)
