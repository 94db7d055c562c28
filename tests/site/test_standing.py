"""A build that would change nothing does nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from paper_notes.problems import has_errors
from paper_notes.site.publish import publish
from paper_notes.site.standing import digests, fingerprint, read_standing
from paper_notes.snippets.figures import file_of
from tests.conftest import FIGURES

NOTHING = "nothing has changed since the site was built"
FIGURE_FILE = file_of(next(iter(FIGURES)))
PAGE = "site/en/papers/tidy_scale/index.html"


def build(root: Path, *, strict: bool = False) -> tuple[list[str], object]:
    said: list[str] = []
    built = publish(root, strict=strict, say=said.append)
    return said, built


@pytest.fixture
def built(root: Path) -> Path:
    """The invented base, built once."""
    _, result = build(root)
    assert not has_errors(result.problems)  # type: ignore[attr-defined]
    return root


def test_a_second_build_says_that_there_is_nothing_to_do(built: Path) -> None:
    assert build(built)[0] == [NOTHING]


def test_it_gives_the_same_pages_and_warnings(root: Path) -> None:
    _, first = build(root)
    _, again = build(root)
    assert again.pages == first.pages  # type: ignore[attr-defined]
    assert again.problems == first.problems != []  # type: ignore[attr-defined]


def append(path: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with (root / path).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return change


CHANGES = {
    "note": append("papers/tidy_scale.yaml", "\n# changed\n"),
    "snippet": append("snippets/tidy_scale.py", "\n# changed\n"),
    "test": append("tests/snippets/test_tidy_scale.py", "\n# changed\n"),
    "hand-written page": append("docs/en/about.md", "\nMore.\n"),
    "new hand-written page": append("docs/en/more.md", "# More\n"),
    "settings": append("mkdocs.yml", "\n# changed\n"),
    "report": append("build/report.json", "{}"),
    "mutation scores": append("tests/snippets/mutation.json", "{}"),
    "figure": append(FIGURE_FILE, " "),
    "figure gone": lambda root: (root / FIGURE_FILE).unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_a_build_depends_on_changes_the_fingerprint(
    root: Path, change: Callable[[Path], None]
) -> None:
    before = fingerprint(root)
    change(root)
    assert fingerprint(root) != before


@pytest.mark.parametrize(
    "change",
    [
        append(PAGE, "touched"),
        append("site/stranger.txt", "x"),
        lambda root: (root / PAGE).unlink(),
    ],
    ids=["a page is touched", "there is a stranger", "a page is gone"],
)
def test_a_site_that_somebody_touched_is_built_again(
    built: Path, change: Callable[[Path], None]
) -> None:
    change(built)
    assert NOTHING not in build(built)[0]
    assert (built / PAGE).read_text(encoding="utf-8").endswith("</html>")
    assert not (built / "site/stranger.txt").exists()


def test_a_changed_note_is_on_the_next_site(built: Path) -> None:
    note = built / "papers/tidy_scale.yaml"
    text = note.read_text(encoding="utf-8")
    lines = ["title: Renamed" if line.startswith("title:") else line for line in text.split("\n")]
    note.write_text("\n".join(lines), encoding="utf-8")
    assert NOTHING not in build(built)[0]
    assert "<title>Renamed" in (built / PAGE).read_text(encoding="utf-8")


def test_strict_is_not_taken_for_lenient(built: Path) -> None:
    assert NOTHING not in build(built, strict=True)[0]


def test_a_file_elsewhere_that_a_run_read_counts(root: Path) -> None:
    (root / "data.csv").write_text("1")
    before = digests(root, ["data.csv", "papers/tidy_scale.yaml"])
    assert before.keys() == {"data.csv"}
    (root / "data.csv").write_text("2")
    assert digests(root, before) != before


@pytest.mark.parametrize("name", ["PAPER_NOTES_SITE_URL", "PAPER_NOTES_REPOSITORY"])
def test_settings_from_the_environment_count(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = fingerprint(root)
    monkeypatch.setenv(name, "https://example.org/")
    assert fingerprint(root) != before


def test_what_the_tool_did_not_ask_for_does_not(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(root)
    monkeypatch.setenv("UNRELATED", "1")
    (root / "README.md").write_text("changed")
    assert fingerprint(root) == before


@pytest.mark.parametrize("damage", ["", "{", "[" * 100_000, "{}"])
def test_a_damaged_memory_says_nothing(root: Path, damage: str) -> None:
    (root / "build/cache").mkdir(parents=True)
    (root / "build/cache/standing").write_text(damage)
    assert read_standing(root) is None


def test_what_an_interrupted_build_left_goes_even_where_nothing_has_changed(built: Path) -> None:
    (built / "build/site").mkdir()
    (built / ".site.old").mkdir()
    assert build(built)[0][-1] == NOTHING
    assert not (built / "build/site").exists()
    assert not (built / ".site.old").exists()


def test_what_a_build_at_work_has_made_stays_where_nothing_has_changed(built: Path) -> None:
    (built / "build/site").mkdir()
    with FileLock(built / "build/.lock"):
        assert build(built)[0] == [NOTHING]
    assert (built / "build/site").is_dir()


def test_a_failed_build_is_tried_again(built: Path) -> None:
    note = built / "papers/tidy_scale.yaml"
    note.write_text(note.read_text(encoding="utf-8").replace(r"\max_i |x_i|", r"\frac{x_i", 1))
    for _ in range(2):
        said, result = build(built)
        assert NOTHING not in said
        assert has_errors(result.problems)  # type: ignore[attr-defined]
