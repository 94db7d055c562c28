"""Rules that join notes to snippets: nothing is claimed that no test checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import PurePosixPath

from paper_notes.notes.model import Claim
from paper_notes.notes.names import Names
from paper_notes.notes.read import Note
from paper_notes.problems import Place, Problem
from paper_notes.snippets.model import Snippet
from paper_notes.snippets.read import snippet_path


def check_evidence(
    note: Note, snippets: Mapping[str, Snippet], unreadable: Collection[str]
) -> Iterator[Problem]:
    """Claims of a note without their tests, or that it has no snippet.

    `unreadable` holds the ids of snippets whose files are there but could not be read: what is
    wrong with them has been said already.
    """
    id = note.paper.id
    if id in snippets:
        yield from _claims(note, snippets[id])
    elif id not in unreadable:
        message = f"the snippet is missing: {snippet_path(id)}"
        yield Problem(note.place(), "no-snippet", message, "each paper has one runnable snippet")


def check_orphans(
    files: Collection[PurePosixPath], known: Names, prefix: str = ""
) -> Iterator[Problem]:
    """Files of snippets or tests that belong to no note."""
    for path in files:
        id = path.stem.removeprefix(prefix)
        if id not in known:
            hint = known.did_you_mean(id, "write the note, or delete the file")
            message = f"there is no note papers/{id}.yaml"
            yield Problem(Place(path), "orphan", message, hint)


def _claims(note: Note, snippet: Snippet) -> Iterator[Problem]:
    tests = {test.name: test for test in snippet.tests}
    for index, claim in enumerate(note.paper.claims):
        if claim.test is None:
            continue
        if claim.test not in tests:
            near = get_close_matches(claim.test, tests, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"write it in {snippet.tests_path}"
            message = f"{snippet.tests_path} has no test `{claim.test}`"
            place = note.place("claims", index, "test")
            yield Problem(place, "unknown-test", message, hint)
        elif tests[claim.test].skipped_without_reason:
            message = f"{claim.test} is skipped without a reason, so it proves nothing"
            yield Problem(note.place("claims", index, "test"), "claim-skipped", message)
        else:
            yield from _stated(note, index, claim, tests[claim.test].records)
    if not any(claim.test in tests for claim in note.paper.claims):
        message = "no claim of this note is verified by a test"
        yield Problem(note.place("claims"), "nothing-verified", message, severity="warning")


def _stated(note: Note, index: int, claim: Claim, records: Collection[str]) -> Iterator[Problem]:
    for name in claim.stated:
        if name not in records:
            near = get_close_matches(name, records, 1)
            hint = f"did you mean `{near[0]}`?" if near else f'record_property("{name}", …)'
            message = f"{claim.test} never records `{name}`, so there is nothing to compare"
            yield Problem(
                note.place("claims", index, "stated", name), "not-recorded", message, hint
            )
