"""Hand-written pages as their front matter describes them: their heads say what ours say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup
from mkdocs.utils.meta import get_data

from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.page import Page
from paper_notes.site.docs_tree import Tree


def written_pages(written: Tree) -> Iterator[Page]:
    """The pages that are there in every language and have a title, without their bodies."""
    for path, content in written.items():
        language, *rest = path.parts
        versions = [PurePosixPath(other, *rest) for other in LANGUAGES]
        if path.suffix != ".md" or not rest or language not in LANGUAGES:
            continue
        meta = _front_matter(content)
        if "title" in meta and all(version in written for version in versions):
            yield Page(
                url=_url(path),
                language=language,
                title=str(meta["title"]),
                description=str(meta.get("description", "")),
                body=Markup(""),
                kind="written",
            )


def _front_matter(content: bytes) -> Mapping[str, Any]:
    return get_data(content.decode("utf-8", "replace"))[1]


def _url(path: PurePosixPath) -> str:
    """Where MkDocs puts this page: "en/about.md" at "en/about/"."""
    place = path.parent if path.stem in ("index", "README") else path.with_suffix("")
    return f"{place.as_posix()}/"
