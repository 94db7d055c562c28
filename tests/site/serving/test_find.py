"""What is at an address, and what is at none."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.site.serving.find import HTML, find


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "en/papers/a").mkdir(parents=True)
    (folder / "en/index.html").write_text("home")
    (folder / "en/papers/a/index.html").write_text("old a")
    (folder / "404.html").write_text("lost")
    (folder / "x.bib").write_text("@misc{}")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def test_a_folder_shows_its_page(site: Path) -> None:
    found = find(site, {}, "/en/")
    assert (found.status, found.kind, found.content) == (HTTPStatus.OK, HTML, b"home")


def test_a_newer_page_stands_before_the_folder(site: Path) -> None:
    assert find(site, {"en/papers/a/": b"new a"}, "/en/papers/a/").content == b"new a"


def test_a_page_that_is_not_in_the_folder_yet_is_found(site: Path) -> None:
    assert find(site, {"en/papers/b/": b"b"}, "/en/papers/b/").content == b"b"


@pytest.mark.parametrize("path", ["/en", "/en/papers/b"])
def test_without_its_slash_a_page_is_found_beside(site: Path, path: str) -> None:
    found = find(site, {"en/papers/b/": b"b"}, path)
    assert (found.status, found.location) == (HTTPStatus.MOVED_PERMANENTLY, f"{path}/")


def test_the_kind_of_a_file_is_said(site: Path) -> None:
    assert find(site, {}, "/x.bib").kind == "application/x-bibtex; charset=utf-8"


def test_where_nothing_is_the_sites_own_page_says_so(site: Path) -> None:
    found = find(site, {}, "/en/nowhere/")
    assert (found.status, found.content) == (HTTPStatus.NOT_FOUND, b"lost")


def test_before_the_first_build_a_page_says_that_one_will_follow(tmp_path: Path) -> None:
    assert b"being built" in find(tmp_path / "site", {}, "/en/").content


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/en/..%2f..%2fsecret.txt",
        "/en/..%5c..%5csecret.txt",
        "//secret.txt",
        "//example.org/en",
        "/en//papers/a/",
        "/./en/",
        "/x.bib%00.html",
        "/%ff",
        "/link.txt",
        "",
        "*",
        "en/",
        "/" + "a" * 5000,
    ],
)
def test_no_address_leads_out_of_the_site(site: Path, path: str) -> None:
    assert find(site, {}, path).status == HTTPStatus.NOT_FOUND


@given(st.text(alphabet="./\\%2e2f5c00aen\0", max_size=20))
def test_whatever_is_asked_for_is_of_the_site(path: str) -> None:
    site = Path(__file__).parents[2] / "data/library/papers"  # no index.html, nothing called 404
    found = find(site, {}, path)
    assert found.status == HTTPStatus.NOT_FOUND or found.location.startswith("/")
    assert not found.location.startswith("//")
