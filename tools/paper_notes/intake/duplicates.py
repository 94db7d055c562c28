"""Whether the base has a paper already, be its note finished or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from paper_notes.intake.metadata import Metadata
from paper_notes.notes.identity import identities, plain_title
from paper_notes.notes.read import FOLDER, MAX_BYTES, NOT_PAPERS, SUFFIX
from paper_notes.notes.yaml_nodes import Mapping, Scalar
from paper_notes.notes.yaml_parser import parse
from paper_notes.storage.files import read_text

_NEARLY = 0.94  # of a title's letters; "v2" at the end of a short title is already below


@dataclass(frozen=True)
class Known:
    """What tells a paper of the base apart from others."""

    path: PurePosixPath
    title: str
    arxiv: str | None
    doi: str | None

    @property
    def id(self) -> str:
        """The paper's id."""
        return self.path.stem


def known_papers(root: Path) -> Iterator[Known]:
    """Every paper whose note can be parsed, also where `check` still refuses what it says."""
    for file in sorted((root / FOLDER).glob(f"*{SUFFIX}")):
        path = PurePosixPath(FOLDER) / file.name
        if file.stem in NOT_PAPERS:
            continue
        text, _ = read_text(root, path, MAX_BYTES)
        tree, _ = parse(text, path) if text is not None else (None, [])
        if isinstance(tree, Mapping):
            values = {k.value: v.value for k, v in tree.entries if isinstance(v, Scalar)}
            yield Known(path, values.get("title", ""), values.get("arxiv"), values.get("doi"))


def same_paper(metadata: Metadata, papers: Iterable[Known]) -> tuple[Known, str] | None:
    """A paper of the base that this one is, and how we know: by identifier or by title."""
    names = set(identities(metadata))
    title = plain_title(metadata.title)
    for paper in papers:
        shared = names & set(identities(paper))
        if shared:
            kind, value = sorted(shared)[0]
            return paper, f"{kind} {value}"
        if _near(title, plain_title(paper.title)):
            return paper, f"the title {paper.title!r}"
    return None


def _near(one: str, other: str) -> bool:
    if one == other:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= _NEARLY and matcher.ratio() >= _NEARLY
