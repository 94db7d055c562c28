"""The reading graph as a reader uses it: drawing, paths, ways, map; with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.waiting import until

BOXES = """boxes => boxes.map(box => {
  const outer = box.querySelector('rect').getBoundingClientRect();
  return [...box.querySelectorAll('text')].every(text => {
    const inner = text.getBoundingClientRect();
    return inner.left > outer.left && inner.right < outer.right
      && inner.top >= outer.top && inner.bottom <= outer.bottom;
  });
})"""
SMALLEST = """drawing => {
  const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
  const sizes = [...drawing.querySelectorAll('text')].map(
    text => parseFloat(getComputedStyle(text).fontSize));
  return Math.min(...sizes) * scale;
}"""

NO_WEBGL = "HTMLCanvasElement.prototype.getContext = () => null;"
KEEP_ERRORS = """
globalThis.errors = [];
addEventListener("error", (event) => errors.push(event.message));
"""


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    contexts = []

    def visit(path: str, width: int = 1440, script: str = "", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if script:
            page.add_init_script(script)
        page.goto(address + path)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "name"), [(1440, "wide"), (768, "wide"), (360, "narrow")])
def test_titles_around_a_paper_stay_in_their_boxes(
    open_page: Callable[..., Page], width: int, name: str
) -> None:
    page = open_page("en/papers/folded_words/", width)
    drawing = page.locator(f".pn-around-{name}")
    expect(drawing).to_be_visible()
    assert all(drawing.locator("g:has(rect), a").evaluate_all(BOXES))
    assert drawing.evaluate(SMALLEST) >= 12
    expect(page.locator(".pn-around:visible")).to_have_count(1)


def test_the_drawing_leads_to_papers_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("en/papers/folded_words/", java_script_enabled=False)
    page.locator(".pn-around-wide a", has_text="Tidy Scale").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Tidy Scale: Dividing by the Largest")


def test_ticks_of_a_path_stay(open_page: Callable[..., Page]) -> None:
    page = open_page("en/paths/from_scales_to_folds/")
    expect(page.locator(".pn-progress")).to_have_text("0 of 3 read")
    page.get_by_label("Read: Tidy Scale").check()
    page.reload()
    expect(page.get_by_label("Read: Tidy Scale")).to_be_checked()
    expect(page.locator(".pn-progress")).to_have_text("1 of 3 read")


def test_a_path_is_a_plain_list_without_javascript(open_page: Callable[..., Page]) -> None:
    page = open_page("en/paths/from_scales_to_folds/", java_script_enabled=False)
    expect(page.locator(".pn-path > li")).to_have_count(3)
    expect(page.locator("input[type=checkbox]:visible")).to_have_count(0)


def test_the_way_between_two_papers_is_found_and_kept_in_the_address(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("ja/paths/way/")
    page.get_by_label("出発").select_option("slow_pooling")
    page.get_by_label("目的").select_option("tidy_scale")
    steps = page.locator(".pn-way li")
    expect(steps).to_have_count(3)
    expect(steps.nth(1)).to_contain_text("並ぶ方法 Folded Words 2020平均ではなく")
    page.wait_for_url("**?from=slow_pooling&to=tidy_scale")
    page.reload()
    expect(steps).to_have_count(3)


def test_without_javascript_the_page_of_ways_shows_the_paths(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("en/paths/way/", java_script_enabled=False)
    expect(page.get_by_role("combobox")).to_have_count(0)
    page.get_by_role("link", name="From scales to folds").click()
    expect(page.locator("h1")).to_have_text("From scales to folds")


def test_labels_of_the_map_do_not_touch(open_page: Callable[..., Page]) -> None:
    page = open_page("en/map/")
    until(page, "document.querySelector('.pn-map-stage').labels?.length > 2")
    for _ in range(3):
        boxes = page.evaluate("document.querySelector('.pn-map-stage').labels")
        assert not [
            (a, b)
            for a, b in combinations(boxes, 2)
            if a["left"] < b["right"] and b["left"] < a["right"]
            and a["top"] < b["bottom"] and b["top"] < a["bottom"]
        ]  # fmt: skip
        page.get_by_role("button", name="Zoom out").click()
        page.wait_for_timeout(300)


def test_what_is_chosen_on_the_map_is_kept_in_the_address(open_page: Callable[..., Page]) -> None:
    page = open_page("en/map/")
    page.locator("[name=topic]").select_option("language")
    expect(page.locator(".pn-map-count")).to_have_text("1 of 5 papers")
    page.wait_for_url("**/en/map/?topic=language")
    page.get_by_label("Find on the map").fill("nothing")
    page.wait_for_url("**?q=nothing&topic=language")
    page.reload()
    expect(page.locator(".pn-map-count")).to_have_text("0 of 5 papers")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".pn-map-count")).to_have_text("5 of 5 papers")


def test_pointing_at_a_paper_of_the_list_says_what_it_is(open_page: Callable[..., Page]) -> None:
    page = open_page("en/map/")
    expect(page.locator(".pn-map-frame")).to_be_visible()
    page.locator(".pn-map-list").get_by_role("link", name="Tidy Scale").focus()
    expect(page.locator(".pn-map-about")).to_contain_text("divides a vector by its largest")


def test_a_paper_of_the_map_opens_when_it_is_clicked(open_page: Callable[..., Page]) -> None:
    page = open_page("en/map/")
    until(page, "document.querySelector('.pn-map-stage').labels?.length > 2")
    box = page.evaluate("document.querySelector('.pn-map-stage').labels[0]")
    stage = page.locator(".pn-map-stage")
    stage.hover(position={"x": box["left"] - 6, "y": (box["top"] + box["bottom"]) / 2})
    stage.click(position={"x": box["left"] - 6, "y": (box["top"] + box["bottom"]) / 2})
    page.wait_for_url("**/papers/*/")


@pytest.mark.parametrize("how", ["javascript", "webgl"])
def test_the_map_is_a_drawing_with_links_without(open_page: Callable[..., Page], how: str) -> None:
    if how == "javascript":
        page = open_page("en/map/", java_script_enabled=False)
    else:
        page = open_page("en/map/", script=f"{NO_WEBGL}{KEEP_ERRORS}")
        assert page.evaluate("errors") == []
    expect(page.locator(".pn-chart")).to_be_visible()
    expect(page.locator(".pn-map-frame")).not_to_be_visible()
    assert page.locator(".pn-chart").evaluate(SMALLEST) >= 12
    page.locator(".pn-chart a", has_text="Tidy Scale").click()
    expect(page.locator("h1")).to_have_text("Tidy Scale: Dividing by the Largest")
