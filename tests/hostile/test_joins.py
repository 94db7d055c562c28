"""What is wrong only between files: papers that name themselves or each other, claims unproved."""

import pytest

NOTE = "papers/slow_pooling.yaml"
TESTS = "tests/snippets/test_slow_pooling.py"


def found(base, code):
    return [problem for problem in base.problems() if problem.code == code]


@pytest.mark.hostile(40)
def test_a_next_read_to_itself_is_refused(base):
    base.replace(NOTE, "paper: folded_words", "paper: slow_pooling")
    [problem] = found(base, "next-read-self")
    assert str(problem.place.path) == NOTE


@pytest.mark.hostile(40)
def test_a_next_read_to_itself_by_doi_is_refused(base):
    base.replace(NOTE, "url: https://example.org/only", "doi: 10.9999/slow.pooling")
    assert found(base, "next-read-self")


@pytest.mark.hostile(40)
def test_an_unknown_next_read_is_refused_with_the_nearest_id(base):
    base.replace(NOTE, "paper: folded_words", "paper: folded_word")
    [problem] = found(base, "unknown-paper")
    assert problem.hint == "did you mean `folded_words`?"
    assert any(": unknown-paper: " in line for line in base.refusals())


def test_a_link_to_an_unknown_note_is_refused_where_it_stands(base):
    note = "papers/folded_words.yaml"
    base.replace(note, "earlier nets", "earlier [nets](paper:slow_poling)")
    [problem] = found(base, "unknown-paper")
    assert (str(problem.place.path), problem.place.line, problem.place.column) == (note, 12, 71)
    assert problem.hint == "did you mean `slow_pooling`?"


def test_a_link_of_a_topic_to_an_unknown_note_is_refused(base):
    base.replace("papers/topics.yaml", "and patience", "and [patience](paper:folded_word)")
    [problem] = found(base, "unknown-paper")
    assert str(problem.place.path) == "papers/topics.yaml"


def test_a_link_to_a_note_that_is_there_is_welcome(base):
    base.replace("papers/folded_words.yaml", "earlier nets", "earlier [nets](paper:slow_pooling)")
    assert {problem.severity for problem in base.problems()} == {"warning"}


def test_a_note_that_cannot_be_read_is_not_unknown(base):
    base.write("papers/folded_words.yaml", "[")
    assert not found(base, "unknown-paper")


@pytest.mark.hostile(40)
def test_the_same_next_read_twice_is_refused(base):
    base.replace(
        NOTE, "title: An Address Only\n    url: https://example.org/only", "paper: folded_words"
    )
    [problem] = found(base, "next-read-twice")
    assert "line 13" in problem.message


@pytest.mark.hostile(40)
def test_the_same_next_read_once_by_id_and_once_by_arxiv_is_refused(base):
    base.replace(NOTE, "url: https://example.org/only", "arxiv: 2002.00020")
    assert found(base, "next-read-twice")


@pytest.mark.hostile(40)
def test_the_same_next_read_once_by_id_and_once_by_title_is_refused(base):
    base.replace(NOTE, "title: An Address Only", "title: Folded words")
    assert found(base, "next-read-twice")


def test_an_arxiv_doi_is_the_arxiv_paper(base):
    base.replace(NOTE, "url: https://example.org/only", "doi: 10.48550/arXiv.2002.00020")
    assert found(base, "next-read-twice")


def test_a_paper_of_the_base_may_be_named_by_its_arxiv_id(base):
    base.replace(NOTE, "url: https://example.org/only", "arxiv: 1801.00010")
    assert {problem.severity for problem in base.problems()} == {"warning"}


@pytest.mark.hostile(41)
def test_a_circle_of_three_prerequisites_is_one_warning_naming_it(base):
    base.replace("papers/tidy_scale.yaml", "paper: folded_words", "paper: slow_pooling")
    base.replace("papers/tidy_scale.yaml", "relation: follow_up", "relation: prerequisite")
    base.replace(NOTE, "relation: alternative", "relation: prerequisite")
    [problem] = found(base, "prerequisite-cycle")
    assert "folded_words → tidy_scale → slow_pooling → folded_words" in problem.message
    assert problem.severity == "warning"


@pytest.mark.hostile(41)
def test_a_circle_through_an_arxiv_id_is_found(base):
    base.replace(
        "papers/tidy_scale.yaml",
        "title: Least Squares for the Untidy\n    doi: 10.9999/untidy.1",
        "title: Folded Words\n    arxiv: '2002.00020'",
    )
    base.replace("papers/tidy_scale.yaml", "paper: folded_words", "paper: slow_pooling")
    assert found(base, "prerequisite-cycle")


@pytest.mark.hostile(42)
def test_a_chain_of_ten_thousand_prerequisites_is_followed():
    from paper_notes.notes.cycles import cycles

    chain = {f"p{i}": [f"p{i + 1}"] for i in range(10_000)}
    assert list(cycles(chain)) == []
    [circle] = cycles(chain | {"p10000": ["p0"]})
    assert len(circle) == 10_001


@pytest.mark.hostile(55)
def test_the_same_arxiv_id_in_two_notes_is_refused_naming_both(base):
    base.replace(NOTE, "doi: 10.9999/Slow.Pooling", "arxiv: 2002.00020")
    problems = found(base, "same-paper")
    assert {str(problem.place.path) for problem in problems} == {NOTE, "papers/folded_words.yaml"}
    assert "papers/folded_words.yaml" in "".join(problem.message for problem in problems)


@pytest.mark.hostile(55)
def test_the_same_doi_in_other_case_is_the_same(base):
    base.replace("papers/folded_words.yaml", 'arxiv: "2002.00020"', "doi: 10.9999/sLOW.pOOLING")
    assert len(found(base, "same-paper")) == 2


def test_nearly_the_same_title_is_a_warning(base):
    base.replace(NOTE, "Slow Pooling Considered Gentle", '"FOLDED words!"')
    [problem] = found(base, "near-title")
    assert problem.severity == "warning"


def test_an_unknown_topic_is_refused_with_the_nearest(base):
    base.replace(NOTE, "topic: training", "topic: trainning")
    [problem] = found(base, "unknown-topic")
    assert problem.hint == "did you mean `training`?"
    assert problem.place.line == 6


@pytest.mark.hostile(57)
def test_a_claim_whose_test_does_not_exist_is_refused_with_the_nearest(base):
    base.replace(NOTE, "test: test_the_mean_survives", "test: test_the_mean_survived")
    [problem] = found(base, "unknown-test")
    assert problem.hint == "did you mean `test_the_mean_survives`?"
    assert found(base, "nothing-verified")[0].severity == "warning"


@pytest.mark.parametrize(
    "mark",
    [
        "@pytest.mark.skip",
        "@pytest.mark.skip()",
        '@pytest.mark.skip(reason=" ")',
        "@pytest.mark.skipif(True)",
        "@pytest.mark.xfail",
    ],
)
@pytest.mark.hostile(57)
def test_a_claim_whose_test_is_skipped_without_reason_is_refused(base, mark):
    base.replace(TESTS, "import torch", "import pytest\nimport torch")
    base.replace(TESTS, "def test_the_mean", f"{mark}\ndef test_the_mean")
    assert found(base, "claim-skipped")
    assert found(base, "skip-without-reason")


def test_a_stated_figure_that_the_test_never_records_is_refused(base):
    base.replace("papers/tidy_scale.yaml", "stated: {parameters:", "stated: {params:")
    [problem] = found(base, "not-recorded")
    assert problem.hint == "did you mean `parameters`?"


@pytest.mark.parametrize("path", ["snippets/slow_pooling.py", TESTS])
def test_a_paper_without_snippet_or_tests_is_refused(base, path):
    (base.root / path).unlink()
    assert {"no-snippet", "no-tests"} & {problem.code for problem in base.problems()}


def test_a_snippet_and_tests_without_note_are_refused(base):
    (base.root / NOTE).unlink()
    orphans = {str(problem.place.path) for problem in found(base, "orphan")}
    assert orphans == {"snippets/slow_pooling.py", TESTS}


@pytest.mark.parametrize(
    "body",
    ["pass", "slow_pooling(torch.ones(2))", "assert True", "assert 1, 'always'"],
)
@pytest.mark.hostile(53)
def test_a_test_that_checks_nothing_is_refused(base, body):
    head = "import torch\nfrom snippets.slow_pooling import slow_pooling\n\n"
    base.write(TESTS, f"{head}\ndef test_the_mean_survives():\n    {body}\n")
    assert any(f"{TESTS}:5:1: no-assert: " in line for line in base.refusals())


@pytest.mark.parametrize("call", ["sys.exit(0)", "os._exit(0)", "exit()"])
@pytest.mark.hostile(53)
def test_leaving_before_the_asserts_is_refused(base, call):
    base.replace(TESTS, "    x = torch.randn(8)", f"    {call}\n    x = torch.randn(8)")
    assert found(base, "exit-in-test")


@pytest.mark.hostile(53)
def test_a_file_without_tests_is_refused(base):
    base.write(TESTS, "from snippets.slow_pooling import slow_pooling\n")
    assert any(f"{TESTS}:1:1: no-tests: " in line for line in base.refusals())
