"""Pytest prepared once, before the fork, and set on one test file in each child.

Most of what `pytest.main` does is the same for every file: it registers its plugins, reads the
settings, parses the arguments and looks through every plugin for fixtures. That is done here in
the worker. What belongs to one run, its conftest first of all, is done in the child.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest import config as configuration
from _pytest import fixtures
from _pytest.assertion.rewrite import AssertionRewritingHook
from _pytest.main import Session

from paper_notes.snippets.worker import logs
from paper_notes.snippets.worker.recorder import Recorder

ARGUMENTS = ("-s", *(f"-pno:{plugin}" for plugin in ("cacheprovider", "terminal", "faulthandler")))


class SettingsError(Exception):
    """Pytest cannot make sense of its settings in the repository."""


@dataclass(frozen=True)
class Prepared:
    """Pytest up to where it would begin to look for tests. Good for one run."""

    config: pytest.Config
    session: Session
    fixtures: fixtures.FixtureManager
    recorder: Recorder


def plugins() -> tuple[Recorder, object]:
    """What is plugged into pytest here: a recorder of what becomes of the tests, and the rest."""
    return Recorder(), _OneFile()


def prepare(folder: Path) -> Prepared:
    """Prepare pytest for the test files in folder, without running any of its code.

    The settings are those that pytest finds from there, as on its own command line.
    Raises SettingsError where it refuses them.
    """
    # Fixtures of the tests of the tool are not for snippets: only their own conftest is read.
    arguments = [*ARGUMENTS, "--noconftest", f"--confcutdir={folder}", str(folder)]
    recorder, one_file = plugins()
    try:
        config = configuration._prepareconfig(arguments, [recorder, one_file])
        config._do_configure()
        logs.on_demand(config)
    except (Exception, SystemExit) as error:
        raise SettingsError(f"pytest refuses its settings: {error}") from error
    session = Session.from_config(config)
    return Prepared(config, session, fixtures.FixtureManager(session), recorder)


def run(prepared: Prepared, path: Path, stop_at_first: bool) -> None:
    """Run the tests in the file at path; the recorder then has what became of them.

    Where it stops at the first failure, only that there is one matters: asserts are left as they
    are written, which says and counts less of them and takes a third of the time.

    Raises what the folder's conftest raises when it is imported.
    """
    config = prepared.config
    os.environ["PYTEST_VERSION"] = pytest.__version__
    for options in (config.option, config.known_args_namespace):
        options.noconftest = False
        options.file_or_dir = [str(path)]
    config.args = [str(path)]
    if stop_at_first:
        config.option.maxfail = 1
        config.option.tbstyle = "line"
        sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, AssertionRewritingHook)]
    # Pytest makes, or does, these when the session starts; here it is done.
    config._do_configure = lambda: None  # type: ignore[method-assign]
    Session.from_config = lambda config: prepared.session  # type: ignore[method-assign]  # noqa: ARG005
    fixtures.FixtureManager = lambda _session: prepared.fixtures  # type: ignore[assignment,misc]
    try:
        with logs.to_nobody():
            config.pytest_load_initial_conftests(config)
            config.hook.pytest_cmdline_main(config=config)
    finally:
        config._ensure_unconfigure()


class _OneFile:
    """A pytest plugin that goes straight to the one file; pytest would look at all beside it."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(
        self, path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        if (path / "__init__.py").is_file():
            return None  # a package has a setup of its own
        folder: _Folder = _Folder.from_parent(parent, path=path)
        return folder


class _Folder(pytest.Directory):
    """A folder of which only the entry on the way to the one file is collected."""

    def collect(self) -> Iterator[pytest.Collector]:
        inside = Path(self.config.args[0]).relative_to(self.path)
        step = self.path / inside.parts[0]
        if len(inside.parts) == 1:
            yield from self.ihook.pytest_collect_file(file_path=step, parent=self)
        else:
            inner = self.ihook.pytest_collect_directory(path=step, parent=self)
            yield from [inner] if inner else []
