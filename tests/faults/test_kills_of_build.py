"""Whenever a build is killed the site is the old or the new one, and the next build is whole."""

from __future__ import annotations

import pytest

from tests.faults.bench import Bench
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix
from tests.faults.moments import KILLS
from tests.faults.test_kills import STATUS, moments

TITLE = 'title: "Tidy Scale: Dividing by the Largest"'


def set_title(bench: Bench, title: str) -> None:
    note = bench.root / "papers/tidy_scale.yaml"
    lines = note.read_text(encoding="utf-8").split("\n")
    changed = [f'title: "{title}"' if line.startswith("title:") else line for line in lines]
    note.write_text("\n".join(changed), encoding="utf-8")


@pytest.mark.parametrize("fault", KILLS)
def test_the_site_is_the_old_or_the_new_one(bench: Bench, matrix: Matrix, fault: str) -> None:
    build = (f"--root={bench.root}", "build")
    sites = {}
    for title in ("One", "Other"):
        set_title(bench, title)
        ended = bench.run(*build)
        assert ended.status == 0, ended.text
        sites[title] = bench.site()
    titles = ["Other", "One"]  # what stands, what is about to be built
    for at in moments(ended.moments, max(1, kills() // 3)):
        old, new = titles
        set_title(bench, new)
        sources = bench.sources()
        killed = bench.run(*build, fault=fault, at=at)
        now, left = bench.site(), bench.strays()
        again = bench.run(*build)
        told = {
            "ended by the fault": killed.status in (STATUS[fault], 0),
            "quiet": "Traceback" not in killed.text + again.text,
            "whole": now in (sites[old], sites[new]),
            "sources as they were": bench.sources() == sources,
            "completed": again.status == 0 and bench.site() == sites[new] and not bench.strays(),
            "names what it put right": not left or "interrupted" in again.text,
        }
        matrix.add("build", fault, all(told.values()))
        assert all(told.values()), (at, told, killed, again, left)
        titles.reverse()
