"""Lighthouse on each kind of page, on a phone, from a static host with gzip: `make lighthouse`.

Needs node and a built site. The table goes into docs/benchmarks/lighthouse.md. The exit status is 1
where a page of a paper is below the bars.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.browser.host import served

VERSION = "13.5.0"
RUNS = 3  # of which the median counts: one run says much of what else the machine was doing
ROOT = Path(__file__).parents[1]
PAGES = {
    "paper": "en/papers/group_norm/",
    "paper, Japanese": "ja/papers/gan/",
    "paper with photographs": "en/papers/fixres/",
    "home": "en/",
    "list": "ja/papers/",
    "topic": "en/topics/generation/",
    "snippet": "en/snippets/vae/",
    "about": "ja/about/",
}
BARS = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
HEAD = """# Lighthouse

`make lighthouse` with Lighthouse {version}, its mobile preset (a slow phone on a slow network,
simulated), the site served with gzip from this machine; the median of {runs} runs. A paper's page
has to reach {bars}. Performance is only worth something on an idle machine: here the
load was {load:.0f} on {cores} cores.

| page | performance | accessibility | best practices | SEO | first paint (s) | transferred (KB) |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Score:
    """What Lighthouse says of one page."""

    kind: str
    scores: dict[str, int]
    paint: float  # seconds
    kilobytes: float

    @property
    def row(self) -> str:
        """Its row in the table."""
        scores = " | ".join(str(self.scores[category]) for category in BARS)
        return f"| {self.kind} | {scores} | {self.paint:.1f} | {self.kilobytes:.0f} |"

    @property
    def is_high_enough(self) -> bool:
        """Whether it reaches every bar."""
        return all(self.scores[category] >= bar for category, bar in BARS.items())


def main() -> int:
    """Measure, print, keep."""
    npx = shutil.which("npx")
    if npx is None:
        sys.stderr.write("there is no npx here: install node\n")
        return 1
    with served(ROOT / "site") as address:
        found = [median(npx, kind, address + path) for kind, path in PAGES.items()]
    bars = "/".join(str(bar) for bar in BARS.values())
    table = (
        HEAD.format(version=VERSION, bars=bars, runs=RUNS, **busy())
        + "\n".join(score.row for score in found)
        + "\n"
    )
    sys.stdout.write(table)
    (ROOT / "docs/benchmarks/lighthouse.md").write_text(table, encoding="utf-8")
    return 0 if all(score.is_high_enough for score in found if "paper" in score.kind) else 1


def busy() -> dict[str, float]:
    """How busy this machine is, and how much it could be."""
    return {"load": os.getloadavg()[1], "cores": os.cpu_count() or 1}


def median(npx: str, kind: str, address: str) -> Score:
    """The run with the middle performance."""
    runs = [measure(npx, kind, address) for _ in range(RUNS)]
    return sorted(runs, key=lambda score: score.scores["performance"])[RUNS // 2]


def measure(npx: str, kind: str, address: str) -> Score:
    """Run Lighthouse once on the page at this address."""
    command = (
        *(npx, "--yes", f"lighthouse@{VERSION}", address, "--output=json", "--quiet"),
        f"--only-categories={','.join(BARS)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    )
    chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or ""
    done = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": chrome}, capture_output=True, check=True
    )
    report = json.loads(done.stdout)
    scores = {name: round(100 * report["categories"][name]["score"]) for name in BARS}
    paint = report["audits"]["first-contentful-paint"]["numericValue"] / 1000
    total = report["audits"]["total-byte-weight"]["numericValue"] / 1024
    return Score(kind, scores, paint, total)


if __name__ == "__main__":
    sys.exit(main())
