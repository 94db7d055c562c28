"""Links within a site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.site.links import (
    Link,
    anchors,
    follow,
    ids_of_ours,
    links_of_ours,
    unanswered,
)

FILES = {"index.html", "en/a/index.html", "assets/style.css", "a.svg", "README"}
IDS = {"index.html": {"here"}, "en/a/index.html": {"claims"}}


def broken(page: str, links: list[str]) -> Iterator[str]:
    for one in follow(page, links, FILES):
        if isinstance(one, Link):
            yield one.link
        else:
            yield from (link.link for link in unanswered([one], lambda path: IDS[path]))


@pytest.mark.parametrize(
    "link",
    ["en/a/", "en/a", "en/a/index.html", "en/a/#claims", "assets/style.css", "#here", "", ".",
     "https://example.org/x", "mailto:a@example.org", "?q=1", "en/%61/", "a.svg#dark"],
)  # fmt: skip
def test_links_that_lead_somewhere(link: str) -> None:
    assert list(broken("index.html", [link])) == []


@pytest.mark.parametrize(
    "link", ["en/b/", "en/", "en/a/#nothing", "../outside", "/en/a/", "#nowhere", "assets/"]
)
def test_links_that_lead_nowhere(link: str) -> None:
    assert list(broken("index.html", [link])) == [link]


def test_links_start_at_their_page() -> None:
    assert list(broken("en/a/index.html", ["../../a.svg", "./", "a.svg"])) == ["a.svg"]


def test_images_and_scripts_count_too() -> None:
    assert anchors('<img src="a.svg"><script src="b.js"></script>').links == {"a.svg", "b.js"}


def test_the_published_address_of_a_page_is_not_checked() -> None:
    assert anchors('<link rel="canonical" href="https://example.org/">').links == frozenset()


TEXT = st.text(alphabet="ab <>&;'\"=/#", max_size=20)
ESCAPED = TEXT.map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
)
VALUE = ESCAPED.map(lambda text: text.replace('"', "&quot;"))
ATTRIBUTE = st.builds(' {}="{}"'.format, st.sampled_from(["id", "href", "src", "title"]), VALUE)
TAG = st.builds(lambda attributes: f"<a{''.join(attributes)}>", st.lists(ATTRIBUTE, max_size=3))
LITERAL = st.sampled_from([' id="x"', ' href="y"', "</a>", 'src="z"'])


@given(st.lists(TAG | ESCAPED | LITERAL).map("".join))
def test_our_own_pages_are_read_faster_to_the_same_effect(text: str) -> None:
    assert links_of_ours(text) == anchors(text).links
    assert ids_of_ours(text) == anchors(text).ids
