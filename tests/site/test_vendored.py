"""What we took from others is what they published, with their licence beside it.

A folder of such files has a manifest.json: package, version, source, licence, the digest of the
archive it was taken from as npm states it (`npm view katex@0.16.47 dist.integrity`), and for each
file its place in that archive and its digest.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

ASSETS = REPOSITORY / "tools/paper_notes/site/assets"
MANIFESTS = sorted(ASSETS.rglob("manifest.json"))
FOREIGN = re.compile(r"@license|copyright|sourceMappingURL", re.IGNORECASE)
OUR_PICTURES = {"preview.png"}

each_manifest = pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)


def packages(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def files_of(path: Path) -> dict[str, str]:
    """The digest of each file that a manifest lists, by its name in the folder."""
    return {one["file"]: one["sha256"] for each in packages(path) for one in each["files"]}


def here(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_katex_and_sigma_have_manifests() -> None:
    assert {path.parent.name for path in MANIFESTS} == {"katex", "sigma"}


@each_manifest
def test_the_folder_holds_the_published_files_and_no_others(path: Path) -> None:
    assert here(path.parent) == files_of(path)


@each_manifest
def test_each_package_says_where_it_is_from_and_brings_its_licence(path: Path) -> None:
    for each in packages(path):
        assert re.fullmatch(r"\d+\.\d+\.\d+", each["version"])
        assert each["source"].startswith("https://github.com/")
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", each["archive"])
        assert each["licence"] == "MIT"
        (licence,) = [one["file"] for one in each["files"] if "LICENSE" in one["file"]]
        assert "Copyright" in (path.parent / licence).read_text(encoding="utf-8")


def test_no_file_of_others_lies_outside_such_a_folder() -> None:
    folders = [path.parent for path in MANIFESTS]
    ours = [
        path
        for path in ASSETS.rglob("*")
        if path.is_file() and not any(path.is_relative_to(folder) for folder in folders)
    ]
    texts = [path for path in ours if path.suffix in {".css", ".js", ".svg"}]
    assert {path.name for path in ours} - {path.name for path in texts} == OUR_PICTURES
    assert [path.name for path in texts if FOREIGN.search(path.read_text(encoding="utf-8"))] == []
    assert [path.name for path in ours if ".min." in path.name] == []
