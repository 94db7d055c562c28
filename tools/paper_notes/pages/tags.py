"""Tags: a page of them all, and a page for each with its papers in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from paper_notes.pages.context import Context
from paper_notes.pages.entries import Entries
from paper_notes.pages.page import Page
from paper_notes.pages.paging import parts
from paper_notes.pages.words import WORDS

ON_A_PAGE = 60  # papers
TAGS_ON_A_PAGE = 400


def tag_pages(context: Context, language: str, entries: Entries) -> Iterator[Page]:
    """All tags by name with how many papers each has, then every tag."""
    groups = context.groups.tags
    words = WORDS[language]
    url = f"{language}/tags/"
    for whole in parts(url, list(groups), TAGS_ON_A_PAGE, further=f"{url}-/"):  # "-" is no tag
        body = context.render("tags.html", whole.url, language, part=whole, groups=groups)
        yield _page(language, whole.url, whole.title(words["tags"]), body)
    for tag, ids in groups.items():
        title = f"#{tag}"
        for part in parts(f"{url}{tag}/", ids, ON_A_PAGE):
            values = {"title": title, "part": part, "entries": entries.of(part)}
            body = context.render("tag.html", part.url, language, **values)
            yield _page(language, part.url, part.title(title), body)


def _page(language: str, url: str, title: str, body: Markup) -> Page:
    return Page(
        url=url,
        language=language,
        title=title,
        description=WORDS[language]["tags_way"],
        body=body,
        kind="list",
        math='class="katex' in body,
        styles=("assets/lists.css",),
    )
