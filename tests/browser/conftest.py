"""A real browser on a real server: the invented base, built and served on loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from paper_notes.site.build import build_site
from tests.browser.host import served
from tests.browser.waiting import SECONDS
from tests.conftest import invent_runs, lay_out, load

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; where there is none these tests alone are left out, saying so."""
    if CHROMIUM is None:
        reason = "there is no Chromium on this machine; set CHROMIUM to its path"
        if os.environ.get("PAPER_NOTES_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    quiet += ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # WebGL without a GPU
    expect.set_options(timeout=1000 * SECONDS)
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield instance
        instance.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented base, built."""
    root = lay_out(tmp_path_factory.mktemp("browser") / "base")
    library = load(root)
    built = build_site(library, invent_runs(library))
    assert built.problems == []
    return root / "site"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where it is served."""
    with served(site) as address:
        yield address
