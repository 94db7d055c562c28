"""The map's page and data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from paper_notes.pages import map as map_module
from paper_notes.pages.context import Context
from paper_notes.pages.map import map_page
from paper_notes.pages.map_data import map_data


def states(context: Context) -> Mapping[str, str]:
    data: Any = map_data(context)
    keys = list(context.graph.nodes)
    return {key: data["states"][state] for key, state in zip(keys, data["state"], strict=True)}


def test_every_column_has_a_value_for_each_paper(context: Context) -> None:
    data: Any = map_data(context)
    lengths = {len(data[name]) for name in ("x", "y", "year", "topic", "tag", "state")}
    assert lengths == {len(context.graph.nodes)}


def test_a_paper_is_as_good_as_its_worst_claim(context: Context) -> None:
    assert states(context)["tidy_scale"] == "verified"
    assert states(context)["doi:10.9999/untidy.1"] == "missing"
    assert states(replace(context, runs={}))["tidy_scale"] == "unchecked"
    run = context.runs["tidy_scale"]
    failed = replace(run, tests=tuple(replace(test, outcome="failed") for test in run.tests))
    assert states(replace(context, runs={"tidy_scale": failed}))["tidy_scale"] == "failing"


def test_drawing_and_list_hold_as_many_papers_as_are_readable(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = map_page(context, "en").body
    assert whole.count("<circle") == whole.count("data-node=") == len(context.graph.nodes)
    monkeypatch.setattr(map_module, "DRAWN", 2)
    body = map_page(context, "en").body
    assert body.count("<circle") == body.count("data-node=") == 2
    assert "These 1 of 4 are linked most" in body


def test_every_topic_and_year_can_be_chosen_even_of_papers_that_are_not_drawn(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = map_page(context, "en").body.partition('name="to"')[2].partition("</select>")[0]
    monkeypatch.setattr(map_module, "DRAWN", 1)
    assert choices in map_page(context, "en").body


def test_the_tags_of_most_papers_can_be_chosen(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_module, "TAGS", 1)
    tags = map_page(context, "en").body.partition('name="tag"')[2].partition("</select>")[0]
    assert tags.count("<option") == 2  # all of them, and one
