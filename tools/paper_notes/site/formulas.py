"""Where a formula stands that was refused."""

from __future__ import annotations

from pathlib import PurePosixPath

from paper_notes.library import Library
from paper_notes.problems import Place, Problem


def bad_formula(library: Library, tex: str, message: str, id: str | None = None) -> Problem:
    """Point at the file, and the line where it can be found, that holds a refused formula.

    With an id only that paper's note and snippet are looked at.
    """
    notes = library.notes if id is None else {id: library.notes[id]}
    snippets = library.snippets
    sources = [f"papers/{each}.yaml" for each in notes]
    sources += [str(snippets[each].path) for each in snippets if id in (None, each)]
    sources += ["papers/topics.yaml"] if id is None else []
    first = tex.strip().split("\n")[0]
    for source in sources:
        text = (library.root / source).read_text(encoding="utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if first in line:
                place = Place(PurePosixPath(source), number, line.index(first) + 1)
                return Problem(place, "math", f"${first}$: {message}", "KaTeX must accept it")
    return Problem(Place(PurePosixPath("papers")), "math", f"${first}$: {message}")
