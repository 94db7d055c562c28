"""Text enters as UTF-8 in normal form, without characters that hide others."""

import unicodedata
from pathlib import Path, PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.storage.files import decode, forbidden_character, place_of, read_text

PATH = PurePosixPath("x.yaml")


@given(st.text())
def test_what_is_accepted_is_the_file_and_in_normal_form(text):
    read, problems = decode(text.encode(), PATH)
    if not problems:
        assert read == text
        assert unicodedata.is_normalized("NFC", text)


@given(st.binary(), st.binary())
def test_invalid_utf8_names_the_first_bad_byte(before, after):
    raw = before.decode("utf-8", "ignore").encode() + b"\xff" + after
    if raw.startswith(b"\xef\xbb\xbf"):
        return
    text, [problem] = decode(raw, PATH)
    assert text is None
    assert f"byte {raw.index(0xFF)} " in problem.message


@given(st.text("ab\n"), st.integers(0, 20))
def test_a_place_is_the_line_and_column_of_an_offset(text, offset):
    offset = min(offset, len(text))
    place = place_of(text, offset, PATH)
    lines = text.split("\n")
    assert sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1 == offset


def test_a_file_of_control_characters_gives_few_problems():
    text, problems = decode(b"\0" * 100_000, PATH)
    assert text is None
    assert len(problems) == 10


def test_the_decomposed_character_is_pointed_at():
    _, [problem] = decode("ab\nか か\u3099".encode(), PATH)
    assert (problem.place.line, problem.place.column) == (2, 3)


def test_a_carriage_return_alone_is_refused_and_a_windows_line_end_is_not():
    assert decode(b"a\r\nb\r\n", PATH)[1] == []
    [problem] = decode(b"a\rb", PATH)[1]
    assert problem.message == "the control character U+000D"


def test_the_limit_is_inclusive(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"abc")
    assert read_text(tmp_path, PATH, 3) == ("abc", [])
    [problem] = read_text(tmp_path, PATH, 2)[1]
    assert problem.code == "too-large"


def test_a_root_that_is_a_link_is_the_users_own_choice(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/x.yaml").write_text("a", encoding="utf-8")
    (tmp_path / "link").symlink_to("real")
    assert read_text(Path(tmp_path / "link"), PATH, 10) == ("a", [])


def test_no_character_that_is_forbidden_is_printable():
    characters = map(chr, [*range(0x3000), *range(0xFB00, 0x10000)])
    forbidden = [one for one in characters if forbidden_character(one)]
    assert len(forbidden) > 100
    assert not any(one.isprintable() for one in forbidden)
