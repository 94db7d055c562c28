"""Formatting a note: one form, the same data, every comment kept."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.cli import main
from paper_notes.notes.format import formatted
from paper_notes.notes.read import NOT_PAPERS, read_text_of_note
from tests.conftest import REPOSITORY

PATH = PurePosixPath("papers/x.yaml")


def form(text: str) -> str:
    result, problems = formatted(text, PATH)
    assert result is not None, problems
    return result


def test_keys_come_in_the_schemas_order() -> None:
    assert form("year: 2018\nwhat: W\ntitle: T\nnovelty: N\n") == (
        "title: T\nyear: 2018\n\nwhat: W\n\nnovelty: N\n"
    )


def test_a_comment_goes_where_its_key_goes() -> None:
    text = "# file\n\n# about the year\nyear: 2018  # first version\n# about the title\ntitle: T\n"
    assert form(text) == (
        "# file\n# about the title\ntitle: T\n# about the year\nyear: 2018  # first version\n"
    )


def test_the_modeline_stays_on_top() -> None:
    assert form("# yaml-language-server: $schema=x\nyear: 2018\ntitle: T\n") == (
        "# yaml-language-server: $schema=x\ntitle: T\nyear: 2018\n"
    )


def test_nested_keys_are_ordered_too() -> None:
    text = "next_read:\n  - why: {ja: w, en: v}\n    arxiv: 1803.08490\n    title: T\n"
    assert form(text) == (
        "next_read:\n  - title: T\n    arxiv: 1803.08490\n    why: {en: v, ja: w}\n"
    )


def test_nested_keys_with_a_comment_stay_where_they_are() -> None:
    text = "next_read:\n  - relation: follow_up\n    # which?\n    paper: a\n"
    assert form(text) == text


def test_quotes_only_where_they_are_due_and_double() -> None:
    assert form("title: 'A'\nvenue: 'B: C'\ncode: 'D: \\mu'\n") == (
        "title: A\nvenue: \"B: C\"\ncode: 'D: \\mu'\n"
    )


def test_no_value_changes_its_kind() -> None:
    text = "title: no\nyear: 2018\narxiv: 1010.0010\ndoi: 12:30:45\n"
    assert form(text) == text


def test_lists_and_maps_are_indented_alike() -> None:
    assert form("tags:\n- a\n-  b\nwhat:\n   en: x\n") == "tags:\n  - a\n  - b\n\nwhat:\n  en: x\n"


def test_a_long_text_is_folded_at_its_blanks() -> None:
    text = f"what:\n  en: {'word ' * 40}end\n"
    result = form(text)
    assert result.startswith("what:\n  en: >-\n    word word")
    assert max(map(len, result.split("\n"))) <= 100
    assert not [line for line in result.split("\n") if line != line.rstrip()]
    assert yaml.safe_load(result) == yaml.safe_load(text)


def test_a_block_of_lines_is_left_as_it_is() -> None:
    text = "what:\n  ja: |\n    $a$ 行1  \n    行2\n\n    - x\n"
    assert form(text) == text


@pytest.mark.hostile(18)
def test_text_is_brought_into_normal_form() -> None:
    assert form("title: か\u3099\r\n") == "title: が\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title: [\n", "yaml"),
        ("title: a\ntitle: b\n", "duplicate-key"),
        ("- a\n", "not-a-note"),
        ("a: &x 1\n", "anchor"),
    ],
)
def test_what_is_no_note_is_left_alone(text: str, code: str) -> None:
    result, (problem, *_) = formatted(text, PATH)
    assert result is None
    assert problem.code == code


REAL = [
    path for path in sorted((REPOSITORY / "papers").glob("*.yaml")) if path.stem not in NOT_PAPERS
]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_note_keeps_its_data_and_settles_at_once(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    once = form(text)
    assert form(once) == once
    before, _ = read_text_of_note(text, PATH)
    after, _ = read_text_of_note(once, PATH)
    assert before is not None
    assert after is not None
    assert before.paper == after.paper


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=150)


@given(st.dictionaries(st.sampled_from(["title", "year", "what", "zzz"]), TEXTS, min_size=1))
def test_any_text_survives(values: dict[str, str]) -> None:
    text = yaml.safe_dump(values, allow_unicode=True)
    result, problems = formatted(text, PATH)
    if result is None:
        assert problems
        return
    again, _ = formatted(result, PATH)
    assert again == result


def test_the_command_writes_and_then_has_nothing_to_do(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "papers" / "tidy_scale.yaml"
    path.write_text("# kept\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["--root", str(root), "fmt", "--check"]) == 1
    assert "not formatted: papers/tidy_scale.yaml" in capsys.readouterr().err
    assert main(["--root", str(root), "fmt"]) == 0
    assert "formatted: papers/tidy_scale.yaml" in capsys.readouterr().out
    assert main(["--root", str(root), "fmt", "--check"]) == 0
    assert "# kept" in path.read_text(encoding="utf-8")


def test_the_command_reports_a_file_that_is_not_there(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(root), "fmt", "papers/nobody.yaml"]) == 1
    assert "missing-file" in capsys.readouterr().err
