"""The files of search on the site: index, cards, the client's words and the client itself.

Data are scripts that hand one JSON value to `paperNotesSearch.take`: a page read from a folder
without a server may load scripts, and nothing else (docs/decisions/0008).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from importlib.resources import files
from pathlib import PurePosixPath

import msgspec

from paper_notes.evidence import Totals
from paper_notes.library import Library
from paper_notes.notes.model import LANGUAGES, Paper
from paper_notes.notes.topics import Topic
from paper_notes.search.cards import card
from paper_notes.search.directory import directory
from paper_notes.search.engine import MODULES
from paper_notes.search.fields import source
from paper_notes.search.index import Reading, build_index, read_papers
from paper_notes.search.shards import cut

FOLDER = PurePosixPath("search")
CLIENT = (*MODULES, "load.js", "view.js", "dialog.js", "page.js", "popover.js")
_JSON = msgspec.json.Encoder()
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)  # readers of the source have them

File = tuple[PurePosixPath, bytes]


def reading_of(library: Library) -> Reading:
    """What of these papers goes into the index."""
    return read_papers(library.papers, library.topics, library.synonyms)


def index_files(library: Library, reading: Reading) -> Iterator[File]:
    """The index; its files lie in a folder named by their content, so that no two are mixed."""
    shards = cut(build_index(reading))
    root = directory(len(library.papers), shards, library.synonyms)
    contents = shards.contents()
    version = _version(contents)
    yield _data("directory", {"version": version, **root.document()})
    for name, content in contents.items():
        yield _data(f"{version}/{name}", content)


def card_files(
    paper: Paper, key: str, topics: Mapping[str, Topic], totals: Totals
) -> Iterator[File]:
    """The paper's card in each language."""
    one = source(paper)
    for language in LANGUAGES:
        made = card(one, topics.get(paper.topic), totals, language)
        yield _data(f"{language}/{key}", made.document())


def word_files(library: Library, words: Mapping[str, Mapping[str, str]]) -> Iterator[File]:
    """The client's words in each language, and the names of the topics that have papers."""
    used = {paper.topic for paper in library.papers.values()}
    for language in LANGUAGES:
        topics = {
            id: topic.name.best(language)[0] for id, topic in library.topics.items() if id in used
        }
        yield _data(f"words/{language}", {"words": words[language], "topics": topics})


def client_files() -> Iterator[File]:
    """The client as one script and one style sheet, loaded when somebody begins to search."""
    folder = files("paper_notes.search").joinpath("client")
    script = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in CLIENT)
    yield FOLDER / "client.js", _COMMENT.sub("", script).encode()
    yield FOLDER / "client.css", folder.joinpath("client.css").read_bytes()


def _data(name: str, content: object) -> File:
    document = _JSON.encode(content).replace(b"</", b"<\\/")  # harmless wherever the script is put
    return FOLDER / f"{name}.js", b'paperNotesSearch.take("%b",%b);\n' % (name.encode(), document)


def _version(contents: Mapping[str, object]) -> str:
    hashed = blake2b(digest_size=6)
    for name, content in contents.items():
        hashed.update(f"{name}{content}".encode())
    return hashed.hexdigest()
