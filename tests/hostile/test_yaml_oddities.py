"""Corners of YAML, by kind, in the manner of the yaml-test-suite: read as text, or refused."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from paper_notes.notes.format import formatted
from paper_notes.notes.read import read_text_of_note
from paper_notes.notes.yaml_nodes import Mapping, Scalar
from paper_notes.notes.yaml_parser import parse

PATH = PurePosixPath("papers/odd.yaml")

READ = {
    "a plain scalar over lines": ("a: b\n  c\n", "b c"),
    "a folded block": ("a: >\n  b\n  c\n", "b c\n"),
    "a stripped block": ("a: |-\n  b\n\n", "b"),
    "a kept block": ("a: |+\n  b\n\n", "b\n\n"),
    "an indented block": ("a: |2\n    b\n", "  b\n"),
    "two quotes in quotes": ("a: 'b''c'\n", "b'c"),
    "an escaped line break": ('a: "b\\\n  c"\n', "bc"),
    "escapes": ('a: "\\x41\\u3042\\U0001F600\\/\\t"\n', "Aあ😀/\t"),
    "a hash without blank": ("a: b#c\n", "b#c"),
    "a colon without blank": ("a: b:c\n", "b:c"),
    "a question mark": ("a: ?b\n", "?b"),
    "an explicit key": ("? a\n: b\n", "b"),
    "a document mark": ("---\na: b\n...\n", "b"),
    "a version": ("%YAML 1.1\n---\na: b\n", "b"),
    "a comment at the end": ("a: b # c\n", "b"),
    "a mapping in braces": ("{a: b}\n", "b"),
    "JSON": ('{"a": "b"}\n', "b"),
    "a word for yes": ("a: yes\n", "yes"),
    "a word for nothing": ("a: null\n", "null"),
    "an infinity": ("a: .inf\n", ".inf"),
    "a number in base 60": ("a: 190:20:30\n", "190:20:30"),
    "an octal number": ("a: 0o14\n", "0o14"),
    "a date": ("a: 2001-12-14t21:59:43.10-05:00\n", "2001-12-14t21:59:43.10-05:00"),
    "lines of Windows": ("a: b\r\n", "b"),
    "a wide blank": ("a: b\u3000c\n", "b\u3000c"),
    "an emoji": ("a: 👩‍👩‍👧‍👦\n", "👩‍👩‍👧‍👦"),
}
REFUSED = {
    "a binary tag": ("a: !!binary aGVsbG8=\n", "tag"),
    "a set": ("a: !!set {b, c}\n", "tag"),
    "a tag alone": ("a: !\n", "tag"),
    "an anchor on a key": ("&x a: b\n", "anchor"),
    "an anchor on nothing": ("a: &x\n", "anchor"),
    "an alias that is its own parent": ("a: &x [*x]\n", "alias"),
    "a merge of a list": ("<<: [{a: b}]\n", "merge-key"),
    "a mapping as a key": ("{a: b}: c\n", "key"),
    "a list as a key": ("? [a]\n: b\n", "key"),
    "a key twice, once in quotes": ("a: b\n'a': c\n", "duplicate-key"),
    "a key twice in braces": ("{a: b, a: c}\n", "duplicate-key"),
    "two documents": ("a: b\n---\na: c\n", "two-documents"),
    "a document after its end": ("a: b\n...\nc: d\n", "yaml"),
    "a block that ends too soon": ("a: |3\n  b\n", "yaml"),
    "an at sign": ("a: @b\n", "yaml"),
    "a backtick": ("a: `b`\n", "yaml"),
    "a percent sign": ("a: %b\n", "yaml"),
    "a bad escape": ('a: "\\q"\n', "yaml"),
    "half a surrogate pair": ('a: "\\ud800"\n', "yaml"),
    "a character beyond Unicode": ('a: "\\U00110000"\n', "yaml"),
    "an escaped NUL": ('a: "\\0"\n', "control-character"),
    "an escaped line separator": ('a: "\\L"\n', "control-character"),
    "an escaped BOM in the middle": ('a: "b\\x07"\n', "control-character"),
    "a quote that does not end": ("a: 'b\n", "yaml"),
    "a bracket that does not end": ("a: [b, c\n", "yaml"),
    "a brace that ends twice": ("a: {b: c}}\n", "yaml"),
    "a tab before a key": ("a:\n\tb: c\n", "tab"),
    "an outdent": ("a:\n    b: c\n  d: e\n", "yaml"),
    "a list at odds with its key": ("a:\n- b\n c\n- d\n: e\n", "yaml"),
    "an unknown directive of a version": ("%YAML 3.0\n---\na: b\n", "yaml"),
    "a directive alone": ("%TAG ! tag:x,2000:\n", "yaml"),
}


@pytest.mark.parametrize(("text", "value"), READ.values(), ids=READ)
def test_a_value_is_the_text_that_stands_there(text: str, value: str) -> None:
    tree, problems = parse(text.replace("\r\n", "\n"), PATH)
    assert problems == []
    assert isinstance(tree, Mapping)
    ((_, found),) = tree.entries
    assert isinstance(found, Scalar)
    assert found.value == value


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
@pytest.mark.hostile(1, 2, 5, 6, 14, 16, 22, 23)
def test_what_is_more_than_text_is_refused(text: str, code: str) -> None:
    note, problems = read_text_of_note(text, PATH)
    assert note is None
    assert code in {problem.code for problem in problems}


@pytest.mark.parametrize("text", ["---", "a: b\n---", "a:", "- ", "? "])
def test_what_is_wrong_stands_on_a_line_that_is_there(text: str) -> None:
    _, problems = read_text_of_note(text, PATH)
    assert problems
    assert all(1 <= problem.place.line <= text.count("\n") + 1 for problem in problems)


@pytest.mark.parametrize("text", [text for text, _ in REFUSED.values()], ids=REFUSED)
def test_it_is_not_formatted_either(text: str) -> None:
    result, problems = formatted(text, PATH)
    assert result is None
    assert problems
