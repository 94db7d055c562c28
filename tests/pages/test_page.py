"""Pages: addresses between them, and the file each becomes."""

from __future__ import annotations

import json
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from paper_notes.pages.page import Page, as_markdown, href, with_body

PATHS = st.lists(st.sampled_from(["en", "ja", "papers", "a", "b"]), min_size=1, max_size=4).map(
    lambda parts: "/".join(parts) + "/"
)


def page(**changes: object) -> Page:
    values: dict[str, object] = {
        "url": "en/papers/a/",
        "language": "en",
        "title": "A",
        "description": "What A is.",
        "body": Markup("<p>x</p>"),
        "kind": "paper",
    }
    return Page(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("en/papers/a/", "en/papers/b/", "../b/"),
        ("en/papers/a/", "en/papers/a/", "./"),
        ("en/papers/a/", "ja/papers/a/", "../../../ja/papers/a/"),
        ("en/", "en/papers/a/#claims", "papers/a/#claims"),
        ("en/papers/a/", "bibtex/a.bib", "../../../bibtex/a.bib"),
        ("en/", "#claims", "#claims"),
    ],
)
def test_addresses_are_relative(source: str, target: str, expected: str) -> None:
    assert href(source, target) == expected


@given(PATHS, PATHS)
def test_a_relative_address_leads_where_it_should(source: str, target: str) -> None:
    site = "https://example.org/below/"
    assert urljoin(site + source, href(source, target)) == site + target


def test_the_counterpart_is_the_same_page_in_the_other_language() -> None:
    assert page().counterpart == "ja/papers/a/"
    assert page(url="ja/", language="ja").counterpart == "en/"


def test_a_page_goes_where_its_address_says() -> None:
    assert page().source == "en/papers/a.md"
    assert page(url="en/").source == "en/index.md"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_title_survives_the_front_matter_escaped(title: str) -> None:
    import html

    import yaml

    front = as_markdown(page(title=title)).split("---\n")[1]
    assert html.unescape(yaml.safe_load(front)["title"]) == html.unescape(html.escape(title))
    assert "<" not in front


def test_front_matter_is_one_json_value_a_line() -> None:
    front = as_markdown(page(title='a: "b" # c')).split("---\n")[1]
    values = dict(line.split(": ", 1) for line in front.splitlines())
    assert json.loads(values["title"]) == "a: &quot;b&quot; # c"


def test_the_body_takes_the_place_that_was_kept_for_it() -> None:
    whole = with_body(page(), f"<main>{as_markdown(page())}</main>")
    assert '<div class="pn-page pn-paper">\n<p>x</p>\n</div>' in whole


def test_a_generator_that_loses_the_place_of_the_body_is_found_out() -> None:
    with pytest.raises(ValueError, match="en/papers/a/: the generator lost"):
        with_body(page(), "<main></main>")
