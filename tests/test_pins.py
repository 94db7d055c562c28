"""constraints.txt: every package that an install brings along is one exact version."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY

CONSTRAINTS = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = {
    canonicalize_name(name): version
    for name, version in (line.split("==") for line in CONSTRAINTS if not line.startswith("#"))
}
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}


def asked_for() -> Iterator[Requirement]:
    """What pyproject.toml names: to build, to run, and in every extra."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    project, build = settings["project"], settings["build-system"]["requires"]
    for names in (build, project["dependencies"], *project["optional-dependencies"].values()):
        yield from map(Requirement, names)


def brought(system: Mapping[str, str]) -> dict[str, Distribution | None]:
    """Every package that comes along there, and what is known of it if it is installed here."""
    found: dict[str, Distribution | None] = {}
    done: set[tuple[str, frozenset[str]]] = set()
    todo = [(one.name, frozenset(one.extras)) for one in asked_for()]
    while todo:
        name, extras = todo.pop()
        if (name, extras) in done:
            continue
        done.add((name, extras))
        try:
            here = found[canonicalize_name(name)] = distribution(name)
        except PackageNotFoundError:
            found[canonicalize_name(name)] = None
            continue
        for one in map(Requirement, here.requires or ()):
            worlds = [{**system, "extra": extra} for extra in ("", *extras)]
            if one.marker is None or any(map(one.marker.evaluate, worlds)):
                todo.append((one.name, frozenset(one.extras)))
    return found


def test_each_line_is_one_exact_version() -> None:
    assert [
        line for line in CONSTRAINTS if not re.fullmatch(r"#.*|[\w.-]+==\d[\w.]*", line, re.ASCII)
    ] == []


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_every_package_that_comes_along_is_pinned(system: Mapping[str, str]) -> None:
    assert sorted(brought(system).keys() - PINS.keys()) == []


def test_what_the_tests_run_with_is_what_is_pinned() -> None:
    here = {name: found.version for name, found in brought({}).items() if found}
    other = {name: version.partition("+")[0] for name, version in here.items() if name in PINS}
    assert {
        name: (version, PINS[name]) for name, version in other.items() if version != PINS[name]
    } == {}


@pytest.mark.parametrize("one", list(asked_for()), ids=lambda one: one.name)
def test_a_pin_is_a_version_that_we_say_we_work_with(one: Requirement) -> None:
    assert one.specifier.contains(PINS[canonicalize_name(one.name)])
