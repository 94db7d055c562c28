"""Metadata from the catalogues, and what happens when they do not answer as one would like."""

from __future__ import annotations

import pytest

from paper_notes.intake.lookup import Catalogues, look_up
from paper_notes.intake.metadata import Metadata
from paper_notes.problems import Problem
from tests.intake.conftest import Server, entry


def ask(server: Server, text: str) -> tuple[Metadata | None, list[Problem]]:
    return look_up(text, server.catalogues, patience=0)


def found(server: Server, text: str) -> Metadata:
    metadata, problems = ask(server, text)
    assert metadata is not None, problems
    return metadata


def only_problem(server: Server, text: str) -> Problem:
    metadata, (problem,) = ask(server, text)
    assert metadata is None
    return problem


def test_arxiv_gives_title_authors_and_the_year_of_the_first_version(server: Server) -> None:
    assert found(server, "1803.08494") == Metadata(
        "Group Normalization", ("Yuxin Wu", "Kaiming He"), 2018, "arXiv", "1803.08494"
    )


def test_the_tool_says_who_it_is(server: Server) -> None:
    found(server, "1803.08494")
    assert server.asked[0][1].startswith("paper-notes/")


def test_the_venue_of_a_published_arxiv_paper_comes_from_crossref(server: Server) -> None:
    server.papers["1803.08494"] = entry("1803.08494", "G", ["Y W"], doi="10.1007/x_1")
    server.works["10.1007/x_1"] = {
        "title": ["G"],
        "container-title": ["Computer Vision – ECCV 2018"],
        "published": {"date-parts": [[2018, 9]]},
    }
    metadata = found(server, "1803.08494")
    assert metadata.arxiv == "1803.08494"
    assert metadata.doi == "10.1007/x_1"
    assert metadata.venue == "Computer Vision – ECCV 2018"


def test_without_crossref_the_arxiv_paper_is_still_found(server: Server) -> None:
    server.papers["1803.08494"] = entry("1803.08494", "G", ["Y W"], doi="10.1007/gone")
    metadata, (problem,) = ask(server, "1803.08494")
    assert metadata is not None
    assert metadata.venue == "arXiv"
    assert (problem.code, problem.severity) == ("not-found", "warning")


def test_crossref_gives_what_it_knows(server: Server) -> None:
    server.works["10.1038/323533a0"] = {
        "title": ["Learning representations by <i>back-propagating</i> errors"],
        "author": [
            {"given": "David E.", "family": "Rumelhart"},
            {"given": "Geoffrey E.", "family": "Hinton"},
            {"name": "The PDP Group"},
        ],
        "container-title": ["Nature"],
        "issued": {"date-parts": [[1986, 10]]},
        "published-online": {"date-parts": [[1987, 1, 1]]},
    }
    assert found(server, "doi:10.1038/323533a0") == Metadata(
        "Learning representations by back-propagating errors",
        ("David E. Rumelhart", "Geoffrey E. Hinton", "The PDP Group"),
        1986,
        "Nature 1986",
        doi="10.1038/323533a0",
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"$\beta$-VAE: Learning", "β-VAE: Learning"),
        (r"M\&quot;uller", 'M"uller'),
        (r"M\"uller", "Müller"),
        ("90% of 100% &amp; more", "90% of 100% & more"),
        ("A\u202eB", "AB"),
        (r"\input{/etc/passwd}", r"\input{/etc/passwd}"),
        ("か\u3099", "が"),
    ],
)
def test_odd_titles_become_plain_text(server: Server, written: str, meant: str) -> None:
    server.papers["2001.00001"] = entry("2001.00001", written.replace("&", "&amp;"), ["A B"])
    if "&quot;" not in written:
        assert found(server, "2001.00001").title == meant


def test_an_unknown_paper_is_said_to_be_unknown(server: Server) -> None:
    assert only_problem(server, "1803.99999").code == "not-found"
    assert only_problem(server, "10.1000/nothing").code == "not-found"


def test_a_busy_server_is_asked_again(server: Server) -> None:
    server.failures = [(503, {}), (429, {"Retry-After": "0"})]
    assert found(server, "1803.08494").title == "Group Normalization"
    assert len(server.asked) == 3


def test_a_server_that_stays_busy_is_given_up(server: Server) -> None:
    server.failures = [(429, {})] * 9
    problem = only_problem(server, "1803.08494")
    assert problem.code == "busy"
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 403, 418])
def test_a_refusal_is_not_asked_again(server: Server, status: int) -> None:
    server.failures = [(status, {})]
    assert only_problem(server, "1803.08494").code == "refused"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>down for maintenance</html",
        b"[1, 2",
        b'{"message": []}',
        b'{"message": {"title": 3}}',
        b"[" * 100_000,
        b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><feed>&c;</feed>',
    ],
)
@pytest.mark.parametrize("text", ["1803.08494", "10.1038/323533a0"])
def test_an_answer_that_makes_no_sense_is_reported(
    server: Server, answer: bytes, text: str
) -> None:
    server.raw = answer
    assert only_problem(server, text).code in ("bad-answer", "not-found")


def test_an_endless_answer_is_cut_off(server: Server) -> None:
    server.raw = b" " * (5 * 1024 * 1024)
    assert only_problem(server, "1803.08494").code == "too-large"


def test_offline_is_said_with_what_to_do() -> None:
    nobody = "http://127.0.0.1:9"
    metadata, (problem,) = look_up("1803.08494", Catalogues(nobody, nobody), patience=0)
    assert metadata is None
    assert problem.code == "offline"
    assert "BibTeX" in problem.hint


def test_something_that_names_no_paper_is_refused(server: Server) -> None:
    assert only_problem(server, "group norm").code == "unknown-source"
    assert server.asked == []
