"""Filtering claims and choosing papers to compare, as a reader does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def claims(page: Page) -> list[str]:
    """The claims that are shown, once the tables have been read."""
    expect(page.locator(".pn-claims-all [role=status]")).not_to_be_empty()
    return page.locator(".pn-claims-all tr[data-state] td:first-child").all_inner_texts()


def test_all_claims_of_the_base_are_in_one_table(page: Page, address: str) -> None:
    page.goto(address + "en/evidence/")
    assert len(claims(page)) == 5
    expect(page.locator(".pn-claims-all [role=status]")).to_have_text("Claims found: 5")


def test_a_filter_shows_what_matches_and_the_address_keeps_it(page: Page, address: str) -> None:
    page.goto(address + "en/evidence/")
    page.get_by_label("State").select_option("reported")
    expect(page.locator(".pn-claims-all [role=status]")).to_have_text("Claims found: 1")
    assert claims(page) == ["Accuracy rises by five points."]
    expect(page).to_have_url(address + "en/evidence/?state=reported")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("topic=language", ["Each fold halves the length."]),
        ("paper=slow_pooling", ["The mean does not change."]),
        ("paper=slow pool", ["The mean does not change."]),
        ("q=PARAMETERS&state=verified", ["The layer has no parameters."]),
        ("q=nothing at all", []),
    ],
)
def test_an_address_brings_its_filter(
    page: Page, address: str, query: str, found: list[str]
) -> None:
    page.goto(f"{address}en/evidence/?{query}")
    assert claims(page) == found


def test_the_links_of_rows_lead_to_their_papers(page: Page, address: str) -> None:
    page.goto(address + "en/evidence/?paper=tidy_scale")
    page.locator(".pn-claims-all").get_by_role("link", name="Tidy Scale").click()
    expect(page).to_have_url(address + "en/papers/tidy_scale/")


def test_ticked_papers_are_shown_side_by_side_and_the_address_names_them(
    page: Page, address: str
) -> None:
    page.goto(address + "en/compare/training/")
    page.get_by_label("Tidy Scale").check()
    page.get_by_label("Slow Pooling").check()
    page.get_by_role("button", name="Show side by side").click()
    heads = page.locator(".pn-compare thead th")
    expect(heads).to_have_text(
        ["Tidy Scale: Dividing by the Largest", "Slow Pooling Considered Gentle"]
    )
    expect(page).to_have_url(address + "en/compare/?papers=tidy_scale,slow_pooling")
    rows = page.locator(".pn-compare .pn-rows").all_inner_texts()
    assert rows[0] == "What is it?"
    assert rows[-2:] == ["Claims", "Figures from the paper"]


def test_papers_of_different_topics_can_be_compared(page: Page, address: str) -> None:
    page.goto(address + "en/compare/?papers=folded_words,tidy_scale")
    expect(page.locator(".pn-compare thead th")).to_have_count(2)


def test_a_paper_that_is_not_here_is_named(page: Page, address: str) -> None:
    page.goto(address + "en/compare/?papers=nowhere,tidy_scale")
    expect(page.locator(".pn-chosen [role=status]")).to_contain_text("nowhere")
    expect(page.locator(".pn-compare thead th")).to_have_count(1)


def test_an_address_with_markup_in_it_shows_none(page: Page, address: str) -> None:
    page.goto(address + "en/compare/?papers=<img src=x onerror=alert(1)>,tidy_scale")
    expect(page.locator(".pn-compare thead th")).to_have_count(1)
    expect(page.locator(".pn-chosen img")).to_have_count(0)


def test_a_paper_can_be_taken_out(page: Page, address: str) -> None:
    page.goto(address + "en/compare/?papers=tidy_scale,slow_pooling")
    page.get_by_role("link", name="remove: Tidy Scale").click()
    expect(page.locator(".pn-compare thead th")).to_have_text(["Slow Pooling Considered Gentle"])


def test_without_javascript_tables_stand_by_themselves(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "en/evidence/")
    page.get_by_role("link", name="Training").first.click()
    expect(page.locator("tr[data-state]")).to_have_count(4)
    page.goto(address + "en/compare/training/")
    expect(page.locator(".pn-compare thead th")).to_have_count(2)
    expect(page.get_by_role("button", name="Show side by side")).to_be_hidden()
    context.close()
