"""Rules that join notes: to each other, and to their topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from paper_notes.notes.cursor import PaperLink
from paper_notes.notes.cycles import cycles
from paper_notes.notes.identity import Identity, Index, identities, plain_title
from paper_notes.notes.model import LANGUAGES, Relation
from paper_notes.notes.names import Names
from paper_notes.notes.read import Note
from paper_notes.notes.texts import LANGUAGE_NAMES, field_name, texts
from paper_notes.notes.topics import Topic
from paper_notes.problems import Place, Problem


def check_notes(
    notes: Mapping[str, Note],
    topics: Mapping[str, Topic],
    known: Names,
    index: Index,
    also: Callable[[Note], Iterable[Problem]] = lambda _: (),
) -> Iterator[Problem]:
    """Every problem that shows only when the notes are seen together. Looks once at each.

    `known` holds the ids of all notes, also of those that could not be read; `index` finds them.
    `also` is one more rule for each note, while it is at hand.
    """
    by_identity: dict[Identity, list[str]] = {}
    by_title: dict[str, list[str]] = {}
    before: dict[str, Mapping[str, int]] = {}
    for topic in topics.values():
        yield from _links(topic.links, known)
    for id, note in notes.items():
        yield from _links(note.links, known)
        yield from _next_reads(note, known, index)
        yield from _topic(note, topics)
        yield from _untranslated(note)
        yield from also(note)
        for identity in identities(note.paper):
            by_identity.setdefault(identity, []).append(id)
        by_title.setdefault(plain_title(note.paper.title), []).append(id)
        before[id] = _prerequisites(note, index)
    yield from _same_identity(notes, by_identity)
    yield from _near_titles(notes, by_title)
    yield from _cycles(notes, before)


def _links(links: Iterable[PaperLink], known: Names) -> Iterator[Problem]:
    for link in links:
        if link.id not in known:
            hint = known.did_you_mean(link.id[:64], "link to its arXiv or DOI address")
            yield Problem(link.place, "unknown-paper", f"there is no note `{link.id[:64]}`", hint)


def _next_reads(note: Note, known: Names, papers: Index) -> Iterator[Problem]:
    seen: dict[object, int] = {}
    for index, read in enumerate(note.paper.next_read):
        id = read.paper or papers.find(read)
        if id == note.paper.id:
            place = _target_place(note, index)
            yield Problem(place, "next-read-self", "the note recommends itself")
        elif read.paper and read.paper not in known:
            message = f"there is no note `{read.paper}`"
            hint = known.did_you_mean(read.paper, "give `title` and `arxiv` instead")
            yield Problem(_target_place(note, index), "unknown-paper", message, hint)
        names = {id} if id else {*identities(read), read.url, plain_title(read.title or "")}
        for name in names - {None, ""}:
            if name in seen and seen[name] != index:
                message = f"the same paper as on line {_target_place(note, seen[name]).line}"
                place = _target_place(note, index)
                yield Problem(place, "next-read-twice", message, "keep one of them")
                break
        seen.update({name: index for name in names if name and name not in seen})


def _target_place(note: Note, index: int) -> Place:
    named = note.paper.next_read[index].paper
    return note.place("next_read", index, "paper" if named else "title")


def _topic(note: Note, topics: Mapping[str, Topic]) -> Iterator[Problem]:
    topic = note.paper.topic
    if topic not in topics:
        near = get_close_matches(topic, topics, 1)
        hint = f"did you mean `{near[0]}`?" if near else "add it to papers/topics.yaml"
        yield Problem(note.place("topic"), "unknown-topic", f"there is no topic `{topic}`", hint)


def _untranslated(note: Note) -> Iterator[Problem]:
    found = list(texts(note.paper))
    for language in LANGUAGES:
        missing = [keys for keys, text in found if text.get(language) is None]
        if missing:
            names = ", ".join(field_name(keys) for keys in missing)
            message = f"no {LANGUAGE_NAMES[language]} yet for: {names}"
            place = note.place(*missing[0])
            yield Problem(place, "untranslated", message, severity="warning")


def _same_identity(
    notes: Mapping[str, Note], by_identity: Mapping[Identity, list[str]]
) -> Iterator[Problem]:
    for (kind, value), ids in by_identity.items():
        for id in ids:
            others = ", ".join(str(notes[other].path) for other in ids if other != id)
            if others:
                message = f"{kind} {value} stands in {others} too"
                hint = "one paper has one note"
                yield Problem(notes[id].place(kind), "same-paper", message, hint)


def _near_titles(notes: Mapping[str, Note], by_title: Mapping[str, list[str]]) -> Iterator[Problem]:
    for first, *others in by_title.values():
        for id in others:
            message = f"nearly the same title as {notes[first].path}"
            yield Problem(notes[id].place("title"), "near-title", message, severity="warning")


def _cycles(
    notes: Mapping[str, Note], before: Mapping[str, Mapping[str, int]]
) -> Iterator[Problem]:
    for cycle in cycles({id: list(numbers) for id, numbers in before.items()}):
        if len(cycle) == 1:
            continue  # recommends itself: an error already
        message = f"prerequisites in a circle: {' → '.join([*cycle, cycle[0]])}"
        hint = "which of them can be read first?"
        place = _target_place(notes[cycle[0]], before[cycle[0]][cycle[1]])
        yield Problem(place, "prerequisite-cycle", message, hint, "warning")


def _prerequisites(note: Note, index: Index) -> Mapping[str, int]:
    """The papers of the base to read before this one, and which next read says so."""
    found: dict[str, int] = {}
    for number, read in enumerate(note.paper.next_read):
        id = read.paper or index.find(read)
        if id and read.relation is Relation.PREREQUISITE:
            found.setdefault(id, number)
    return found
