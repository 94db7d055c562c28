"""Engines over the real base and over the invented one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from paper_notes.library import Library
from paper_notes.search.command import engine_of
from paper_notes.search.engine import Engine
from paper_notes.search.keys import keys_of
from tests.conftest import INVENTED, REPOSITORY, load

Search = Callable[..., Sequence[str]]


def _engine(library: Library) -> Engine:
    return engine_of(library)


def _ids(engine: Engine, library: Library) -> Search:
    ids = {key: id for id, key in keys_of(library.papers).items()}
    return lambda query, limit=10: [ids[key] for key in engine.search(query, limit).keys]


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the invented base."""
    return _engine(load(INVENTED))


@pytest.fixture(scope="session")
def find(engine: Engine) -> Search:
    """The ids that a query finds in the invented base."""
    return _ids(engine, load(INVENTED))


@pytest.fixture(scope="session")
def find_real() -> Search:
    """The ids that a query finds in the real base."""
    library = load(REPOSITORY)
    return _ids(_engine(library), library)
