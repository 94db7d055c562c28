"""Pages as a reader meets them: two languages, light and dark, desktop, tablet and phone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.waiting import until

WIDTHS = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (360, 740)}
SCHEMES = ["light", "dark"]
# Each kind of page once everywhere; their other language and kin at two extremes.
KINDS = [
    "en/",
    "ja/papers/tidy_scale/",
    "en/snippets/tidy_scale/",
    "en/topics/training/",
    "ja/about/",
]
OTHERS = [
    "",
    "ja/",
    "en/papers/tidy_scale/",
    "ja/papers/folded_words/",
    "en/papers/",
    "en/topics/",
    "en/timeline/",
    "ja/tags/",
    "en/tags/scaling/",
    "en/map/",
    "ja/map/",
    "en/paths/",
    "ja/paths/from_scales_to_folds/",
    "en/paths/way/?from=slow_pooling&to=tidy_scale",
    "en/evidence/",
    "ja/evidence/training/",
    "en/compare/",
    "en/compare/?papers=tidy_scale,folded_words",
    "ja/compare/training/",
    "en/to-read/",
    "ja/format/",
    "en/snippets/",
    "en/about/",
]
CASES = [*product(KINDS, WIDTHS, SCHEMES)]
CASES += [(path, *look) for path in OTHERS for look in (("desktop", "light"), ("phone", "dark"))]

# A page's policy lets no style element in; a sheet that a script builds is no element.
LAY_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets = [sheet];
}"""

MOST_BYTES = 75 * 1024  # of a paper's page at the first visit, everything that goes over the wire


class Visit:
    """An open page, and what it complained of and asked for meanwhile."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.console: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        self.bytes = 0
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def desktop(browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield Visit(context.new_page(), address)
    context.close()


@pytest.fixture
def scriptless(browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(java_script_enabled=False)
    yield Visit(context.new_page(), address)
    context.close()


@pytest.mark.parametrize(("path", "device", "scheme"), CASES)
def test_a_page_is_quiet_local_accessible_and_not_too_wide(
    browser: Browser, address: str, path: str, device: str, scheme: Literal["light", "dark"]
) -> None:
    width, height = WIDTHS[device]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    visit = Visit(context.new_page(), address)
    page = visit.open(path)
    assert visit.console == []
    assert [url for url in visit.requests if not url.startswith(visit.address)] == []
    # Everything at once, also what is laid out only when it comes near.
    page.evaluate(LAY_OUT)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    context.close()


@pytest.mark.parametrize("path", ["en/papers/tidy_scale/", "ja/papers/tidy_scale/"])
def test_the_first_visit_of_a_paper_is_small(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    visit = Visit(context.new_page(), address)
    visit.open(path).wait_for_load_state("networkidle")
    context.close()
    assert 0 < visit.bytes <= MOST_BYTES


def test_the_figure_follows_the_scheme_that_the_reader_chose(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    expect(page.locator(".pn-on-light")).to_be_visible()
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator(".pn-on-dark")).to_be_visible()
    expect(page.locator(".pn-on-light")).to_be_hidden()


def test_code_below_the_first_screen_is_laid_out_once_there_is_time(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = Visit(context.new_page(), address).open("en/papers/tidy_scale/")
    until(page, "document.querySelectorAll('.pn-laid').length === 2")
    assert page.locator(".pn-side").evaluate(
        "side => getComputedStyle(side).contentVisibility"
    ) == ("visible")
    context.close()


def test_a_claim_leads_to_its_test(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    page.get_by_role("link", name="test_output_ignores_the_scale").click()
    page.wait_for_url("**en/snippets/tidy_scale/#test_output_ignores_the_scale")
    expect(page.locator(":target")).to_have_text("test_output_ignores_the_scale")


def test_on_paper_there_is_the_text_and_no_navigation(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".pn-header")).to_be_hidden()
    expect(page.get_by_role("button").first).to_be_hidden()
    expect(page.locator(".pn-on-light")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_language_link_leads_to_the_same_page(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    page.get_by_role("link", name="日本語").click()
    expect(page).to_have_url(desktop.address + "ja/papers/tidy_scale/")
    expect(page.locator("html")).to_have_attribute("lang", "ja")


def test_the_theme_button_changes_the_scheme_and_it_stays(desktop: Visit) -> None:
    def background(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page = desktop.open("en/papers/tidy_scale/")
    light = background(page)
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = background(page)
    assert dark != light
    assert background(desktop.open("en/")) == dark


def test_the_copy_button_copies_the_code_as_it_is_written(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("import torch")


def test_notes_and_code_stand_side_by_side_on_a_wide_screen(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    notes, code = (page.locator(part).bounding_box() for part in (".pn-notes", ".pn-side"))
    assert notes
    assert code
    assert code["x"] >= notes["x"] + notes["width"]
    assert abs(code["y"] - notes["y"]) < 50


def test_code_comes_after_the_notes_on_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = Visit(context.new_page(), address).open("en/papers/tidy_scale/")
    notes, code = (page.locator(part).bounding_box() for part in (".pn-notes", ".pn-side"))
    context.close()
    assert notes
    assert code
    assert code["y"] >= notes["y"] + notes["height"]


def test_the_skip_link_comes_first_and_leads_to_the_content(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")


def test_without_javascript_any_paper_is_reached_from_home_by_links(scriptless: Visit) -> None:
    page = scriptless.open("")
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Tidy Scale: Dividing by the Largest").click()
    expect(page.locator("h1")).to_have_text("Tidy Scale: Dividing by the Largest")
    expect(page.get_by_role("heading", name="What is the key idea?")).to_be_visible()
    expect(page.get_by_role("button", name="Copy").first).to_be_hidden()


def test_the_bibtex_file_can_be_downloaded(desktop: Visit) -> None:
    page = desktop.open("en/papers/tidy_scale/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download .bib").click()
    assert download.value.suggested_filename == "tidy_scale.bib"
