"""Files that are no pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from paper_notes.site.machines import files_about, machine_files
from paper_notes.site.publication import Publication
from tests.site.conftest import ADDRESS


def files(publication: Publication) -> Mapping[str, str]:
    urls = {page.url for page in publication.pages}
    made = machine_files(publication, urls)
    return {path: _text(content) for path, content in made}


def _text(content: str | bytes) -> str:
    return content.decode() if isinstance(content, bytes) else content


def test_every_paper_is_there_as_json_and_in_both_languages_as_markdown(
    publication: Publication,
) -> None:
    about = dict(files_about(publication.context, "tidy_scale"))
    assert json.loads(about["papers/tidy_scale.json"]())["id"] == "tidy_scale"
    assert {"en/papers/tidy_scale.md", "ja/papers/tidy_scale.md"} <= about.keys()


def test_every_snippet_is_there_as_a_notebook(publication: Publication) -> None:
    about = dict(files_about(publication.context, "tidy_scale"))
    assert json.loads(about["notebooks/tidy_scale.ipynb"]())["nbformat"] == 4


def test_with_an_address_there_are_feeds_and_a_sitemap(publication: Publication) -> None:
    made = files(publication)
    feeds = {
        f"{language}/{name}" for language in ("en", "ja") for name in ("atom.xml", "feed.json")
    }
    assert {*feeds, "sitemap.xml"} <= made.keys()
    assert f"Sitemap: {ADDRESS}sitemap.xml" in made["robots.txt"]
    assert f"<loc>{ADDRESS}en/papers/tidy_scale/</loc>" in made["sitemap.xml"]


def test_without_an_address_there_are_neither(publication: Publication) -> None:
    made = files(replace(publication, address=None))
    assert not any(name.endswith((".xml", "feed.json")) for name in made)
    assert "Sitemap" not in made["robots.txt"]


def test_language_models_find_every_paper(publication: Publication) -> None:
    text = files(replace(publication, address=None))["llms.txt"]
    assert text.startswith("# Paper Notes\n\n> ")
    for id in publication.context.library.papers:
        assert f"](en/papers/{id}.md): " in text
        assert f"](ja/papers/{id}.md): " in text
