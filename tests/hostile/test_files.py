"""File names, links and pipes that must not be followed, and notes in the wrong place."""

import os

import pytest

NOTE = "papers/slow_pooling.yaml"


@pytest.mark.parametrize("id", ["CON", "con", "nul", "com1", "LPT9"])
@pytest.mark.hostile(25)
def test_a_name_that_windows_reserves_is_refused(base, id):
    base.write(f"papers/{id}.yaml", base.note())
    assert any("Windows" in line for line in base.refusals())


@pytest.mark.parametrize("id", ["A", "1a", "a-b", "a b", "é", "x" * 65])
@pytest.mark.hostile(25)
def test_a_name_that_is_no_id_is_refused(base, id):
    base.write(f"papers/{id}.yaml", base.note())
    assert any(": file-name: " in line for line in base.refusals())


@pytest.mark.hostile(25)
def test_names_equal_but_for_case_are_refused_naming_both(base):
    base.write("papers/Slow_Pooling.yaml", base.note())
    assert any(
        "Slow_Pooling.yaml" in line and "slow_pooling.yaml" in line for line in base.refusals()
    )


@pytest.mark.hostile(19)
def test_a_full_width_id_is_named_as_such(base):
    base.write("papers/ｓｌｏｗ.yaml", base.note())
    assert any("full-width" in line for line in base.refusals())


@pytest.mark.hostile(25)
def test_an_id_that_climbs_out_is_refused_without_reading(base):
    from pathlib import Path

    from paper_notes.notes.read import read_note

    base.write("../secret.yaml", base.note())
    note, problems = read_note(base.root, Path("papers/../../secret.yaml"))
    assert note is None
    assert problems[0].code == "file-name"


def test_yml_is_refused(base):
    base.write("papers/other.yml", base.note())
    assert any("papers/other.yml:1:1: file-name: " in line for line in base.refusals())


@pytest.mark.parametrize(
    "path",
    [NOTE, "papers/topics.yaml", "snippets/slow_pooling.py", "tests/snippets/test_tidy_scale.py"],
)
@pytest.mark.hostile(26)
def test_a_symbolic_link_is_refused(base, tmp_path, path):
    elsewhere = tmp_path / "elsewhere"
    (base.root / path).rename(elsewhere)
    (base.root / path).symlink_to(elsewhere)
    assert any(f"{path}:1:1: symbolic-link: " in line for line in base.refusals())


@pytest.mark.parametrize("folder", ["snippets", "tests"])
@pytest.mark.hostile(26)
def test_a_linked_folder_is_refused(base, tmp_path, folder):
    (base.root / folder).rename(tmp_path / "elsewhere")
    (base.root / folder).symlink_to(tmp_path / "elsewhere")
    assert any(": symbolic-link: " in line and folder in line for line in base.refusals())


@pytest.mark.hostile(26)
def test_a_linked_folder_of_notes_is_refused(base, tmp_path):
    (base.root / "papers").rename(tmp_path / "elsewhere")
    (base.root / "papers").symlink_to(tmp_path / "elsewhere")
    lines = base.refusals()
    assert any(line.startswith(f"{NOTE}:1:1: symbolic-link: ") for line in lines)


@pytest.mark.hostile(26)
def test_a_link_that_leads_nowhere_is_refused(base):
    (base.root / "papers/lost.yaml").symlink_to("nowhere")
    assert any("papers/lost.yaml:1:1: symbolic-link: " in line for line in base.refusals())


def test_a_pipe_is_not_waited_for(base):
    os.mkfifo(base.root / "papers/pipe.yaml")
    assert any("papers/pipe.yaml:1:1: not-a-file: " in line for line in base.refusals())


def test_a_folder_named_like_a_note_is_refused(base):
    (base.root / "papers/folder.yaml").mkdir()
    assert any("papers/folder.yaml:1:1: not-a-file: " in line for line in base.refusals())


def test_a_file_name_that_is_no_text_is_refused(base):
    (base.root / os.fsdecode(b"papers/\xff.yaml")).write_text(base.note(), encoding="utf-8")
    assert any(": file-name: " in line for line in base.refusals())


def test_a_folder_without_papers_is_told_what_to_do(tmp_path):
    from paper_notes.library import load_library

    [problem] = load_library(tmp_path)[1]
    assert problem.code == "no-papers"
    assert "--root" in problem.hint
