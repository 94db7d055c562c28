"""Waiting: Playwright's `wait_for_function` evaluates strings, which no policy allows."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

SECONDS = 30


def until(page: Page, expression: str, argument: Any = None) -> None:
    """Return once the expression holds on the page. Raises TimeoutError after a long while."""
    end = time.monotonic() + SECONDS
    while not page.evaluate(expression, argument):
        if time.monotonic() > end:
            raise TimeoutError(expression)
        page.wait_for_timeout(50)
