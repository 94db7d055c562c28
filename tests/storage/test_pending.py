"""Several new files are written as one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from paper_notes.storage.recovery import put_right
from paper_notes.storage.whole import write_new

FILES = {PurePosixPath("papers/a.yaml"): b"note", PurePosixPath("snippets/a.py"): b"snippet"}


def names(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def cut_off(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the base as a kill leaves it when one of two files is in its place."""
    script = (
        "import os, signal\nfrom pathlib import Path, PurePosixPath\n"
        "from paper_notes.storage.whole import write_new\nlink = Path.hardlink_to\n"
        "def one(self, target):\n"
        "    if self.name.endswith('.py'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    link(self, target)\n"
        "Path.hardlink_to = one\n"
        f"write_new(Path({str(root)!r}), {FILES!r})\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    subprocess.run([sys.executable, "-c", script], check=False)


def test_all_are_written_and_nothing_is_left_beside_them(tmp_path: Path) -> None:
    write_new(tmp_path, FILES)
    assert names(tmp_path) == ["papers/a.yaml", "snippets/a.py"]


def test_none_is_written_where_one_exists(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/a.py").write_text("mine")
    with pytest.raises(FileExistsError):
        write_new(tmp_path, FILES)
    assert names(tmp_path) == ["snippets/a.py"]
    assert (tmp_path / "snippets/a.py").read_text() == "mine"


def test_a_half_is_undone_by_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(tmp_path, monkeypatch)
    assert "papers/a.yaml" in names(tmp_path)
    said = put_right(tmp_path)
    assert names(tmp_path) == []
    assert said[0] == "removed papers/a.yaml: what belongs to it was not written"


def test_a_half_that_somebody_has_changed_since_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(tmp_path, monkeypatch)
    (tmp_path / "papers/a.yaml").write_text("mine now")
    put_right(tmp_path)
    assert names(tmp_path) == ["papers/a.yaml"]


@pytest.mark.parametrize(
    "content", ["", "[", "[]", '{"/etc/passwd": [1, ""], "../a": []}', "[" * 99999]
)
def test_a_record_that_says_nothing_is_removed(tmp_path: Path, content: str) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build/begun.x.json").write_text(content)
    assert put_right(tmp_path) == []
    assert names(tmp_path) == []
