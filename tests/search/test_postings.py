"""The papers of each token, and what each says about them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from paper_notes.search import postings
from paper_notes.search.blocks import Blocks
from paper_notes.search.concepts import Concept
from paper_notes.search.fields import Field
from paper_notes.search.mentions import Mentions
from paper_notes.search.postings import entries

KEYS = ["zzzzz", "ddddd", "ccccc", "bbbbb", "aaaaa"]  # the last comes first


def index(*shares: Sequence[str], concepts: Sequence[Concept] = ()) -> dict[str, str]:
    """The index of papers with these texts, whose keys are those above, read a share at a time."""
    blocks, start = Blocks(), 0
    for texts in shares:
        mentions = Mentions(start)
        for text in texts:
            mentions.add([Field(text, 1)], [])
        blocks.put(start, mentions.blocks(concepts))
        start += len(texts)
    return {token: entry for some in blocks for token, entry in entries(some, KEYS)}


def papers(entry: str) -> list[str]:
    _, _, text = entry.partition(":")
    return [text[at + 1 : at + 6] for at in range(0, len(text), 6)]


def test_an_entry_says_how_many_papers_and_the_best_of_them_first() -> None:
    found = index(["tidy scale", "tidy tidy"])
    assert found == {"scale": "1:Szzzzz", "tidy": "2:bdddddSzzzzz"}


def test_weights_sort_as_their_characters_do() -> None:
    assert sorted(postings.WEIGHTS) == list(postings.WEIGHTS)


def test_what_stands_there_more_often_weighs_more() -> None:
    assert papers(index(["tidy", "tidy tidy tidy", "tidy tidy"])["tidy"]) == [
        "ddddd",
        "ccccc",
        "zzzzz",
    ]


def test_of_papers_that_weigh_alike_the_later_key_comes_first() -> None:
    assert papers(index(["tidy"] * 5)["tidy"]) == KEYS


def test_entries_come_in_the_order_of_their_tokens() -> None:
    found = list(index(["b 畳み込み 込む a", "あう 畳む 0", "アイ"]))
    assert found == sorted(found)


def test_a_word_in_a_text_that_counts_twice_weighs_as_if_it_stood_there_twice() -> None:
    once, twice = Mentions(0), Mentions(0)
    once.add([Field("tidy", 2)], [])
    twice.add([Field("tidy tidy", 1)], [])
    assert once.blocks([]) == twice.blocks([])


def test_a_whole_name_has_all_weight() -> None:
    mentions = Mentions(0)
    mentions.add([Field("tidy", 1)], ["=tidy", "=tidy"])
    (name,) = (block for start, block in mentions.blocks([]).items() if start == "=")
    assert dict(entries([name], KEYS)) == {"=tidy": "1:zzzzzz"}


@pytest.mark.parametrize("shares", [[5], [3, 2], [1, 2, 2], [1] * 5])
def test_a_token_of_many_papers_lists_the_best_and_counts_all(
    monkeypatch: pytest.MonkeyPatch, shares: list[int]
) -> None:
    monkeypatch.setattr(postings, "MOST_PAPERS", 2)
    texts = iter(["tidy", "tidy tidy", "tidy", "tidy tidy", "tidy"])
    found = index(*([next(texts) for _ in range(n)] for n in shares))
    assert found["tidy"].startswith("5:")
    assert papers(found["tidy"]) == ["ddddd", "bbbbb"]


def test_groups_of_synonyms_that_begin_alike_are_one_concept() -> None:
    concepts = [Concept("#tidy", [frozenset({word})]) for word in ("tidy", "order")]
    assert index(["tidy", "order order"], concepts=concepts)["#tidy"] == "2:bdddddSzzzzz"


def test_a_concept_weighs_as_much_as_the_rarest_word_of_its_best_form() -> None:
    concept = Concept("#tidy", [frozenset({"tidy", "scale"}), frozenset({"order"})])
    texts = ["tidy tidy scale", "order order", "tidy tidy scale order order", "tidy"]
    found = index(texts, concepts=[concept])
    assert papers(found["#tidy"]) == ["ddddd", "ccccc", "zzzzz"]
