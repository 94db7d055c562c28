"""The workflows: valid, pinned, and without rights that somebody else's code could use."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY

GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
BESIDE_PYTHON = Path(sys.executable).parent


def parsed(path: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in parsed(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_no_rights_but_those_it_names(path: Path) -> None:
    assert parsed(path)["permissions"] == {}
    for job in parsed(path)["jobs"].values():
        assert "permissions" in job


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)( # v[\d.]+)?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)
        assert version


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_pull_request_gets_no_secret_and_no_right_to_write(path: Path) -> None:
    document = parsed(path)
    triggers = document[True]  # what YAML 1.1 makes of the key `on`
    assert "pull_request_target" not in triggers
    if "pull_request" in triggers:
        assert "secrets." not in path.read_text(encoding="utf-8")
        for job in document["jobs"].values():
            assert set(job["permissions"].values()) <= {"read"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_expression_is_pasted_into_a_shell(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


def test_zizmor_finds_nothing() -> None:
    command = [BESIDE_PYTHON / "zizmor", "--offline", "--persona=pedantic", "--no-progress", GITHUB]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("github-workflows", "workflows/*.yml"),
        ("dependabot", "dependabot.yml"),
        ("github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml"),
    ],
)
def test_the_files_are_what_github_expects(schema: str, pattern: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    files = sorted(GITHUB.glob(pattern))
    assert files
    ended = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_report_never_travels_without_its_figures(path: Path) -> None:
    paths = [str(step.get("with", {}).get("path", "")).split() for step in steps(path)]
    for found in paths:
        assert ("build/report.json" in found) == ("build/figures" in found)
