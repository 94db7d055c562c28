"""A Chromium that draws by software, for what only a browser can tell."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

WAIT = 120_000  # milliseconds until a page is given up
_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")


def chromium() -> str | None:
    """The path of a Chromium on this machine."""
    names = ("chromium", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser while the context is open."""
    with sync_playwright() as playwright:
        path, options = chromium(), [*_OPTIONS, *_WEBGL]
        instance = playwright.chromium.launch(executable_path=path, args=options)
        yield instance
        instance.close()


@contextmanager
def fresh_page(browser: Browser) -> Iterator[Page]:
    """A page of somebody who was never here before."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        service_workers="block",
        reduced_motion="reduce",
        bypass_csp=True,  # Playwright waits by evaluating text, which our pages forbid
    )
    page = context.new_page()
    page.set_default_timeout(WAIT)
    yield page
    context.close()
