"""`check` and `build`: cold, unchanged, and with one note changed."""

from __future__ import annotations

from benchmarks.site_costs.base import Base
from benchmarks.site_costs.figures import Figures
from benchmarks.site_costs.processes import MB, Cost, least


def check_costs(base: Base) -> Figures:
    """Seconds of `check` on a base that nothing is remembered of, and again."""
    base.make_cold()
    figures = _seconds("check cold", base.run("check"))
    figures |= _seconds("check cold, notes alone", least(base.check_notes_alone))
    return figures | _seconds("check unchanged", least(lambda: base.run("check")))


def build_costs(base: Base) -> Figures:
    """Seconds and memory of `build`; leaves the base built."""
    base.make_cold()
    cold = base.run("build")
    figures = _seconds("build cold", cold)
    figures |= {"memory": cold.memory / MB, "memory of the largest": cold.largest / MB}
    figures |= _seconds("build unchanged", least(lambda: base.run("build")))
    base.edit(base.ids[len(base.ids) // 2])
    return figures | _seconds("build one changed", base.run("build"))


def _seconds(name: str, cost: Cost) -> Figures:
    return {name: cost.wall, f"{name} CPU": cost.cpu}
