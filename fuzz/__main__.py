"""Fuzz one target, led by coverage: needs atheris. What breaks it stays in build/fuzz/TARGET."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["paper_notes"]):
    from fuzz.targets import ROOT, TARGETS, Target

SLOWEST = 10  # seconds of one input; instrumented code is some five times as slow as ours
LONGEST = 20_000  # bytes of one input


def main() -> None:
    """Never returns: libFuzzer ends the process, with a status other than 0 for a fault."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    target = TARGETS[arguments.target]
    folder = ROOT / "build" / "fuzz" / arguments.target
    corpus = _seeded(folder / "corpus", target)
    options = [
        f"-max_total_time={arguments.seconds}",
        f"-timeout={SLOWEST}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        "-rss_limit_mb=2048",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: target.run(_text(data)))
    atheris.Fuzz()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _seeded(folder: Path, target: Target) -> Path:
    """The folder where inputs are kept that reach something new; seeds are the first of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in ROOT.glob(target.seeds) if target.seeds else ():
        (folder / path.name).write_bytes(path.read_bytes()[:LONGEST])
    return folder


main()
