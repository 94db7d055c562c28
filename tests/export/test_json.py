"""A paper as JSON."""

from __future__ import annotations

import json

from paper_notes.evidence import weigh
from paper_notes.export.json import paper_json
from tests.conftest import INVENTED, invent_runs, load


def document(id: str) -> dict[str, object]:
    library = load(INVENTED)
    paper, run = library.papers[id], invent_runs(library)[id]
    return dict(json.loads(paper_json(paper, weigh(paper, run))))


def test_both_languages_are_in_it() -> None:
    what = document("tidy_scale")["what"]
    assert isinstance(what, dict)
    assert set(what) == {"en", "ja"}


def test_a_claim_says_how_it_is_known_and_what_was_measured() -> None:
    claims = document("tidy_scale")["claims"]
    assert isinstance(claims, list)
    assert [claim["state"] for claim in claims] == ["verified", "verified", "reported"]
    assert claims[1]["stated"] == {"parameters": "0"}


def test_what_is_not_known_is_left_out() -> None:
    assert "doi" not in document("tidy_scale")


def test_dates_are_iso_8601() -> None:
    assert document("tidy_scale")["added"] == "2026-11-21"
