"""The JSON Schema says the same as the reader, as far as a schema can."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.notes.read import NOT_PAPERS
from paper_notes.notes.schema import paper_schema, schema_text

COMMITTED = Path(__file__).parents[2] / "docs" / "schema" / "paper.json"


def _pattern(_, pattern, instance, __):
    """Patterns as editors have them: `$` is the end, not the place before a last line feed."""
    ends = pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern
    if isinstance(instance, str) and not re.search(ends, instance, re.ASCII):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern}")


VALIDATOR = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _pattern})(
    paper_schema()
)


def test_it_is_a_json_schema():
    jsonschema.Draft202012Validator.check_schema(paper_schema())


def test_the_committed_copy_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == schema_text(), (
        "run `paper-notes schema > docs/schema/paper.json`"
    )


def test_every_key_is_described():
    keys = paper_schema()["properties"]
    assert isinstance(keys, dict)
    assert all(key["description"] for key in keys.values())


TEXT = {"en": "Words.", "ja": "言葉。"}
CLAIM = {"says": TEXT, "source": "Eq. 1"}
READ = {"relation": "builds_on", "why": TEXT}
RESULT = {"dataset": "D", "metric": "m", "value": "1", "source": "Table 1"}
CHANGES = [
    {},
    {"title": ""},
    {"title": " x"},
    {"title": "a\nb"},
    {"title": ["a"]},
    {"titel": "a"},
    {"authors": []},
    {"authors": ["A", "A"]},
    {"authors": "A"},
    {"year": "1899"},
    {"year": "2100"},
    {"year": "2101"},
    {"year": "２０１８"},
    {"arxiv": "hep-th/9901001"},
    {"arxiv": "1803.08494v1"},
    {"arxiv": "math.GT/0309136"},
    {"doi": "10.1/x"},
    {"doi": "10.1000/x(1)"},
    {"url": "javascript:alert(1)"},
    {"url": "https://a.example:80/x"},
    {"code": "https://a"},
    {"added": "2020-1-1"},
    {"topic": "A"},
    {"tags": ["a", "a"]},
    {"tags": ["a-b"]},
    {"tags": ["a b"]},
    {"what": "Plain."},
    {"what": {}},
    {"what": {"en": " "}},
    {"what": {"fr": "Oui."}},
    {"what": ["a"]},
    {"what": None},
    {"next_read": []},
    {"next_read": [{"paper": "a", **READ}] * 6},
    {"next_read": [{"paper": "a", **READ}, {"title": "T", "arxiv": "1803.08494", **READ}]},
    {"next_read": [{"paper": "a", **READ}, {"title": "T", **READ}]},
    {"next_read": [{"paper": "a", **READ}, {"paper": "b", "title": "T", **READ}]},
    {"next_read": [{"paper": "a", **READ}, {"paper": "b", "relation": "x", "why": TEXT}]},
    {"next_read": [{"paper": "a", **READ}, {"paper": "b", "why": TEXT}]},
    {"claims": []},
    {"claims": [CLAIM]},
    {"claims": [{**CLAIM, "test": "test_a", "stated": {"n": "1"}}]},
    {"claims": [{**CLAIM, "test": "test_a", "stated": {"n": ["1"]}}]},
    {"claims": [{**CLAIM, "test": "a"}]},
    {"claims": [{**CLAIM, "test": "test_a", "reported": "needs much"}]},
    {"claims": [{**CLAIM, "reported": "needs much", "stated": {"n": "1"}}]},
    {"results": [RESULT]},
    {"results": [{**RESULT, "note": "x"}]},
    {"results": [{"dataset": "D"}]},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_schema_and_reader_agree(read, document, change):
    changed = document(**change)
    _, problems = read(changed)
    assert VALIDATOR.is_valid(changed) == (problems == []), problems


KEYS = st.sampled_from(["title", "year", "arxiv", "doi", "url", "added", "topic", "venue", "x"])
VALUES = st.recursive(
    st.text("a0/.:-_ Ａ１", max_size=12) | st.sampled_from(["1803.08494", "2018", "https://a.b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("en"), inner),
    max_leaves=3,
)


@given(st.dictionaries(KEYS, VALUES, max_size=3))
def test_schema_and_reader_agree_on_whatever_stands_there(read, document, changes):
    changed = document(**changes)
    problems = [problem for problem in read(changed)[1] if problem.code != "placeholder"]
    calendar = [problem for problem in problems if "calendar" in problem.message]
    assert VALIDATOR.is_valid(changed) == (len(problems) == len(calendar)), problems


@pytest.mark.parametrize(("key", "seen"), [("arxiv", 1803.08494), ("year", 2018)])
def test_what_an_editor_takes_for_a_number_is_accepted(document, key, seen):
    assert VALIDATOR.is_valid(document(**{key: seen}))


def test_the_invented_library_is_valid_for_editors():
    import yaml

    folder = Path(__file__).parents[1] / "data" / "library" / "papers"
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in NOT_PAPERS:
            note = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
            assert json.dumps(note)
            VALIDATOR.validate(note)
