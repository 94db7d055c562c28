"""The files of search on the site."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import PurePosixPath

import pytest
import quickjs

from paper_notes.evidence import Totals
from paper_notes.library import Library
from paper_notes.search.files import (
    card_files,
    client_files,
    index_files,
    reading_of,
    word_files,
)
from paper_notes.search.keys import keys_of

WORDS = {"en": {"search_none": "none"}, "ja": {"search_none": "なし"}}


@pytest.fixture
def files(invented: Library) -> dict[str, str]:
    keys, totals = keys_of(invented.papers), Totals(1, 0, 0, 0)
    cards = [
        card_files(paper, keys[id], invented.topics, totals)
        for id, paper in invented.papers.items()
    ]
    index = index_files(invented, reading_of(invented))
    made = chain(index, *cards, word_files(invented, WORDS), client_files())
    return {str(path): content.decode() for path, content in made}


def value(text: str) -> object:
    """What a data file hands over."""
    javascript = quickjs.Context()
    javascript.eval(
        "let taken; const paperNotesSearch = { take: (name, value) => { taken = value; } };"
    )
    javascript.eval(text)
    return json.loads(javascript.eval("JSON.stringify(taken)"))


def test_each_paper_has_a_card_in_each_language(invented: Library, files: dict[str, str]) -> None:
    for key in keys_of(invented.papers).values():
        assert {f"search/en/{key}.js", f"search/ja/{key}.js"} <= set(files)


def test_a_card_says_what_a_reader_wants_first(invented: Library, files: dict[str, str]) -> None:
    card = value(files[f"search/ja/{keys_of(invented.papers)['tidy_scale']}.js"])
    assert isinstance(card, dict)
    assert card["title"] == "Tidy Scale: Dividing by the Largest"
    assert card["authors"] == "Aiko Example, Ben <Sample> & Co"
    assert (card["published"], card["topic"]) == ("Invented Letters 2019", "学習")
    assert card["opening"].startswith("ベクトルを絶対値の最大で割る層である。")
    assert card["verified"] == 1


def test_a_card_of_an_untranslated_note_opens_in_the_other_language(
    invented: Library, files: dict[str, str]
) -> None:
    card = value(files[f"search/en/{keys_of(invented.papers)['slow_pooling']}.js"])
    assert isinstance(card, dict)
    assert card["opening"].startswith("隣り合う2つを平均する層。")
    assert "what" not in card["prose"]


def test_every_data_file_hands_over_one_value_under_its_own_name(files: dict[str, str]) -> None:
    for path, text in files.items():
        name = str(PurePosixPath(path).relative_to("search").with_suffix(""))
        if name not in ("client",):
            assert text.startswith(f'paperNotesSearch.take("{name}",')
            assert value(text) is not None


def test_the_index_lies_in_a_folder_named_by_its_content(files: dict[str, str]) -> None:
    directory = value(files["search/directory.js"])
    assert isinstance(directory, dict)
    assert {f"search/{directory['version']}/0.js", f"search/{directory['version']}/c0.js"} <= set(
        files
    )


def test_only_topics_with_papers_are_offered(files: dict[str, str]) -> None:
    words = value(files["search/words/ja.js"])
    assert isinstance(words, dict)
    assert words["topics"] == {"training": "学習", "language": "言語"}


def test_the_client_is_whole_and_without_comments(files: dict[str, str]) -> None:
    assert "\n  //" not in files["search/client.js"]
    quickjs.Context().eval(f"() => {{ {files['search/client.js']} }}")
