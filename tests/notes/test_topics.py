"""Topics keep the order of their file."""

import pytest

from paper_notes.notes.model import Text
from paper_notes.notes.topics import Topic, read_topics


def write(root, text):
    (root / "papers").mkdir()
    (root / "papers/topics.yaml").write_text(text, encoding="utf-8")
    return read_topics(root)


def test_order_and_introduction_are_kept(tmp_path):
    topics, problems = write(
        tmp_path, "z:\n  name: {en: Z, ja: ゼット}\n  introduction: Last.\na:\n  name: First\n"
    )
    assert problems == []
    assert list(topics.values()) == [
        Topic("z", Text("Z", "ゼット"), introduction=Text("Last.")),
        Topic("a", Text("First")),
    ]


def test_the_notes_that_each_topic_links_to_are_known(tmp_path):
    topics, _ = write(
        tmp_path, "a: {name: A, about: '[x](paper:one)'}\nb:\n  name: '[y](paper:two)'\n"
    )
    links = {id: [(link.id, link.place.line) for link in topics[id].links] for id in topics}
    assert links == {"a": [("one", 1)], "b": [("two", 3)]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Big: {name: x}\n", "topic-id"),
        ("a: {}\n", "missing-key"),
        ("a: {name: x, nam: y}\n", "unknown-key"),
        ("- a\n", "wrong-kind"),
        ("a: x\n", "wrong-kind"),
        ("a: {name: TODO}\n", "placeholder"),
    ],
)
def test_what_is_no_topic_is_refused(tmp_path, text, code):
    assert [problem.code for problem in write(tmp_path, text)[1]] == [code]


def test_a_missing_file_is_a_problem(tmp_path):
    topics, [problem] = read_topics(tmp_path)
    assert (topics, problem.code) == ({}, "missing-file")
