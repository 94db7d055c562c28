"""What a page may load and run."""

from __future__ import annotations

import base64
import hashlib

import pytest

from paper_notes.site.csp import policy, with_policy, without_server

PAGE = '<!doctype html><html><head><meta charset="utf-8"></head><body>{}</body></html>'


def directives(html: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in policy(html).split("; "))


def hashed(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def test_nothing_may_be_loaded_that_is_not_named() -> None:
    assert directives(PAGE)["default-src"] == "'none'"


def test_scripts_come_from_the_site_alone() -> None:
    assert directives(PAGE.format('<script src="x.js"></script>'))["script-src"] == "'self'"


@pytest.mark.parametrize("kind", ["", ' type="module"', ' type="text/javascript"'])
def test_an_inline_script_is_named_by_its_hash(kind: str) -> None:
    page = PAGE.format(f"<script{kind}>a && b('日本')\n</script>")
    digest = hashed("a && b('日本')\n")
    assert directives(page)["script-src"] == f"'self' 'sha256-{digest}'"


def test_data_in_a_script_element_need_no_permission() -> None:
    page = PAGE.format('<script type="application/ld+json">{"a": 1}</script>')
    assert directives(page)["script-src"] == "'self'"


def test_no_script_is_allowed_unseen() -> None:
    scripts = directives(PAGE)["script-src"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "data:", "*"} & {
        *scripts.split()
    }


def test_style_sheets_come_from_the_site_alone() -> None:
    assert directives(PAGE)["style-src"] == "'self'"


def test_the_policy_comes_before_all_it_rules() -> None:
    page = with_policy(PAGE)
    head = page.partition("<head>")[2]
    assert head.startswith('<meta http-equiv="Content-Security-Policy"')


def test_the_encoding_is_still_said_where_browsers_look_for_it() -> None:
    assert b"charset" in with_policy(PAGE).encode()[:1024]


def test_a_page_on_a_disk_may_load_the_files_beside_it() -> None:
    page = without_server(with_policy(PAGE.format("'self' is a word here")))
    assert "script-src 'self' file:" in page
    assert page.endswith("<body>'self' is a word here</body></html>")
