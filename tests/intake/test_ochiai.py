"""Notes in Markdown become drafts, and every line of them is accounted for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paper_notes.intake.bring_in import Imported, import_file
from paper_notes.intake.draft import Draft, DraftRead, as_yaml
from paper_notes.intake.metadata import Metadata
from paper_notes.intake.ochiai.front_matter import front_matter
from paper_notes.intake.ochiai.next_reads import read_next_read
from paper_notes.intake.ochiai.read import read_notes
from paper_notes.notes.yaml_nodes import Node, Scalar, Sequence
from paper_notes.notes.yaml_parser import parse
from tests.conftest import REPOSITORY

DIALECTS = REPOSITORY / "tests" / "data" / "notes" / "three_dialects.md"
EMPTY = Draft(Metadata("", ()), "2026-01-31", topics=("training",))


def brought(root: Path, text: str, name: str = "notes.md") -> Imported:
    path = root / name
    path.write_text(text, encoding="utf-8")
    return import_file(root, path, EMPTY)


def only_note(root: Path, text: str) -> str:
    imported = brought(root, text)
    assert imported.problems == []
    (path,) = imported.written
    return (root / path).read_text(encoding="utf-8")


def test_three_papers_in_three_dialects_become_three_drafts(root: Path) -> None:
    imported = import_file(root, DIALECTS, EMPTY)
    assert imported.problems == []
    assert [path.stem for path in imported.written] == [
        "group_normalization",
        "deep_residual_learning_image",
        "image_image_translation_conditional",
    ]
    for path in imported.written:
        tree, problems = parse((root / path).read_text(encoding="utf-8"), path)
        assert tree is not None
        assert problems == []


def test_every_line_is_accounted_for(root: Path) -> None:
    report = import_file(root, DIALECTS, EMPTY).report.split("\n")
    assert len(report) == len(DIALECTS.read_text(encoding="utf-8").split("\n"))
    assert not [row for row in report if "LOST" in row]
    assert report[7].split(": ", 1)[1].startswith("title | # 【論文メモ】Group Normalization")
    assert report[13].split(": ", 1)[1] == "what.ja | バッチに依存しない正規化層。"


def test_title_venue_authors_and_link_are_found(root: Path) -> None:
    note = only_note(
        root,
        "# 【論文メモ】[Group Normalization](https://arxiv.org/abs/1803.08494) (ECCV 2018)\n"
        "著者: Yuxin Wu, Kaiming He\n## どんなもの?\n正規化層。\n",
    )
    assert (
        "title: Group Normalization\nauthors: [Yuxin Wu, Kaiming He]\nyear: 2018\n"
        "venue: ECCV 2018\narxiv: 1803.08494\n" in note
    )


def test_a_quoted_answer_loses_its_marks_only(root: Path) -> None:
    note = only_note(root, "# A title\n## どんなもの?\n> 一行目。\n> 二行目。\n")
    assert "what:\n  ja: |\n    一行目。\n    二行目。\n" in note


def test_a_table_or_code_in_an_answer_stays_whole(root: Path) -> None:
    body = "| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\n# 議論はある?\n```"
    note = only_note(root, f"# A title\n## どんなもの?\n{body}\n")
    assert "\n".join(f"    {line}".rstrip() for line in body.split("\n")) in note


def test_an_answer_that_says_nothing_is_still_to_be_written(root: Path) -> None:
    note = only_note(root, "# A title\n## どんなもの?\n層。\n## 議論はある?\n省略\n")
    assert "discussion:\n  en: TODO\n  ja: TODO\n" in note
    assert "#   discussion: 省略\n" in note


def test_a_line_without_a_place_is_kept_as_a_comment(root: Path) -> None:
    imported = brought(root, "# A title\n図は省く # 注意\n## どんなもの?\n層。\n")
    assert "notes.md:2: kept as a comment | 図は省く # 注意" in imported.report
    (path,) = imported.written
    assert "#   図は省く # 注意\n" in (root / path).read_text(encoding="utf-8")


def test_a_title_that_another_one_replaces_is_kept(root: Path) -> None:
    note = only_note(root, "# pix2pix\n- タイトル: Image to Image\n## どんなもの?\n変換。\n")
    assert "title: Image to Image\n" in note
    assert "#   title: pix2pix\n" in note


def test_a_heading_inside_an_answer_begins_no_paper(root: Path) -> None:
    note = only_note(
        root, "# A title\n## どんなもの?\n層。\n### 補足\nもう一行。\n## 議論はある?\nある。\n"
    )
    assert "### 補足" in note


def test_the_same_question_twice_in_a_row_continues_its_answer(root: Path) -> None:
    note = only_note(root, "# A title\n## 実験\n一。\n**実験**\n二。\n")
    assert "一。" in note
    assert "二。" in note


def test_without_a_title_the_title_is_to_be_written(root: Path) -> None:
    assert "title: TODO\n" in only_note(root, "## どんなもの?\n層。\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "---\ntitle: A b\ntags: [x, y]\n---\nrest",
            (4, [(2, "title", "A b"), (3, "tags", "x, y")]),
        ),
        ("---\ntitle: a: b\n---\n", (3, [(2, "title", "a: b")])),
        ('+++\ntitle = "A"\ntags = ["x"]\n+++\n', (4, [(2, "title", "A"), (3, "tags", "x")])),
        ("+++\nnot toml\n+++\n", (3, [])),
        ("---\nnever closed\n", (0, [])),
        ("no front matter\n", (0, [])),
    ],
)
def test_front_matter(text: str, expected: tuple[int, list[tuple[int, str, str]]]) -> None:
    assert front_matter(text.split("\n")) == expected


LN = "Layer Normalization"
ON_ARXIV = DraftRead(title=LN, arxiv="1607.06450")


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (f"- [{LN}](https://arxiv.org/abs/1607.06450)", ON_ARXIV),
        (f"1. {LN} [pdf](https://arxiv.org/pdf/1607.06450.pdf)", ON_ARXIV),
        (f"* {LN}, arXiv:1607.06450", ON_ARXIV),
        (f"- {LN} (https://doi.org/10.1000/ln)", DraftRead(title=LN, doi="10.1000/ln")),
        (f"- {LN} https://example.org/ln", DraftRead(title=LN, url="https://example.org/ln")),
        (f"- “{LN}”, Ba et al. 2016", DraftRead(title=LN, why={"en": "Ba et al. 2016"})),
        (f"- {LN} - RNN 向け", DraftRead(title=LN, why={"ja": "RNN 向け"})),
        (f"- [{LN}](arxiv:1607.06450): RNN 向け", replace(ON_ARXIV, why={"ja": "RNN 向け"})),
        (LN, DraftRead(title=LN)),
        ("- ", None),
    ],
)
def test_a_paper_to_read_next(line: str, read: DraftRead | None) -> None:
    assert read_next_read(line) == read


def test_a_paper_that_the_base_has_is_not_written_again(root: Path) -> None:
    known = "# 別名\nhttps://arxiv.org/abs/1801.00010\n## どんなもの?\n層。\n"
    text = f"{known}# 新しい\n## どんなもの?\n層。\n"
    imported = brought(root, text)
    assert [problem.code for problem in imported.problems] == ["same-paper"]
    assert imported.problems[0].place.line == 1
    assert len(imported.written) == 1


def test_a_file_without_papers_says_so(root: Path) -> None:
    assert [problem.code for problem in brought(root, "").problems] == ["no-paper"]


def test_a_file_that_is_no_text_is_refused(root: Path) -> None:
    (root / "sjis.md").write_bytes("# 論文".encode("shift_jis"))
    (problem,) = import_file(root, root / "sjis.md", EMPTY).problems
    assert problem.code == "not-utf8"


def test_a_dry_run_writes_nothing(root: Path) -> None:
    before = sorted(root.rglob("*"))
    imported = import_file(root, DIALECTS, EMPTY, dry_run=True)
    assert len(imported.written) == 3
    assert sorted(root.rglob("*")) == before


# What tells where a value goes is not part of the value.
LABELS = {"著者", "URL", "year", "https", "arxiv", "org", "abs", "1"}
WORD = st.sampled_from(
    ["層", "正規化", "x_1", "a: b", "- c", "#", "'", '"', "[d]", "{e}", "|", "<b>", "%"]
)
PROSE = st.lists(WORD | st.text("ab 。|:#>*`-", max_size=8), max_size=4).map(" ".join)
LINE = st.one_of(
    PROSE,
    st.sampled_from(
        ["# T1", "## T2 (ECCV 2018)", "---", "", "```", "| a | b |", "|---|---|", "> q"]
    ),
    st.tuples(
        st.sampled_from(["## {}", "- {}", "**{}**", "| {} | x |", "{}: y", "1. {}"]),
        st.sampled_from(["どんなもの?", "議論はある?", "次に読むべき論文は?", "実験", "キモ"]),
    ).map(lambda pair: pair[0].format(pair[1])),
    st.sampled_from(["著者: A B, C D", "URL: https://arxiv.org/abs/1803.08494", "year: 2018"]),
)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def values(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.value
    children = node.items if isinstance(node, Sequence) else [value for _, value in node.entries]
    return " ".join(values(child) for child in children)


@given(st.lists(LINE, max_size=12).map("\n".join))
@example("## どんなもの?\n#\n---")
@example("## どんなもの?\n\n  indented\n\ttab")
def test_nothing_is_lost_and_the_draft_is_yaml(text: str) -> None:
    papers, account = read_notes(text)
    written = set()
    for paper in papers:
        answers, reads = paper.written(account), paper.reads(account)
        preface = paper.preface
        draft = replace(EMPTY, metadata=preface.metadata, tags=preface.tags)
        draft = replace(draft, answers=answers, next_read=reads, kept=paper.kept)
        tree, problems = parse(as_yaml(draft, "test_x"), PurePosixPath("papers/x.yaml"))
        assert tree is not None
        assert problems == []
        written |= words(values(tree)) | words(" ".join(paper.kept))
    lines = text.split("\n")
    assert "LOST" not in account.render("x", lines)
    for number, line in enumerate(lines, 1):
        fates = account.fates[number]
        if not any(fate == "layout" or fate.startswith("the question") for fate in fates):
            assert words(line.replace("<b>", "")) - LABELS <= written, (line, fates)
