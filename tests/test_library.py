"""The library holds what could be read, in a known order, whatever else is wrong."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.library import load_library, paths_of
from paper_notes.notes.read import read_note
from paper_notes.snippets.read import read_snippet

LIBRARY = Path(__file__).parent / "data" / "library"


def test_the_invented_library_has_no_errors():
    library, problems = load_library(LIBRARY)
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert list(library.papers) == ["folded_words", "slow_pooling", "tidy_scale"]
    assert set(library.snippets) == set(library.papers)
    assert list(library.topics) == ["training", "language", "unused"]


def test_loading_twice_gives_the_same():
    assert load_library(LIBRARY) == load_library(LIBRARY)


def test_a_note_may_be_named_from_its_root_or_absolutely():
    inside, _ = read_note(LIBRARY, Path("papers/tidy_scale.yaml"))
    absolute, _ = read_note(LIBRARY.absolute(), LIBRARY.absolute() / "papers/tidy_scale.yaml")
    assert inside == absolute
    assert inside is not None
    assert inside.place("claims", 1, "stated", "parameters").line == 62


def test_a_paper_is_three_files():
    assert [str(path) for path in paths_of("x")] == [
        "papers/x.yaml",
        "snippets/x.py",
        "tests/snippets/test_x.py",
    ]


NOTE = (LIBRARY / "papers" / "tidy_scale.yaml").read_bytes()
SNIPPET = (LIBRARY / "snippets" / "tidy_scale.py").read_bytes()


@st.composite
def spoilt(draw, original):
    """A file with a few bytes cut out of it and others put in."""
    start = draw(st.integers(0, len(original)))
    end = start + draw(st.integers(0, 40))
    middle = draw(
        st.binary(max_size=8) | st.text("[]{}&*!|>'\"\n\t: -#\\", max_size=8).map(str.encode)
    )
    return original[:start] + middle + original[end:]


@given(raw=st.binary() | spoilt(NOTE))
def test_no_bytes_make_the_reading_of_a_note_raise(tmp_path_factory, raw):
    root = tmp_path_factory.mktemp("base")
    (root / "papers").mkdir()
    (root / "papers/x.yaml").write_bytes(raw)
    note, problems = read_note(root, Path("papers/x.yaml"))
    lines = raw.count(b"\n") + 1
    assert note is not None or problems
    assert all(1 <= problem.place.line <= lines for problem in problems)


@given(raw=st.binary() | spoilt(SNIPPET))
def test_no_bytes_make_the_reading_of_a_snippet_raise(tmp_path_factory, raw):
    root = tmp_path_factory.mktemp("base")
    (root / "snippets").mkdir()
    (root / "snippets/x.py").write_bytes(raw)
    snippet, problems = read_snippet(root, "x")
    assert problems
    assert snippet is None or snippet.tests == ()
