"""Searching and previews as a reader meets them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

TIDY = "Tidy Scale: Dividing by the Largest"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A desktop page whose console must stay silent."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


@pytest.fixture
def troubled(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which requests may fail, which the console then says."""
    context = browser.new_context(base_url=address, service_workers="block")
    yield context.new_page()
    context.close()


def search(page: Page, query: str) -> None:
    page.keyboard.press("/")
    expect(page.locator("dialog input")).to_be_focused()
    page.keyboard.insert_text(query)


def results(page: Page) -> list[str]:
    """The titles of the first results that show on a page that shows none yet."""
    page.locator(".pn-find-list a").first.wait_for()
    return page.locator(".pn-find-title").all_inner_texts()


@pytest.mark.parametrize("keys", ["/", "Control+k", "Meta+k"])
def test_keys_open_the_dialog_and_escape_closes_it(page: Page, keys: str) -> None:
    page.goto("en/papers/tidy_scale/")
    page.keyboard.press(keys)
    expect(page.get_by_role("dialog", name="Search the papers")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()


def test_the_button_in_the_header_opens_it_too(page: Page) -> None:
    page.goto("ja/")
    page.get_by_role("button", name="論文を検索").or_(page.locator(".pn-search-open")).first.click()
    expect(page.get_by_role("dialog", name="論文を検索")).to_be_visible()


def test_nothing_is_loaded_before_somebody_searches(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("en/papers/tidy_scale/")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/search/" in url and "open.js" not in url] == []


def test_arrows_and_enter_lead_to_a_paper(page: Page, address: str) -> None:
    page.goto("en/")
    search(page, "tidy scale")
    assert results(page) == [TIDY, "Folded Words"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".pn-find-list a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(address + "en/papers/folded_words/")


def test_enter_in_the_box_opens_the_first_paper(page: Page, address: str) -> None:
    page.goto("ja/")
    search(page, "架空のコーパス")
    page.keyboard.press("Enter")
    page.wait_for_url(address + "ja/papers/folded_words/")


def test_how_many_were_found_is_said_to_screen_readers(page: Page) -> None:
    page.goto("en/")
    search(page, "tidy scale")
    expect(page.get_by_role("status")).to_have_text("2 papers found.")


def test_words_are_marked_and_the_field_is_named(page: Page) -> None:
    page.goto("en/")
    search(page, "statistics")
    expect(page.locator(".pn-find-field")).to_have_text("What is new?")
    expect(page.locator(".pn-find-text mark")).to_have_text("statistics")


def test_a_word_of_the_other_language_is_found_and_said(page: Page) -> None:
    page.goto("en/")
    search(page, "外れ値")
    expect(page.locator(".pn-find-field")).to_contain_text("Found in the Japanese text")


def test_markup_in_titles_and_queries_is_text(page: Page) -> None:
    page.goto("en/")
    search(page, "<Sample>")
    expect(page.locator(".pn-find-list")).to_contain_text("Ben <Sample> & Co")
    page.locator("dialog input").fill("<img src=x onerror=alert(1)> tidi")
    expect(page.get_by_role("status")).to_contain_text("“tidi” was read as “tidy”.")
    expect(page.locator("dialog img")).to_have_count(0)


def test_nothing_found_offers_near_words_and_topics(page: Page) -> None:
    page.goto("en/")
    search(page, "foldability")
    expect(page.get_by_role("status")).to_have_text("No paper found.")
    page.locator(".pn-find-help a", has_text="folded").click()
    assert results(page) == ["Folded Words"]
    page.locator("dialog input").fill("zzzzzz")
    expect(page.locator(".pn-find-help a", has_text="Training")).to_be_visible()


def test_a_slash_typed_into_a_text_stays_there(page: Page) -> None:
    page.goto("en/search/")
    page.locator(".pn-search-page input").fill("a")
    page.keyboard.press("/")
    expect(page.locator(".pn-search-page input")).to_have_value("a/")


def test_while_a_word_is_being_composed_nothing_is_searched(page: Page) -> None:
    page.goto("ja/")
    page.keyboard.press("/")
    box = page.locator("dialog input")
    expect(box).to_be_focused()
    box.dispatch_event("compositionstart")
    box.fill("架空のコーパス")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(page.locator(".pn-find-list a")).to_have_count(0)
    page.wait_for_url("**/ja/")
    box.dispatch_event("compositionend")
    assert results(page) == ["Folded Words"]


def test_a_deep_link_shows_its_results_and_typing_changes_it(page: Page, address: str) -> None:
    page.goto("ja/search/?q=tidy")
    assert results(page)[0] == TIDY
    page.locator(".pn-search-page input").fill("正解率")
    expect(page).to_have_url(address + "ja/search/?q=%E6%AD%A3%E8%A7%A3%E7%8E%87")
    expect(page.locator(".pn-search-everything")).to_be_hidden()


def test_a_missing_index_is_a_message(troubled: Page) -> None:
    troubled.route("**/search/*/c0.js*", lambda route: route.fulfill(status=404))
    troubled.goto("en/")
    search(troubled, "tidy")
    expect(troubled.get_by_role("status")).to_contain_text("The index could not be loaded.")
    troubled.unroute("**/search/*/c0.js*")
    troubled.keyboard.insert_text(" scale")
    assert results(troubled)[0] == TIDY


def test_without_the_client_the_button_is_a_link(troubled: Page, address: str) -> None:
    troubled.route("**/search/client.js*", lambda route: route.abort())
    troubled.goto("en/")
    troubled.locator(".pn-search-open").first.click()
    troubled.wait_for_url(address + "en/search/")


def test_without_javascript_all_papers_are_listed_by_title(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("en/")
    page.locator(".pn-search-open").first.click()
    titles = page.locator(".pn-search-everything .pn-list a").all_inner_texts()
    assert titles == ["Folded Words", "Slow Pooling Considered Gentle", TIDY]
    context.close()


def test_a_preview_shows_beside_a_link_and_moves_nothing(page: Page) -> None:
    page.goto("en/papers/tidy_scale/")
    link = page.locator(".pn-reads a", has_text="Folded Words").first
    before = page.evaluate("document.documentElement.scrollHeight")
    link.hover()
    preview = page.get_by_role("tooltip")
    expect(preview).to_contain_text("A sentence is folded in the middle")
    expect(preview).to_contain_text("✓ 1 of 1 claims verified")
    assert link.get_attribute("aria-describedby") == preview.get_attribute("id")
    assert page.evaluate("document.documentElement.scrollHeight") == before
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()


def test_the_keyboard_has_previews_too(page: Page) -> None:
    page.goto("ja/papers/folded_words/")
    page.locator(".pn-crumbs a").last.focus()
    while not page.evaluate("document.activeElement.closest('.pn-reads') !== null"):
        page.keyboard.press("Tab")
    expect(page.get_by_role("tooltip")).to_contain_text("絶対値の最大で割る層")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()


def test_a_finger_gets_no_preview(browser: Browser, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, base_url=address
    )
    page = context.new_page()
    page.goto("en/papers/tidy_scale/")
    page.locator(".pn-reads a", has_text="Folded Words").first.tap()
    page.wait_for_url(address + "en/papers/folded_words/")
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_dialog_and_search_page_are_accessible(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 740},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        base_url=address,
    )
    page = context.new_page()
    page.goto("ja/papers/tidy_scale/")
    search(page, "tidy")
    results(page)
    assert violations(page) == []
    page.goto("en/search/?q=tidy")
    results(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.mark.usefixtures("address")
def test_search_works_on_pages_read_without_a_server(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = next(tmp_path_factory.getbasetemp().glob("browser*/base/site"))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/en/papers/tidy_scale/index.html")
    search(page, "folded")
    assert results(page)[0] == "Folded Words"
    context.close()
