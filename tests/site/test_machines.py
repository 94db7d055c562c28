"""Files that are no pages, written beside the pages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from paper_notes.site.machines import write_for_machines
from paper_notes.site.publication import Publication
from tests.site.conftest import ADDRESS


@pytest.fixture
def site(tmp_path: Path, publication: Publication) -> Path:
    for page in publication.pages:
        (tmp_path / page.url).mkdir(parents=True, exist_ok=True)
        (tmp_path / page.url / "index.html").touch()
    return tmp_path


def files(site: Path) -> set[str]:
    paths = (path for path in site.rglob("*.*") if path.suffix != ".html")
    return {path.relative_to(site).as_posix() for path in paths}


def test_every_paper_is_there_as_json_and_in_both_languages_as_markdown(
    site: Path, publication: Publication
) -> None:
    write_for_machines(publication, site)
    assert json.loads((site / "papers/tidy_scale.json").read_bytes())["id"] == "tidy_scale"
    assert {"en/papers/tidy_scale.md", "ja/papers/tidy_scale.md"} <= files(site)


def test_with_an_address_there_are_feeds_and_a_sitemap(
    site: Path, publication: Publication
) -> None:
    write_for_machines(publication, site)
    feeds = {
        f"{language}/{name}" for language in ("en", "ja") for name in ("atom.xml", "feed.json")
    }
    assert {*feeds, "sitemap.xml"} <= files(site)
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (site / "robots.txt").read_text()
    assert f"<loc>{ADDRESS}en/papers/tidy_scale/</loc>" in (site / "sitemap.xml").read_text()


def test_without_an_address_there_are_neither(site: Path, publication: Publication) -> None:
    write_for_machines(replace(publication, address=None), site)
    assert not any(name.endswith((".xml", "feed.json")) for name in files(site))
    assert "Sitemap" not in (site / "robots.txt").read_text()


def test_language_models_find_every_paper(site: Path, publication: Publication) -> None:
    write_for_machines(replace(publication, address=None), site)
    text = (site / "llms.txt").read_text()
    assert text.startswith("# Paper Notes\n\n> ")
    for id in publication.context.library.papers:
        assert f"](en/papers/{id}.md): " in text
        assert f"](ja/papers/{id}.md): " in text
