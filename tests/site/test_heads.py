"""The heads of all pages come back from their shelf as they were, as often as they are wanted."""

from __future__ import annotations

from paper_notes.pages.every import every_id, heads_about
from paper_notes.site.heads import heads
from paper_notes.site.publication import Publication


def test_lists_come_first_then_papers_by_id(publication: Publication) -> None:
    context, lists = publication.context, publication.pages.lists
    about = [page for id in every_id(context) for page in heads_about(context, id)]
    assert about
    made = heads(lists, context)
    assert [*made] == [*made] == [*lists, *about]
    assert [*made.about] == about
    assert len(made) == len(lists) + len(about)


def test_a_page_is_in_them_or_not(publication: Publication) -> None:
    first, *rest = publication.pages
    assert first in publication.pages
    assert first not in heads(rest[:1], publication.context)
