"""When the map of all papers can be used: dots are drawn, and pointing at one says what it is."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.site_costs.browser import fresh_page
from benchmarks.site_costs.figures import Figures
from tests.browser.host import served

_DRAWN = "document.querySelector('.pn-map-stage')?.labels?.length > 2 && performance.now()"
_SAID = (
    "(() => { const about = document.querySelector('.pn-map-about');"
    " return about && !about.hidden && performance.now(); })()"
)
_LABEL = "document.querySelector('.pn-map-stage').labels[0]"


def map_costs(browser: Browser, site: Path) -> Figures:
    """Seconds since the page was asked for."""
    with served(site) as address, fresh_page(browser) as page:
        page.goto(address + "en/map/")
        drawn = page.wait_for_function(_DRAWN).json_value()
        box = page.evaluate(_LABEL)
        dot = (box["left"] - 6, (box["top"] + box["bottom"]) / 2)  # beside its label
        page.locator(".pn-map-stage").hover(position={"x": dot[0], "y": dot[1]})
        usable = page.wait_for_function(_SAID).json_value()
    return {"map: drawn": drawn / 1000, "map: usable": usable / 1000}
