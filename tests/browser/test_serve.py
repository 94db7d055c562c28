"""A page under `paper-notes serve` follows what is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import lay_out
from tests.site.serving.server import PATIENCE, Served

_POLICY = (  # formulas need style attributes; our script must not need anything of its own
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "style-src-elem 'self'; style-src-attr 'unsafe-inline'"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(lay_out(tmp_path_factory.mktemp("serve") / "base"))
    with served.process:
        assert served.shows("Tidy Scale")
        yield served
        served.process.terminate()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"http://localhost:{served.port}/en/papers/tidy_scale/")
    yield page
    page.close()


def test_a_saved_note_reloads_its_page(served: Served, page: Page) -> None:
    served.edit("A layer that", "A sieve that")
    page.get_by_text("A sieve that").wait_for()


def test_an_error_stands_on_the_page_as_text_until_it_is_mended(served: Served, page: Page) -> None:
    served.edit("topic: training", "topic: <b>training</b>")
    alert = page.get_by_role("alert")
    alert.get_by_text("papers/tidy_scale.yaml:8:8").wait_for()
    expect(alert).to_contain_text("<b>training</b>")
    expect(page.get_by_role("heading", name="Tidy Scale")).to_be_visible()

    served.edit("topic: <b>training</b>", "topic: training")
    alert.wait_for(state="detached")


def test_an_error_can_be_put_away(served: Served, page: Page) -> None:
    served.edit("year: 2018", "year: never")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("alert").wait_for(state="detached")
    served.edit("year: never", "year: 2018")


def test_the_script_needs_no_leave_from_a_strict_policy(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def with_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, headers={**answer.headers, "content-security-policy": _POLICY}
        )

    page.route("**/tidy_scale/", with_policy)
    page.goto(f"http://localhost:{served.port}/en/papers/tidy_scale/")
    served.edit("year: 2018", "year: never")
    page.get_by_role("alert").wait_for(timeout=1000 * PATIENCE)
    served.edit("year: never", "year: 2018")
    page.get_by_role("alert").wait_for(state="detached", timeout=1000 * PATIENCE)
    assert said == []
    context.close()


def test_the_site_itself_is_without_the_script(served: Served) -> None:
    built: Path = served.root / "site/en/papers/tidy_scale/index.html"
    assert "livereload" in served.get("/en/papers/tidy_scale/")
    assert "livereload" not in built.read_text(encoding="utf-8")
