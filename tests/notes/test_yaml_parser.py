"""YAML becomes strings with places, or problems, whatever the bytes."""

import json
from pathlib import PurePosixPath

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from paper_notes.notes.yaml_nodes import Mapping, Scalar, Sequence
from paper_notes.notes.yaml_parser import MAX_DEPTH, parse
from paper_notes.storage.files import decode

PATH = PurePosixPath("x.yaml")
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]) | st.just("\n"))


def data(node):
    """The tree as plain data."""
    if isinstance(node, Mapping):
        return {key.value: data(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    return node.value


def clean(text):
    """Whether a file may hold this text."""
    return decode(text.encode(), PATH)[1] == []


@given(TEXTS.filter(clean))
def test_any_text_comes_back_exactly_as_pyyaml_wrote_it(text):
    tree, problems = parse(yaml.safe_dump({"a": text}, allow_unicode=True), PATH)
    assert (data(tree), problems) == ({"a": text}, [])


@given(
    st.recursive(
        TEXTS.filter(clean),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(TEXTS.filter(lambda key: clean(key) and key != "<<"), inner)
        ),
        max_leaves=8,
    )
)
def test_any_shallow_json_of_strings_is_read(value):
    text = json.dumps(value, ensure_ascii=False)
    tree, problems = parse(text, PATH)
    if tree is None:
        assert [problem.code for problem in problems] in (["too-deep"], ["yaml"])
        assert problems[0].code == "too-deep" or len(text) > 1000  # a simple key is bounded
    else:
        assert data(tree) == value


@given(st.binary() | st.text().map(str.encode))
@example(b"\xff")
@example(b"? ? a")
@example(b"{a: &a [*a]}")
@example(b"--- !!set {a}")
@example(b'"\\ud800"')
def test_no_bytes_raise(raw):
    text, problems = decode(raw, PATH)
    if text is None:
        assert problems
        return
    tree, in_text = parse(text, PATH)
    assert tree is not None or in_text


@given(st.text("[]{}:,-?&*!|>'\"%@`#\n ab<", max_size=60))
def test_no_punctuation_raises(text):
    tree, problems = parse(text, PATH)
    assert tree is not None or problems


def test_eight_levels_are_read_and_nine_are_not():
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, PATH)[1] == []
    [problem] = parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), PATH)[1]
    assert (problem.code, problem.place.column) == ("too-deep", MAX_DEPTH + 1)


def scalar(text):
    """The value of the only key."""
    tree, problems = parse(text, PATH)
    assert isinstance(tree, Mapping)
    assert problems == []
    value = tree.entries[0][1]
    assert isinstance(value, Scalar)
    return value


def test_a_part_of_a_block_is_found_on_its_line():
    value = scalar("a: |\n  one\n\n  日本 two\n")
    place = value.at(value.value.index("two"))
    assert (place.line, place.column) == (4, 6)


def test_a_part_of_a_more_indented_line_of_a_block_is_found():
    value = scalar("a: |2\n    one\n  two\n")
    assert value.value == "  one\ntwo\n"
    place = value.at(value.value.index("one"))
    assert (place.line, place.column) == (2, 5)


def test_a_part_of_a_folded_or_quoted_text_is_found():
    for text in ("a: >\n  one\n  two\n", 'a: "one\n  two"\n', "a: one\n  two\n"):
        value = scalar(text)
        place = value.at(value.value.index("two"), 3)
        assert text.splitlines()[place.line - 1][place.column - 1 :].startswith("two")


def test_the_second_of_two_equal_parts_is_told_from_the_first():
    value = scalar("a: x $ y $\n")
    assert [value.at(offset).column for offset in (2, 6)] == [6, 10]


def test_what_an_escape_hides_is_placed_at_the_start():
    value = scalar('a: "\\x61bc"\n')
    assert value.at(0, 3).column == 4


def test_windows_line_ends_count_as_one():
    value = scalar("b: |\r\n  one\r\n  two\r\n")
    assert value.value == "one\ntwo\n"
    place = value.at(4)
    assert (place.line, place.column) == (3, 3)


def test_tags_and_anchors_are_reported_and_the_rest_still_read():
    tree, problems = parse("a: !!str x\nb: &c y\n", PATH)
    assert data(tree) == {"a": "x", "b": "y"}
    assert [(p.code, p.place.line, p.place.column) for p in problems] == [
        ("tag", 1, 4),
        ("anchor", 2, 4),
    ]
