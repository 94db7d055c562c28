"""What we took from others is what they published, with their licence beside it."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files

SIGMA = files("paper_notes.site").joinpath("assets/sigma")


def test_each_file_is_the_published_one_with_its_licence() -> None:
    manifest = json.loads(SIGMA.joinpath("manifest.json").read_text(encoding="utf-8"))
    for entry in manifest:
        assert sha256(SIGMA.joinpath(entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert "Copyright" in SIGMA.joinpath(entry["licence_file"]).read_text(encoding="utf-8")
    named = {name for entry in manifest for name in (entry["file"], entry["licence_file"])}
    assert {node.name for node in SIGMA.iterdir()} == named | {"manifest.json"}
