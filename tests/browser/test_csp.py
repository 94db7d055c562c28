"""Each page keeps to its own policy, and the policy stops what does not belong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from paper_notes.site.pack import FOLDER, pack
from tests.browser.test_pages import KINDS, OTHERS

PAPER = "en/papers/tidy_scale/"
WATCH = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that remembers what its policy stopped."""
    context = browser.new_context(service_workers="block")
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    page.wait_for_load_state("networkidle")
    found: list[str] = page.evaluate("violations")
    return found


def with_addition(addition: str) -> Callable[[Route], None]:
    """Serves a page with something at the beginning of its body."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.text().replace("<article", f"{addition}<article", 1)
        route.fulfill(response=response, body=body)

    return answer


@pytest.mark.parametrize("path", [*KINDS, *OTHERS, "en/search/?q=tidy", "404.html"])
def test_a_page_keeps_to_its_policy(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    expect(page.locator("meta[http-equiv='Content-Security-Policy']")).to_have_count(1)
    assert violations(page) == []


def test_searching_keeps_to_it(page: Page, address: str) -> None:
    page.goto(address + "en/")
    page.keyboard.press("/")
    page.get_by_role("dialog").locator("input").fill("tidy")
    page.locator(".pn-find-title").first.wait_for()
    assert violations(page) == []


def test_a_preview_keeps_to_it(page: Page, address: str) -> None:
    page.goto(address + "en/papers/")
    page.locator("article a[href*='tidy_scale']").first.hover()
    page.locator("[popover], [role=tooltip]").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize(
    ("addition", "directive"),
    [
        ("<script>globalThis.pwned = 1</script>", "script-src-elem"),
        ("<img src=x onerror='globalThis.pwned = 1'>", "script-src-attr"),
        ("<script src='https://evil.example/x.js'></script>", "script-src-elem"),
        ("<script src='data:text/javascript,globalThis.pwned=1'></script>", "script-src-elem"),
        ("<iframe srcdoc='<script>parent.pwned = 1</script>'></iframe>", "script-src-elem"),
        ("<iframe src='https://evil.example/'></iframe>", "frame-src"),
        ("<base href='https://evil.example/'>", "base-uri"),
        ("<style>body { color: red }</style>", "style-src-elem"),
        ("<img src='https://evil.example/x.png'>", "img-src"),
        ("<object data='x.svg'></object>", "object-src"),
    ],
)
def test_what_got_onto_a_page_is_stopped(
    page: Page, address: str, addition: str, directive: str
) -> None:
    page.route("**/tidy_scale/", with_addition(addition))
    page.goto(address + PAPER)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("globalThis.pwned") is None
    if "srcdoc" not in addition:  # what happens in the frame is told there
        assert [found for found in violations(page) if found.startswith(f"{directive}:")]


def test_formulas_keep_their_shape(page: Page, address: str) -> None:
    page.goto(address + PAPER)
    strut = page.locator(".katex .strut").first
    assert strut.evaluate("node => node.style.height && getComputedStyle(node).height") != "0px"


def test_the_page_for_readers_without_a_network_runs_nothing() -> None:
    worker = Path("tools/paper_notes/site/assets/sw.js").read_text(encoding="utf-8")
    assert "default-src 'none'" in worker.partition("</html>")[0]


@pytest.fixture(scope="module")
def unpacked(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("policy")
    pack(site, place / "site.zip", datetime(2026, 1, 31, tzinfo=UTC))
    with ZipFile(place / "site.zip") as archive:
        archive.extractall(place)
    return place / FOLDER


@pytest.mark.parametrize("path", ["index.html", f"{PAPER}index.html", "ja/map/index.html"])
def test_a_page_from_a_disk_keeps_to_its_policy(page: Page, unpacked: Path, path: str) -> None:
    page.goto((unpacked / path).as_uri())
    assert violations(page) == []
    assert page.evaluate("document.styleSheets.length") > 0


def test_a_page_from_a_disk_is_searched(page: Page, unpacked: Path) -> None:
    page.goto((unpacked / "en/index.html").as_uri())
    page.keyboard.press("/")
    page.get_by_role("dialog").locator("input").first.fill("tidy")
    page.locator(".pn-find-title").first.wait_for()
    assert violations(page) == []
