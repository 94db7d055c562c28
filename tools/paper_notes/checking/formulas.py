"""Formulas that KaTeX refuses, found by `check` and not only by a build.

Files whose formulas were accepted are remembered by their stamps, so that an unchanged base is not
looked at again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from paper_notes.library import Library
from paper_notes.notes.formulas import formulas
from paper_notes.notes.model import LANGUAGES, Text
from paper_notes.notes.read import FOLDER, note_path
from paper_notes.problems import Place, Problem
from paper_notes.snippets.model import snippet_path
from paper_notes.storage.files import digest
from paper_notes.storage.whole import write_generated

MEMORY = PurePosixPath("build/cache/formulas.json")
FEWEST = 200  # formulas; fewer are read anew sooner than remembered
_READERS = ("site/assets/katex/katex.min.js", "pages/math.py", "pages/markdown.py")
MOST = 3_000  # new formulas, about a second's work; more are left to the build, as in a first one


def check_formulas(library: Library, *, remember: bool = True) -> list[Problem]:
    """The formulas of new and changed files that KaTeX cannot read, each with its place.

    Without QuickJS, which `check` does not need otherwise, nothing is found.
    """
    by = reader()
    if not by:
        return []
    known = _recalled(library.root / MEMORY, by)
    stamps: dict[str, str] = {}
    texts: list[tuple[str, str]] = []
    distinct: set[tuple[str, bool]] = set()
    for path, text in _fresh(library, known, stamps):
        texts.append((path, text))
        distinct |= _distinct(text)
        if len(distinct) > MOST:
            return []
    if stamps.items() <= known.items():
        return []
    problems = list(_refused(library.root, texts))
    if remember and (known or len(distinct) > FEWEST):
        wrong = {str(problem.place.path) for problem in problems}
        good = {path: stamp for path, stamp in stamps.items() if path not in wrong}
        _keep(library.root / MEMORY, by, good)
    return problems


def reader() -> str:
    """What reads formulas, as a digest: another one may refuse others. Empty: there is none."""
    try:
        import quickjs  # noqa: F401
    except ImportError:
        return ""
    package = files("paper_notes")
    return digest(*(package.joinpath(name).read_bytes() for name in _READERS))


def _refused(root: Path, texts: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    from paper_notes.pages.math import MathError, MathRenderer

    math = MathRenderer({})
    found: dict[tuple[str, bool], str] = {}
    for path, text in texts:
        for formula in _distinct(text):
            if formula not in found:
                try:
                    math.check(formula[0], display=formula[1])
                    found[formula] = ""
                except MathError as error:
                    found[formula] = str(error)
            if found[formula]:
                yield from _confirmed(root, PurePosixPath(path), text, math)
                break


def _confirmed(root: Path, path: PurePosixPath, text: str, math: Any) -> Iterator[Problem]:
    """What the page would say of this text: it alone knows what is a formula there."""
    from paper_notes.pages.markdown import Markdown

    refused: dict[str, str] = {}
    Markdown(math, refused.__setitem__).block(text)
    for tex, message in refused.items():
        first = tex.strip().split("\n")[0]
        place = _place(root, path, first)
        yield Problem(place, "math", f"${first}$: {message}", "KaTeX must accept it")


def _place(root: Path, path: PurePosixPath, words: str) -> Place:
    """Where these words stand in the file, or its beginning where they are written otherwise."""
    for number, line in enumerate((root / path).read_text(encoding="utf-8").split("\n"), 1):
        if words in line:
            return Place(path, number, line.index(words) + 1)
    return Place(path)


def _distinct(text: str) -> set[tuple[str, bool]]:
    """The formulas of this text, and whether each stands on its own."""
    return {
        (" ".join(formula.tex.split("\n")).strip(), formula.mark == "$$")
        for formula in formulas(text)
        if formula.tex is not None
    }


def _fresh(
    library: Library, known: Mapping[str, str], stamps: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """What may hold formulas in the files whose stamps are not known; puts down all stamps."""
    for path, texts in _sources(library):
        stamps[path] = _stamp(f"{library.root}/{path}")
        if known.get(path) != stamps[path]:
            yield from ((path, text) for text in texts() if "$" in text)


def _sources(library: Library) -> Iterator[tuple[str, Callable[[], Iterable[str]]]]:
    """The files that may hold formulas, and what gives the texts of each."""
    for id in library.notes:
        yield str(note_path(id)), partial(_of_note, library, id)
    for id in library.snippets:
        yield str(snippet_path(id)), partial(_of_snippet, library, id)
    yield f"{FOLDER}/topics.yaml", partial(_written, tuple(library.topics.values()))
    yield f"{FOLDER}/paths.yaml", partial(_written, tuple(library.paths.values()))


def _of_note(library: Library, id: str) -> Iterator[str]:
    return _written(library.notes[id].paper)


def _of_snippet(library: Library, id: str) -> Iterator[str]:
    yield library.snippets[id].body


def _written(value: Any) -> Iterator[str]:
    """Every text inside a value of the model."""
    if isinstance(value, Text):
        yield from filter(None, map(value.get, LANGUAGES))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _written(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _written(item)


def _stamp(path: str) -> str:
    try:
        status = os.stat(path)  # noqa: PTH116 (thousands of times)
    except OSError:
        return ""
    return f"{status.st_mtime_ns}:{status.st_size}"


def _recalled(path: Path, by: str) -> Mapping[str, str]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        stamps = document["stamps"] if document["reader"] == by else {}
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def _keep(path: Path, by: str, stamps: Mapping[str, str]) -> None:
    try:
        write_generated(path, json.dumps({"reader": by, "stamps": stamps}).encode())
    except OSError:
        return  # it costs time only
