"""The browser's own search engine, run by QuickJS: terminal and tests cannot disagree with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import quickjs

from paper_notes.search.directory import Directory
from paper_notes.search.shards import Shards

MODULES = ("text.js", "near.js", "query.js", "rank.js", "excerpt.js")  # those without a DOM
_SECONDS = 30
_RUN = """
let answer;
const loaded = new Set();
function run(query, limit) {
  answer = null;
  loaded.clear();
  const load = async (names) => names.map((name) => { loaded.add(name); return files[name]; });
  paperNotesSearch.search(query, directory, load, limit).then(
    (found) => { answer = { found, loaded: [...loaded] }; },
    (error) => { answer = { error: String(error) }; },
  );
}
"""


@dataclass(frozen=True)
class Found:
    """What a query came to."""

    keys: Sequence[str]  # of the best papers, best first
    total: int
    corrections: Sequence[tuple[str, str]]  # words that were read as others
    partial: bool  # no paper has every word
    near: Sequence[str]  # words that come near, where nothing was found
    surfaces: Sequence[str]  # what to mark in texts
    loaded: Sequence[str]  # the files that a browser would have fetched


class Engine:
    """Answers queries from an index that is held in memory."""

    def __init__(self, directory: Directory, shards: Shards) -> None:
        self._context = context()
        self._context.set_time_limit(_SECONDS)
        self._context.eval(f"const directory = {json.dumps(directory.document())};")
        self._context.eval(f"const files = {json.dumps(shards.contents())};")
        self._context.eval(_RUN)

    def search(self, query: str, limit: int = 10) -> Found:
        """The papers a query finds. Raises RuntimeError where the engine itself fails."""
        self._context.get("run")(query, limit)
        while self._context.execute_pending_job():
            pass
        answer = json.loads(self._context.eval("JSON.stringify(answer)"))
        if "found" not in answer:
            raise RuntimeError(answer["error"])
        found: dict[str, Any] = answer["found"]
        return Found(
            keys=found["keys"],
            total=found["total"],
            corrections=[(one, other) for one, other in found["corrections"]],
            partial=found["partial"],
            near=found["near"],
            surfaces=found["surfaces"],
            loaded=answer["loaded"],
        )

    def excerpt(self, prose: Mapping[str, str], surfaces: Sequence[str]) -> tuple[str, str]:
        """The field of a paper that says most of a query, and the part of it that does."""
        call = f"paperNotesSearch.excerpt({json.dumps(dict(prose))}, {json.dumps(list(surfaces))})"
        found = json.loads(self._context.eval(f"JSON.stringify({call})"))
        return found["field"], "".join(fragment["text"] for fragment in found["fragments"])


def context() -> quickjs.Context:
    """QuickJS with the engine in it."""
    made = quickjs.Context()
    folder = files("paper_notes.search").joinpath("client")
    for name in MODULES:
        made.eval(folder.joinpath(name).read_text(encoding="utf-8"))
    return made
