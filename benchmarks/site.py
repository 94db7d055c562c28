"""Measure the whole tool on invented bases: `python benchmarks/site.py --papers 1000 3000 10000`.

Other tools build the same pages in the same run, so that ratios hold on any machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for who runs it as a file

from benchmarks.site_costs.everything import KINDS, Found, Wanted, measure
from benchmarks.site_costs.peers import PEERS, peer
from benchmarks.site_costs.processes import FailedError
from benchmarks.site_costs.report import report


def main() -> int:
    """Measure, print, keep; the exit status is 1 where a command failed."""
    given = _parser().parse_args()
    found = {name: peer(name, given.zensical) for name in given.peers}
    wanted = Wanted(
        papers=sorted(given.papers),
        kinds=given.only,
        peers=[tool for tool in found.values() if tool],
        peer_limit=given.peer_limit,
        seed=given.seed,
        figures=given.figures,
    )
    with tempfile.TemporaryDirectory(prefix="site-costs-", dir=given.folder) as folder:
        try:
            measures = measure(
                wanted, Path(folder), lambda measures: _keep(given.write, measures, wanted)
            )
        except FailedError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    measures.missing += [f"{name} is not installed" for name, tool in found.items() if not tool]
    _keep(given.write, measures, wanted)
    sys.stdout.write(_text(measures, wanted))
    return 0


def _keep(path: Path | None, measures: Found, wanted: Wanted) -> None:
    if path:
        path.write_text(_text(measures, wanted), encoding="utf-8")


def _text(measures: Found, wanted: Wanted) -> str:
    return "\n".join(report(measures, wanted, _command())) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", nargs="+", type=int, default=[1000], metavar="N")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--peer-limit", type=int, default=3000, metavar="N")
    parser.add_argument("--zensical", metavar="PATH", help="its command, where it is not on PATH")
    parser.add_argument("--figures", type=float, default=0.25, metavar="PART")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="for the bases: 1.5 GB for 10,000 papers")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the report, in Markdown")
    return parser


def _command() -> str:
    """How it was called, less where this machine keeps its files."""
    words, skipped = ["python", "benchmarks/site.py"], False
    for word in sys.argv[1:]:
        if not skipped and word not in ("--zensical", "--folder", "--write"):
            words.append(word)
        skipped = word in ("--zensical", "--folder", "--write")
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
