"""The front door: what this is, how much of it there is, the ways in, what came last."""

from __future__ import annotations

from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.proof import proof
from paper_notes.pages.words import WORDS

NEWEST = 6
# The ways in: where each leads below the language, and its key among the words.
WAYS = (
    ("topics/", "topics"),
    ("map/", "map"),
    ("paths/", "paths_learning"),
    ("timeline/", "timeline"),
    ("papers/", "all_papers"),
    ("tags/", "tags"),
    ("evidence/", "evidence"),
    ("compare/", "compare"),
    ("snippets/", "snippets"),
    ("to-read/", "to_read"),
)


def home_page(context: Context, language: str) -> Page:
    """The home page in that language."""
    url = f"{language}/"
    groups = context.groups
    body = context.render(
        "home.html",
        url,
        language,
        proof=proof(context, groups.totals.keys()),
        groups=groups.topics,
        newest=context.papers(groups.newest[:NEWEST]),
        ways=WAYS,
    )
    words = WORDS[language]
    return Page(
        url=url,
        language=language,
        title=words["site"],
        description=words["tagline"],
        body=body,
        kind="home",
        math='class="katex' in body,
        styles=("assets/lists.css",),
    )
