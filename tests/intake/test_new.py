"""Beginning a paper: three files that `check` refuses until they are filled in."""

from __future__ import annotations

import io
import os
from pathlib import Path, PurePosixPath

import pytest

from paper_notes.checking.check import check
from paper_notes.cli import main
from paper_notes.intake.metadata import Metadata
from paper_notes.intake.naming import propose_id
from paper_notes.intake.new import Begun, begin, begin_snippet
from paper_notes.notes.read import read_note
from tests.intake.conftest import Server

GROUP_NORM = Metadata(
    "Group Normalization", ("Yuxin Wu", "Kaiming He"), 2018, "ECCV 2018", "1803.08494", "10.1000/x"
)
TODAY = "2026-01-31"


def begun(root: Path, metadata: Metadata = GROUP_NORM, **options: str) -> Begun:
    return begin(root, metadata, TODAY, topics=["training", "language", "unused"], **options)


def codes(begun: Begun) -> list[str]:
    return [problem.code for problem in begun.problems]


def test_three_files_are_written(root: Path) -> None:
    result = begun(root)
    assert [str(path) for path in result.written] == [
        "papers/group_normalization.yaml",
        "snippets/group_normalization.py",
        "tests/snippets/test_group_normalization.py",
    ]
    assert all((root / path).is_file() for path in result.written)


def test_the_note_holds_what_is_known(root: Path) -> None:
    begun(root)
    text = (root / "papers/group_normalization.yaml").read_text(encoding="utf-8")
    assert text.startswith(
        "# yaml-language-server: $schema=../docs/schema/paper.json\n"
        "title: Group Normalization\n"
        "authors: [Yuxin Wu, Kaiming He]\n"
        "year: 2018\n"
        "venue: ECCV 2018\n"
        "arxiv: 1803.08494\n"
        "doi: 10.1000/x\n"
        "added: 2026-01-31\n"
        "topic: TODO  # one of: training, language, unused\n"
    )


def test_each_question_has_its_guide_in_both_languages(root: Path) -> None:
    begun(root)
    text = (root / "papers/group_normalization.yaml").read_text(encoding="utf-8")
    for words in ("What is the heart of the method?", "技術や手法のキモはどこ?", "どんなもの?"):
        assert words in text


def test_check_names_every_placeholder_with_its_line(root: Path) -> None:
    result = begun(root, topic="training")
    places = {
        (str(problem.place.path), problem.place.line)
        for problem in check(root, []).problems
        if problem.code == "placeholder"
    }
    expected = {
        (str(path), number)
        for path in result.written
        for number, line in enumerate((root / path).read_text(encoding="utf-8").split("\n"), 1)
        if "TODO" in line and not line.startswith("#")
    }
    assert places == expected
    assert len(expected) > 20


def test_once_filled_in_the_note_is_clean(root: Path) -> None:
    begun(root, topic="training")
    path = root / "papers/group_normalization.yaml"
    text = path.read_text(encoding="utf-8").replace("relation: TODO", "relation: follow_up")
    for number in range(2):
        text = text.replace("arxiv: TODO", f"arxiv: 1901.0000{number}", 1)
        text = text.replace("title: TODO", f"title: Another paper {number}", 1)
    path.write_text(text.replace("TODO", "Filled in."), encoding="utf-8")
    note, problems = read_note(root, Path("papers/group_normalization.yaml"))
    assert problems == []
    assert note is not None


def test_a_paper_of_the_base_is_not_begun_again(root: Path) -> None:
    by_id = Metadata("Another title", ("A B",), 2018, arxiv="1801.00010")
    by_title = Metadata("Tidy scale – dividing by the LARGEST", ("A B",), 2018)
    for metadata in (by_id, by_title):
        result = begun(root, metadata)
        assert codes(result) == ["same-paper"]
        assert result.problems[0].place.path == PurePosixPath("papers/tidy_scale.yaml")
        assert result.written == ()


@pytest.mark.parametrize("path", ["papers/x1.yaml", "snippets/x1.py", "tests/snippets/test_x1.py"])
@pytest.mark.hostile(51)
def test_a_file_that_exists_is_never_touched(root: Path, path: str) -> None:
    (root / path).write_bytes(b"mine")
    before = sorted(root.rglob("*"))
    result = begun(root, id="x1")
    assert codes(result) == ["exists"]
    assert (root / path).read_bytes() == b"mine"
    assert sorted(root.rglob("*")) == before


def test_a_link_counts_as_a_file(root: Path, tmp_path: Path) -> None:
    (root / "papers/x1.yaml").symlink_to(tmp_path / "nowhere")
    assert codes(begun(root, id="x1")) == ["exists"]
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("id", ["../../x", "CON", "con", "A", "ｘ", "topics", ""])
def test_an_id_that_is_none_is_refused(root: Path, id: str) -> None:
    if id:
        assert codes(begun(root, id=id)) == ["file-name"]
    else:
        assert begun(root, id=id).id == "group_normalization"


def test_a_full_disk_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(root.rglob("*"))
    real, calls = Path.hardlink_to, []

    def full(self: Path, target: str | os.PathLike[str]) -> None:
        calls.append(self)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(self, target)

    monkeypatch.setattr(Path, "hardlink_to", full)
    assert codes(begun(root)) == ["not-written"]
    assert sorted(root.rglob("*")) == before


def test_the_note_alone_or_the_snippet_alone(root: Path) -> None:
    assert [path.suffix for path in begun(root, only="note").written] == [".yaml"]
    result = begin_snippet(root, "nobody")
    assert codes(result) == ["unknown-paper"]
    (root / "snippets/tidy_scale.py").unlink()
    (root / "tests/snippets/test_tidy_scale.py").unlink()
    result = begin_snippet(root, "tidy_scale")
    assert [path.suffix for path in result.written] == [".py", ".py"]


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("BERT: Pre-training of Deep Bidirectional Transformers", "bert"),
        ("β-VAE: Learning Basic Visual Concepts", "beta_vae"),
        ("Fixing the train-test resolution discrepancy", "fixing_train_test_resolution"),
        ("An Image is Worth 16x16 Words", "image_worth_16x16_words"),
        ("3D Gaussian Splatting", "paper_3d_gaussian_splatting"),
        ("誤差逆伝播法", "wu_2018"),
        ("Con", "con_2018"),
    ],
)
def test_the_id_is_made_from_the_title(title: str, id: str) -> None:
    assert propose_id(Metadata(title, ("Yuxin Wu",), 2018), ()) == id


def test_an_id_that_is_taken_gets_the_year() -> None:
    metadata = Metadata("BERT: more", ("A B",), 2018)
    assert propose_id(metadata, {"bert"}) == "bert_2018"
    assert propose_id(metadata, {"bert", "bert_2018"}) == "bert_2"


def test_the_whole_command(root: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    catalogues = server.catalogues
    arguments = ["--root", str(root), "new", "1803.08494", "--topic", "training"]
    arguments += ["--arxiv", catalogues.arxiv, "--crossref", catalogues.crossref]
    assert main(arguments) == 0
    assert "written: papers/group_normalization.yaml" in capsys.readouterr().out


def test_an_unfinished_note_counts_as_well(root: Path) -> None:
    begun(root)
    assert codes(begun(root)) == ["same-paper"]


def test_bibtex_on_standard_input(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = b"@article{a, title={A {GAN}}, author={Wu, Yuxin}, year=2018, journal={Nature}}"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(entry)))
    assert main(["--root", str(root), "new", "-"]) == 0
    note = (root / "papers/gan.yaml").read_text(encoding="utf-8")
    assert "authors: [Yuxin Wu]\nyear: 2018\nvenue: Nature 2018\n" in note
    assert capsys.readouterr().err == ""


def test_an_unknown_topic_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(root), "new", "1803.08494", "--topic", "trainin"]) == 1
    assert "unknown-topic" in capsys.readouterr().err
