"""What saved files mean."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from paper_notes.site.serving.changes import Changes, changes_of


def changes(*paths: str) -> Changes:
    return changes_of(map(PurePosixPath, paths))


@pytest.mark.parametrize(
    "path", ["papers/gan.yaml", "snippets/gan.py", "tests/snippets/test_gan.py"]
)
def test_the_files_of_a_paper_mean_that_paper(path: str) -> None:
    assert changes(path) == Changes(frozenset({"gan"}))


@pytest.mark.parametrize(
    "path",
    [
        "papers/topics.yaml",
        "papers/paths.yaml",
        "papers/gan.yml",
        "papers/Not An Id.yaml",
        "snippets/__init__.py",
        "tests/snippets/conftest.py",
        "mkdocs.yml",
        "build/report.json",
        "tests/snippets/mutation.json",
    ],
)
def test_what_many_pages_are_made_from_means_the_whole_base(path: str) -> None:
    assert changes(path) == Changes(base=True)


def test_a_hand_written_page_means_the_site() -> None:
    assert changes("docs/en/about.md") == Changes(pages=True)


@pytest.mark.parametrize(
    "path",
    [
        "papers/gan.yaml~",
        "papers/.gan.yaml.swp",
        "papers/4913",
        "papers/#gan.yaml#",
        "papers/gan.yaml.tmp.1234",
        "snippets/__pycache__/gan.cpython-311.pyc",
        "docs/en/.about.md.swp",
        "docs/en/about.md~",
        "build/.lock",
        "README.md",
    ],
)
def test_what_editors_leave_beside_and_other_files_mean_nothing(path: str) -> None:
    assert changes(path) == Changes()


def test_several_files_mean_all_of_it() -> None:
    paths = ["papers/gan.yaml", "snippets/gan.py", "snippets/vae.py", "docs/index.md"]
    assert changes(*paths) == Changes(frozenset({"gan", "vae"}), pages=True)
