"""The memory between builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from paper_notes.site.cache import remembered


def test_what_is_put_in_is_there_next_time(tmp_path: Path) -> None:
    with remembered(tmp_path / "cache.json") as memory:
        memory["a"] = "あ"
    with remembered(tmp_path / "cache.json") as memory:
        assert memory == {"a": "あ"}


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff\xfe", b"null"])
def test_a_damaged_memory_starts_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "cache.json").write_bytes(damage)
    with remembered(tmp_path / "cache.json") as memory:
        assert memory == {}
        memory["b"] = "c"
    with remembered(tmp_path / "cache.json") as memory:
        assert memory == {"b": "c"}
