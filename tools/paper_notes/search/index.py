"""The inverted index: which papers each token stands in, and how much it says about them.

An entry is a line of text: how many papers have the token, a colon, then six characters for each
of the best of them, the weight and the paper's key. Beside the tokens of the text stand `=name` for
whole names, `#concept` for what synonyms share, and `~c`, which holds no papers but the words that
begin with c, to mend misspelt queries with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from paper_notes.notes.model import Paper
from paper_notes.notes.synonyms import Synonyms
from paper_notes.notes.topics import Topic
from paper_notes.parallel import cores, shared
from paper_notes.search.blocks import Block, Blocks
from paper_notes.search.concepts import concepts
from paper_notes.search.fields import fields, names, source
from paper_notes.search.keys import keys_of
from paper_notes.search.shards import Entries
from paper_notes.search.tokens import name_key
from paper_notes.search.vocabulary import vocabulary, words_of

_SHARE = 1024  # papers that are read at once, at most
_FEW = 128  # papers that are not worth a process more


@dataclass(frozen=True)
class Reading:
    """What was read of all papers."""

    keys: Sequence[str]  # of the papers, the last first
    synonyms: Synonyms
    named: Counter[str] = field(default_factory=Counter)  # the words of names
    blocks: Blocks = field(default_factory=Blocks)


@dataclass(frozen=True)
class _Part:
    """What was read of some papers, by the place of the first."""

    start: int
    named: Counter[str]
    blocks: Mapping[str, Block]


def read_papers(
    papers: Mapping[str, Paper], topics: Mapping[str, Topic], synonyms: Synonyms
) -> Reading:
    """All that goes into the index, read in as many processes as there are cores.

    Each paper is looked at once and not kept: a mapping may make them as they are asked for.
    """
    keys = keys_of(papers)
    ids = sorted(keys, key=keys.__getitem__, reverse=True)
    known = concepts(synonyms)
    share = min(_SHARE, max(_FEW, ceil(len(ids) / cores())))

    def read(start: int) -> _Part:
        from paper_notes.search.mentions import Mentions  # numpy, which the build is without

        mentions = Mentions(start)
        named: Counter[str] = Counter()
        for paper in map(papers.__getitem__, ids[start : start + share]):
            own = list(names(paper))
            whole = (f"={name_key(name)}" for name in own)
            mentions.add(fields(source(paper), topics), whole)
            named.update(words_of((*own, *paper.authors, *paper.tags)))
        return _Part(start, named, mentions.blocks(known))

    reading = Reading([keys[id] for id in ids], synonyms)
    for part in shared(read, range(0, len(ids), share)):
        reading.named.update(part.named)
        reading.blocks.put(part.start, part.blocks)
    return reading


def build_index(reading: Reading) -> Entries:
    """Every entry of the index by its key, sorted.

    Depends on nothing but the papers: not on how reading them was shared, nor on who was first.
    """
    from paper_notes.search.postings import entries

    keys = reading.keys
    found = {token: entry for blocks in reading.blocks for token, entry in entries(blocks, keys)}
    numbers = {token: int(entry[: entry.index(":")]) for token, entry in found.items()}
    meant = vocabulary(reading.named, len(keys), reading.synonyms, numbers)
    found |= {f"~{first}": line for first, line in meant.items()}
    return {key: found.pop(key) for key in sorted(found)}
