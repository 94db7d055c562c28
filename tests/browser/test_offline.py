"""What was read can be read again without a network, and an update shows when there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.host import served
from tests.browser.waiting import until

PAPER = "en/papers/tidy_scale/"
CONTROLLED = "navigator.serviceWorker.controller !== null"
KEPT = """async (address) => {
  const cache = await caches.open("paper-notes");
  return Boolean(await cache.match(address));
}"""

ONLY_ONE_KEPT = """async ([name, address]) => {
  const cache = await caches.open("paper-notes");
  const kept = (await cache.keys()).map((request) => request.url);
  const copies = kept.filter((url) => url.includes(name));
  return copies.length === 1 && copies[0].includes(address);
}"""


@pytest.fixture
def own_site(site: Path, tmp_path: Path) -> Path:
    """A copy of the site, to change."""
    return Path(shutil.copytree(site, tmp_path / "site"))


@pytest.fixture
def visited(browser: Browser, own_site: Path) -> Iterator[tuple[BrowserContext, str]]:
    """A reader who has opened one paper, once, and its worker has kept it."""
    with served(own_site) as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(address + PAPER)
        until(page, CONTROLLED)
        until(page, KEPT, address + PAPER)
        style = page.locator("link[href*='paper-notes.css']").evaluate("link => link.href")
        until(page, KEPT, style)
        page.close()
        yield context, address
        context.close()


def open_offline(context: BrowserContext, address: str) -> Page:
    context.set_offline(True)
    page = context.new_page()
    page.goto(address)
    return page


def test_the_first_page_can_be_read_again_offline(visited: tuple[BrowserContext, str]) -> None:
    context, address = visited
    page = open_offline(context, address + PAPER)
    expect(page.locator("h1")).to_have_text("Tidy Scale: Dividing by the Largest")
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Palatino" in font  # our style sheet is there, too


def test_a_page_that_was_never_read_says_so_offline(visited: tuple[BrowserContext, str]) -> None:
    context, address = visited
    page = open_offline(context, address + "ja/tags/")
    expect(page.locator("h1")).to_have_text("You are offline")


def test_a_changed_page_and_its_style_show_at_the_next_visit(
    visited: tuple[BrowserContext, str], own_site: Path
) -> None:
    context, address = visited
    path = own_site / PAPER / "index.html"
    text = path.read_text(encoding="utf-8").replace(
        "Tidy Scale: Dividing", "Tidier Scale: Dividing"
    )
    path.write_text(text.replace("paper-notes.css?v=", "paper-notes.css?v=new"), encoding="utf-8")
    (own_site / "assets/paper-notes.css").write_text("h1 { color: rgb(1, 2, 3) !important }")
    page = context.new_page()
    page.goto(address + PAPER)
    expect(page.locator("h1")).to_contain_text("Tidier Scale")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"


def test_of_a_changed_asset_only_the_new_copy_is_kept(
    visited: tuple[BrowserContext, str], own_site: Path
) -> None:
    context, address = visited
    path = own_site / PAPER / "index.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("paper-notes.css?v=", "paper-notes.css?v=new"), encoding="utf-8")
    page = context.new_page()
    page.goto(address + PAPER)
    until(page, ONLY_ONE_KEPT, ["paper-notes.css", "paper-notes.css?v=new"])
