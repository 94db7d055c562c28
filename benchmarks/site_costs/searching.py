"""What a search costs the build, and then the reader."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.site_costs.browser import fresh_page
from benchmarks.site_costs.figures import Figures
from benchmarks.site_costs.processes import TIMES
from paper_notes.evidence import Totals
from paper_notes.library import Library, load_library
from paper_notes.parallel import shared
from paper_notes.search.files import card_files, index_files, reading_of
from paper_notes.search.keys import keys_of
from tests.browser.host import served

# Words that many invented papers hold, and few; in both languages.
QUERIES = (
    *("convolution", "attention", "batch normalization", "generative adversarial network"),
    *("畳み込み", "敵対的生成ネットワーク", "学習率", "識別器", "2018", "gradient penalty"),
)
_SHARE = 16  # papers whose cards are made at once, as in a build
_HURRIED = 3  # queries that are also asked at once
# Writes the query and waits for the first result, as the browser's own clock has it.
_TIMED = """async ([box, result, query]) => {
  const input = document.querySelector(box);
  const start = performance.now();
  input.value = query;
  for (const type of ["input", "keyup"]) input.dispatchEvent(new Event(type, {bubbles: true}));
  while (!document.querySelector(result)) {
    if (performance.now() - start > 100000) return null;
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - start;
}"""
_LOADED = "performance.getEntriesByType('resource').map(one => [one.name, one.encodedBodySize])"


@dataclass(frozen=True)
class Dialog:
    """How the search of a site is used."""

    page: str
    box: str  # selectors
    result: str
    files: str  # what stands in the address of every file that only searching loads
    opening: str  # the key that opens it


OURS = Dialog("en/", "dialog input", ".pn-find-list a", "/search/", "/")


def build_cost(root: Path) -> Figures:
    """Seconds that the index and the cards take, in a process of their own: of the quickest."""
    return min((_build_cost(root) for _ in range(TIMES)), key=lambda cost: cost["search: index"])


def _build_cost(root: Path) -> Figures:
    command = (sys.executable, "-m", __name__, str(root))
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, check=True, text=True
    )
    figures: Figures = json.loads(done.stdout)
    return figures


def query_costs(browser: Browser, site: Path, dialog: Dialog, queries: Sequence[str]) -> Figures:
    """Bytes and milliseconds of a query by somebody who was never here before."""
    with served(site) as address:
        asked = [_ask(browser, address, dialog, query) for query in queries]
        at_once = [_ask_at_once(browser, address, dialog, query) for query in queries[:_HURRIED]]
    once = statistics.median(once for once, _, _ in asked)
    bytes_, times = [more for _, more, _ in asked], [time for _, _, time in asked]
    return {
        "search: once": once / 1000,
        "search: a query": statistics.median(bytes_) / 1000,
        "search: largest query": max(bytes_) / 1000,
        "search: first result": statistics.median(times),
        "search: slowest first result": max(times),
        "search: from the page's start": statistics.median(at_once),
    }


def _ask(browser: Browser, address: str, dialog: Dialog, query: str) -> tuple[int, int, float]:
    """Bytes before the query, bytes for it, and milliseconds until its first result."""
    with fresh_page(browser) as page:
        page.goto(address + dialog.page)
        page.keyboard.press(dialog.opening)
        page.locator(dialog.box).wait_for()
        page.wait_for_load_state("networkidle")
        once = _loaded(page, dialog)
        time: Any = page.evaluate(_TIMED, [dialog.box, dialog.result, query])
        if time is None:
            raise TimeoutError(f"no result for {query}")
        page.wait_for_load_state("networkidle")
        return once, _loaded(page, dialog) - once, float(time)


def _ask_at_once(browser: Browser, address: str, dialog: Dialog, query: str) -> float:
    """Milliseconds from asking for a page until the first result, by somebody who does not wait."""
    with fresh_page(browser) as page:
        page.goto(address + dialog.page)
        page.keyboard.press(dialog.opening)
        page.locator(dialog.box).wait_for()
        page.evaluate(_TIMED, [dialog.box, dialog.result, query])
        return float(page.evaluate("performance.now()"))


def _loaded(page: Page, dialog: Dialog) -> int:
    return sum(size for name, size in page.evaluate(_LOADED) if dialog.files in name)


def _measure(root: Path) -> Figures:
    """From a library to the files of the index and the cards, made as a build makes them."""
    library, _ = load_library(root)
    with TemporaryDirectory() as folder:
        wall, cpu = perf_counter(), _cpu()
        made = list(index_files(library, reading_of(library)))
        index = {"search: index": perf_counter() - wall, "search: index CPU": _cpu() - cpu}
        _write(Path(folder), made)
        _write_cards(Path(folder), library)
        return {**index, "search: index and cards, written": perf_counter() - wall}


def _write_cards(folder: Path, library: Library) -> None:
    keys, none = keys_of(library.papers), Totals(0, 0, 0, 0)

    def write(ids: Sequence[str]) -> None:
        for id in ids:
            _write(folder, card_files(library.papers[id], keys[id], library.topics, none))

    ids = list(library.papers)
    for _ in shared(write, [ids[at : at + _SHARE] for at in range(0, len(ids), _SHARE)]):
        pass


def _write(folder: Path, files: Iterable[tuple[PurePosixPath, bytes]]) -> None:
    for path, content in files:
        target = folder / path
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _cpu() -> float:
    """Seconds of this process and of those that it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))  # noqa: T201
