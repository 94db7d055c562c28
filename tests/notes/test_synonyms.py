"""papers/synonyms.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from paper_notes.notes.synonyms import read_synonyms
from tests.conftest import REPOSITORY


def read(folder: Path, text: str) -> tuple[list[tuple[str, ...]], list[tuple[int, str]]]:
    (folder / "papers").mkdir()
    (folder / "papers/synonyms.yaml").write_text(text, encoding="utf-8")
    synonyms, problems = read_synonyms(folder)
    return list(synonyms), [(problem.place.line, problem.code) for problem in problems]


def test_groups_of_names(tmp_path: Path) -> None:
    text = "- [GAN, 敵対的生成ネットワーク]\n- [loss, 損失]\n"
    assert read(tmp_path, text) == ([("GAN", "敵対的生成ネットワーク"), ("loss", "損失")], [])


def test_there_need_be_none(tmp_path: Path) -> None:
    assert read_synonyms(tmp_path) == ((), [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- [GAN]\n", (1, "item-count")),
        ("- [GAN, GAN]\n", (1, "repeated")),
        ("- [GAN, a]\n- [loss, gan]\n", (2, "repeated")),
        ("- GAN\n", (1, "wrong-kind")),
        ("GAN: a\n", (1, "wrong-kind")),
        ("- [GAN, &x a]\n", (1, "anchor")),
    ],
)
def test_what_is_wrong(tmp_path: Path, text: str, problem: tuple[int, str]) -> None:
    assert problem in read(tmp_path, text)[1]


def test_the_real_file_is_large_and_in_order() -> None:
    synonyms, problems = read_synonyms(REPOSITORY)
    both = [group for group in synonyms if any(name.isascii() for name in group)
            and not all(name.isascii() for name in group)]  # fmt: skip
    assert problems == []
    assert len(both) >= 80
