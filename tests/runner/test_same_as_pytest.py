"""`pytest tests/snippets` and `paper-notes run` come to the same outcomes, test by test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from paper_notes.snippets.ids import snippet_ids
from paper_notes.snippets.run import Options, job_for, settings_for
from paper_notes.snippets.workers import run_jobs

REPOSITORY = Path(__file__).parents[2]


def outcomes_of_pytest(folder: Path) -> dict[str, dict[str, str]]:
    """Snippet id → test name → outcome, as pytest's own report gives them."""
    path = folder / "junit.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    subprocess.run(
        [*command, f"--junitxml={path}", "tests/snippets"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    found: dict[str, dict[str, str]] = {}
    for case in ElementTree.parse(path).iter("testcase"):
        id = case.attrib["classname"].rpartition(".test_")[2]
        found.setdefault(id, {})[case.attrib["name"]] = _outcome(case)
    return found


def _outcome(case: ElementTree.Element) -> str:
    tags = {child.tag for child in case}
    return "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"


def test_every_snippet_has_the_same_outcomes_and_group_norm_prints_the_same(tmp_path):
    options = Options()
    jobs = [job_for(id, options.limits) for id in snippet_ids(REPOSITORY)]
    ran = {job.id: raw for job, raw in run_jobs(jobs, 2, settings_for(REPOSITORY, jobs, options))}
    ours = {id: {test["name"]: test["outcome"] for test in raw["tests"]} for id, raw in ran.items()}
    assert ours == outcomes_of_pytest(tmp_path)
    assert ran["group_norm"]["demo"] == _printed_by("snippets/group_norm.py")


def _printed_by(path: str) -> str:
    command = [sys.executable, path]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout
