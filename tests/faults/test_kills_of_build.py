"""Whenever a build is killed the site is the old or the new one, and the next build is whole."""

from __future__ import annotations

import re

import pytest

from tests.faults.bench import Bench
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix
from tests.faults.moments import KILLS
from tests.faults.test_kills import STATUS, moments

# A formula with a letter of another font changes a style sheet, and with it every page.
STATES = {"One": "one pass is enough", "Other": r"one pass over $\mathbb{R}$ is enough"}
PATIENCE = 20  # seconds in which forked processes notice that the build is dead


def set_state(bench: Bench, title: str) -> None:
    """Give a note this title, and the words that go with it."""
    note = bench.root / "papers/tidy_scale.yaml"
    text = note.read_text(encoding="utf-8")
    text = re.sub("^title:.*", f'title: "{title}"', text, count=1)
    note.write_text(re.sub("one pass .* enough", lambda _: STATES[title], text), encoding="utf-8")


@pytest.mark.parametrize("fault", KILLS)
def test_the_site_is_the_old_or_the_new_one(bench: Bench, matrix: Matrix, fault: str) -> None:
    build = (f"--root={bench.root}", "build")
    sites = {}
    for title in STATES:
        set_state(bench, title)
        ended = bench.run(*build, forked=True)
        assert ended.status == 0, ended.text
        sites[title] = bench.site()
    new, old = STATES
    for number, at in enumerate(moments(ended.moments, max(2, kills() // 3))):
        set_state(bench, new)
        sources = bench.sources()
        killed = bench.run(*build, fault=fault, at=at, forked=True)
        ended_soon = bench.comes_to_rest(PATIENCE)
        untouched = bench.sources() == sources
        now, left = bench.site(), bench.strays()
        wanted = new if number % 2 else old  # the change is kept, or taken back
        set_state(bench, wanted)
        again = bench.run(*build)
        told = {
            "ended by the fault": killed.status == STATUS[fault] or killed.moments <= at,
            "quiet": "Traceback" not in killed.text + again.text,
            "no process": ended_soon,
            "whole": now in (sites[old], sites[new]),
            "sources as they were": untouched,
            "completed": again.status == 0 and bench.site() == sites[wanted],
            "nothing left over": not bench.strays(),
            "names what it put right": not left or "interrupted" in again.text,
        }
        matrix.add("build", fault, all(told.values()))
        assert all(told.values()), (at, told, killed, again, left)
        if wanted == new:
            old, new = new, old
