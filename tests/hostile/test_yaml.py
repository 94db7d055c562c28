"""Hostile YAML is refused with its place; what YAML would twist is read as it is written."""

import unicodedata

import pytest

NOTE = "papers/slow_pooling.yaml"

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\ne: [*d, *d]\n"
MERGES = "m0: &m0 {k: v}\n" + "".join(
    f"m{i}: &m{i}\n  <<: [*m{i - 1}, *m{i - 1}]\n" for i in range(1, 26)
)
BLOCKS = "\n".join(" " * depth + "a:" for depth in range(500))


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        pytest.param(LAUGHS, "alias", "2:8", id="1 billion laughs"),
        pytest.param(MERGES, "alias", "3:8", id="2 merge bomb"),
        pytest.param("<<: {title: x}\n", "merge-key", "1:1", id="2 merge key without alias"),
        pytest.param("[" * 100_000, "too-deep", "1:9", id="3 brackets"),
        pytest.param("{a: " * 25_000, "too-deep", "1:33", id="3 braces"),
        pytest.param("- " * 100_000, "too-deep", "1:17", id="3 dashes"),
        pytest.param("? " * 100_000, "key", "1:3", id="3 question marks"),
        pytest.param("a: [b\n" * 20_000, "yaml", None, id="3 never closed"),
        pytest.param(BLOCKS, "too-deep", "9:9", id="4 blocks"),
        pytest.param("title: a\nyear: 2000\ntitle: b\n", "duplicate-key", "3:1", id="5"),
        pytest.param('title: a\n"title": b\n', "duplicate-key", "2:1", id="6 quoted"),
        pytest.param("what:\n  en: a\n  en: b\n", "duplicate-key", "3:3", id="6 nested"),
        pytest.param("what:\n\ten: a\n", "tab", "2:1", id="14"),
        pytest.param("what:\n  en: a\n\tja: b\n", "tab", "3:1", id="14 later"),
        pytest.param(b"\xef\xbb\xbftitle: a\n", "byte-order-mark", "1:1", id="15"),
        pytest.param(b"title: a\nyear: \0\n", "control-character", "2:7", id="16"),
        pytest.param('title: "a\\0b"\n', "control-character", "1:8", id="16 escaped"),
        pytest.param(b"title: ab\xff\n", "not-utf8", "1:10", id="17"),
        pytest.param("title: 日本\n".encode("cp932"), "not-utf8", "1:8", id="17 Shift_JIS"),
        pytest.param("title: a\n".encode("utf-16"), "not-utf8", "1:1", id="17 UTF-16"),
        pytest.param("title: a\nvenue: xか\u3099\n", "not-nfc", "2:9", id="18"),
        pytest.param("title: a\u202eb\n", "bidi-override", "1:9", id="20 U+202E"),
        pytest.param("title: a\u2066b\n", "bidi-override", "1:9", id="20 U+2066"),
        pytest.param('title: "a\\u202eb"\n', "control-character", "1:8", id="20 escaped"),
        pytest.param(b"x" * 10_000_000, "too-large", "1:1", id="21"),
        pytest.param("", "empty", "1:1", id="22 empty"),
        pytest.param("# only a comment\n", "empty", "1:1", id="22 comment"),
        pytest.param("- a\n- b\n", "wrong-kind", "1:1", id="22 list"),
        pytest.param("hello\n", "wrong-kind", "1:1", id="22 scalar"),
        pytest.param("title: a\n---\ntitle: b\n", "two-documents", "2:1", id="22 two"),
        pytest.param("title: !!python/object/apply:os.abort []\n", "tag", "1:8", id="23"),
        pytest.param("title: !local x\n", "tag", "1:8", id="23 local tag"),
        pytest.param("title: &a x\n", "anchor", "1:8", id="1 anchor alone"),
        pytest.param("{[a]: b}\n", "key", None, id="key that is a list"),
        pytest.param("title: 'a\n", "yaml", None, id="quote never closed"),
        pytest.param("title: a: b\n", "yaml", "1:9", id="colon in plain text"),
        pytest.param("%TAG ! tag:x,2000:\n---\ntitle: !a b\n", "tag", "3:8", id="23 directive"),
        pytest.param("- \n" * 50_000, "too-many-values", None, id="many values"),
    ],
)
@pytest.mark.hostile(1, 2, 3, 4, 5, 6, 14, 15, 16, 17, 18, 20, 21, 22, 23)
def test_is_refused_with_its_place(base, content, code, place):
    base.write(NOTE, content)
    lines = [line for line in base.refusals() if f": {code}: " in line]
    assert lines
    assert lines[0].startswith(f"{NOTE}:{place}: " if place else f"{NOTE}:")


@pytest.mark.hostile(5)
def test_a_duplicate_key_names_both_lines(base):
    base.write(NOTE, "title: a\nyear: 2000\ntitle: b\n")
    [line] = [line for line in base.refusals() if "duplicate-key" in line]
    assert "line 1" in line
    assert "line 3" in line


def test_invalid_utf8_names_the_byte_and_shift_jis(base):
    base.write(NOTE, b"title: a\n" + "venue: 日本".encode("cp932"))
    [problem] = [p for p in base.problems() if p.code == "not-utf8"]
    assert "byte 16 " in problem.message
    assert "Shift_JIS" in problem.hint


def test_decomposed_text_says_how_to_mend_it(base):
    base.write(NOTE, unicodedata.normalize("NFD", base.note()))
    problems = [p for p in base.problems() if p.code == "not-nfc"]
    assert problems
    assert "NFC" in problems[0].hint


@pytest.mark.parametrize("value", ["1010.0010", "0704.0001", "2301.00010", "hep-th/9901001"])
@pytest.mark.hostile(8, 9, 10)
def test_an_unquoted_arxiv_id_is_read_digit_by_digit(base, value):
    from paper_notes.library import load_library

    base.write(NOTE, base.note().replace("doi: 10.9999/Slow.Pooling", f"arxiv: {value}"))
    library, problems = load_library(base.root)
    assert library.papers["slow_pooling"].arxiv == value
    assert not [p for p in problems if p.severity == "error"]


@pytest.mark.parametrize("value", ["no", "12:30:45", "1e3", "010", "2020-01-01", "0x10", "true"])
@pytest.mark.hostile(7, 11)
def test_what_yaml_would_convert_stays_text(base, value):
    from paper_notes.library import load_library

    base.write(NOTE, base.note(title=value, answer=f"{{en: {value}, ja: {value}}}"))
    paper = load_library(base.root)[0].papers["slow_pooling"]
    assert (paper.title, paper.what.en, paper.what.ja) == (value, value, value)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        pytest.param("year", "9" * 5000, "year", id="13"),
        pytest.param("year", "1899", "year", id="13 too early"),
        pytest.param("year", "2101", "year", id="13 too late"),
        pytest.param("year", "２０１９", "full-width", id="19"),
        pytest.param("year", "٢٠١٩", "year", id="19 Arabic-Indic"),
        pytest.param("doi", "１０.9999/x", "full-width", id="19 DOI"),
        pytest.param("url", "javascript:alert(1)", "url", id="29 URL"),
        pytest.param("url", "file:///etc/passwd", "url", id="31 URL"),
        pytest.param("url", "https://a.example/\u00a0x", "url", id="blank in URL"),
        pytest.param("topic", "../training", "topic-id", id="25 topic"),
        pytest.param("title", "''", "empty", id="empty"),
        pytest.param("title", "~", "empty", id="null"),
        pytest.param("title", "[a]", "wrong-kind", id="list for a title"),
        pytest.param("authors", "Ben Sample", "wrong-kind", id="text for a list"),
        pytest.param("authors", "[]", "item-count", id="no author"),
        pytest.param("authors", "[A, B, A]", "repeated", id="author twice"),
    ],
)
@pytest.mark.hostile(13, 19, 25, 29, 31)
def test_a_bad_value_is_refused(base, key, value, code):
    base.write(NOTE, base.note(**{key: value}))
    assert any(f"{NOTE}:" in line and f": {code}: " in line for line in base.refusals())


@pytest.mark.parametrize("value", ["2020-13-45", "2020-02-30", "20200101", "２０２０-01-01", "x"])
@pytest.mark.hostile(12)
def test_a_day_that_does_not_exist_is_refused(base, value):
    base.write(NOTE, base.note() + f"added: {value}\n")
    assert any(": date: " in line or ": full-width: " in line for line in base.refusals())


@pytest.mark.hostile(24)
def test_a_misspelt_key_is_refused_with_the_nearest_one(base):
    base.write(NOTE, base.note().replace("novelty:", "noveltey:"))
    [problem] = [problem for problem in base.problems() if problem.severity == "error"]
    assert (problem.code, problem.hint) == ("unknown-key", "did you mean `novelty`?")


def test_everything_wrong_is_said_at_once(base):
    base.write(NOTE, base.note(year="x", topic="X", title="''", answer="TODO"))
    codes = {problem.code for problem in base.problems()}
    assert {"year", "topic-id", "empty", "placeholder"} <= codes
