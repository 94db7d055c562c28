"""What a page shows of a snippet: what its demo prints and its figure draws."""

from __future__ import annotations

import contextlib
import importlib
import io
import random
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paper_notes.snippets import svg
from paper_notes.snippets.worker.recorder import LONGEST, describe

_INKED = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")


class OutputTooLongError(Exception):
    """demo() printed more than a page can show."""


class Printed(io.StringIO):
    """What demo() prints, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, text: str) -> int:
        if self.tell() + len(text) > self._limit:
            raise OutputTooLongError(f"demo() prints more than {self._limit >> 10} kB")
        return super().write(text)


@dataclass
class Shown:
    """What came of demo() and figure()."""

    demo: str = ""
    figure: str | None = None  # SVG
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def show(module: str, id: str, longest: int) -> Shown:
    """Import the module, run its demo() and figure(). In: the most characters demo() may print."""
    shown, printed = Shown(), Printed(longest)
    errors = shown.errors
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        snippet = _attempt("import", errors, lambda: importlib.import_module(module))
        if hasattr(snippet, "demo"):
            with contextlib.redirect_stdout(printed):
                _attempt("demo()", errors, lambda: _seeded(snippet.demo))
        if hasattr(snippet, "figure"):
            shown.figure = _attempt("figure()", errors, lambda: _drawn(snippet.figure, id))
    shown.demo = printed.getvalue()
    shown.warnings = [describe(warning) for warning in caught]
    return shown


def _attempt(what: str, errors: list[str], step: Callable[[], Any]) -> Any:
    try:
        return step()
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1:]
        line = f" at {Path(where[0].filename).name}:{where[0].lineno}" if where else ""
        errors.append(f"{what}: {type(error).__name__}: {error}{line}"[:LONGEST])
        return None


def _seeded(function: Callable[[], Any]) -> Any:
    import numpy as np
    import torch

    random.seed(0)
    np.random.seed(0)
    torch.default_generator.manual_seed(0)  # what torch.manual_seed does for the CPU, at once
    return function()


def _drawn(function: Callable[[], Any], id: str) -> str:
    """The figure as SVG, the same bytes each time: paths for text, no date, ids from the id.

    Lines and text have the page's own colour, so that they can be read in the dark as well.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: Any = {**dict.fromkeys(_INKED, svg.INK), "svg.hashsalt": id, "svg.fonttype": "path"}
    with mpl.rc_context(style):
        figure = _seeded(function)
        if not isinstance(figure, Figure):
            raise TypeError(f"returned {type(figure).__name__}, not a matplotlib Figure")
        stream = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(stream, format="svg", transparent=True, metadata=nothing)
    return stream.getvalue()
