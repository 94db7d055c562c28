"""Pytest's plugin for the log, only where a test looks at the log.

It gives each of torch's loggers two handlers in each phase of each test, and takes them away again:
half of all that a child calls in Python. Without it nobody sees what is logged, as with it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NAME = "logging-plugin"
_FIXTURE = "caplog"
_NOBODY = logging.NullHandler()  # a new one in each child would touch all other handlers


def on_demand(config: pytest.Config) -> None:
    """Take the plugin out of a configured pytest, until a test asks for `caplog`."""
    if not config.pluginmanager.has_plugin(_NAME):
        return  # the settings of the repository do without it
    plugin: Any = config.pluginmanager.unregister(name=_NAME)
    # It logs to nowhere, and a child closes all handles but those that it knows of.
    plugin.log_file_handler.close()
    config.pluginmanager.register(_OnDemand(plugin))


@contextmanager
def to_nobody() -> Iterator[None]:
    """Let what is logged be lost instead of printed, as pytest's plugin would."""
    logging.root.addHandler(_NOBODY)
    try:
        yield
    finally:
        logging.root.removeHandler(_NOBODY)


class _OnDemand:
    """A pytest plugin that brings back the one for the log where a test asks for it."""

    def __init__(self, plugin: object) -> None:
        self._plugin = plugin

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        asked = {name for item in items for name in getattr(item, "fixturenames", ())}
        by_name = _FIXTURE.encode() in Path(config.args[0]).read_bytes()  # `getfixturevalue`
        if _FIXTURE in asked or by_name:
            config.pluginmanager.register(self._plugin, _NAME)
