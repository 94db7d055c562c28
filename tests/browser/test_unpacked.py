"""The packed site, unpacked and opened from the disk: no server, first without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from paper_notes.site.pack import FOLDER, pack


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("unpacked")
    pack(site, place / "site.zip", datetime(2026, 1, 31, tzinfo=UTC))
    with ZipFile(place / "site.zip") as archive:
        archive.extractall(place)
    return place / FOLDER


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(browser: Browser, folder: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    yield page
    context.close()


def test_any_paper_is_reached_by_links_alone(page: Page) -> None:
    page.get_by_role("link", name="日本語").click()
    page.get_by_role("link", name="Tidy Scale: Dividing by the Largest").click()
    expect(page.get_by_role("heading", name="どんなもの?")).to_be_visible()
    page.get_by_role("link", name="English", exact=True).click()
    expect(page.get_by_role("heading", name="What is it?")).to_be_visible()
    page.get_by_role("link", name="#scaling").click()
    page.wait_for_url("**/en/tags/scaling/index.html")


def test_it_looks_as_it_does_on_the_web(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((folder / "en/papers/tidy_scale/index.html").as_uri())
    family = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    faces = page.evaluate("document.fonts.ready.then(() => [...document.fonts].map(f => f.status))")
    page.close()
    assert complaints == []
    assert "Palatino" in family
    assert "loaded" in faces


def test_a_link_that_a_script_makes_leads_to_the_page(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "en/index.html").as_uri())
    page.evaluate("""() => {
      const link = document.createElement("a");
      Object.assign(link, { href: "papers/", textContent: "made" });
      document.querySelector("main, body").prepend(link);
    }""")
    page.get_by_role("link", name="made").click()
    page.wait_for_url("**/en/papers/index.html")
    page.close()
