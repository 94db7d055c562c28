"""Learning paths as pages."""

from __future__ import annotations

from paper_notes.pages.context import Context
from paper_notes.pages.paths import path_pages, stops_of


def test_a_step_stands_at_its_note_however_it_was_named(context: Context) -> None:
    [path] = context.library.paths.values()
    assert [stop.node.key for stop in stops_of(context, path)] == [
        "title:somethingoldrare",
        "tidy_scale",
        "folded_words",
    ]


def test_a_tick_is_remembered_under_a_name_that_stays_when_the_note_lands(context: Context) -> None:
    [path] = context.library.paths.values()
    assert stops_of(context, path)[1].name == "tidyscaledividingbythelargest"


def test_a_paper_knows_the_paths_that_it_stands_on(context: Context) -> None:
    assert {id: len(paths) for id, paths in context.paths_through.items()} == {
        "folded_words": 1,
        "slow_pooling": 0,
        "tidy_scale": 1,
    }


def test_there_is_a_list_a_way_finder_and_a_page_for_each_path(context: Context) -> None:
    assert [page.url for page in path_pages(context, "ja")] == [
        "ja/paths/",
        "ja/paths/way/",
        "ja/paths/from_scales_to_folds/",
    ]
