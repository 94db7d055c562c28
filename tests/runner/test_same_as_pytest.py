"""`pytest tests/snippets` and `paper-notes run` come to the same outcomes, test by test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from paper_notes.snippets.run import Options, job_for, settings_for
from paper_notes.snippets.workers import run_jobs

REPOSITORY = Path(__file__).parents[2]


def outcomes_of_pytest(id: str, folder: Path) -> dict[str, str]:
    """Test name → outcome, as pytest's own report gives them."""
    path = folder / "junit.xml"
    # The newer form of the file has no place for record_property, and pytest warns of it.
    form = ["-o", "junit_family=xunit1", f"--junitxml={path}"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *form]
    subprocess.run(
        [*command, f"tests/snippets/test_{id}.py"], cwd=REPOSITORY, capture_output=True, check=False
    )
    return {
        case.attrib["name"]: _outcome(case) for case in ElementTree.parse(path).iter("testcase")
    }


def _outcome(case: ElementTree.Element) -> str:
    tags = {child.tag for child in case}
    return "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"


def test_group_norm_has_the_same_outcomes_and_shows_its_demo(tmp_path):
    options = Options()
    job = job_for("group_norm", options.limits)
    [(_, raw)] = run_jobs([job], 1, settings_for(REPOSITORY, [job], options))
    ours = {test["name"]: test["outcome"] for test in raw["tests"]}
    assert ours == outcomes_of_pytest("group_norm", tmp_path)
    assert raw["demo"] == _printed_by("snippets/group_norm.py")


def _printed_by(path: str) -> str:
    command = [sys.executable, path]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout
