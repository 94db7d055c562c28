"""What tests prove is judged from their source."""

import pytest

HEAD = "import pytest, torch, numpy as np\nfrom snippets.double import double\n\n\n"


def codes(problems):
    return [problem.code for problem in problems]


def test_tests_are_listed_with_line_and_first_line_of_docstring(read):
    snippet, _ = read()
    [test] = snippet.tests
    assert (test.name, test.line, test.doc) == ("test_two", 4, "One and one.")
    assert (test.records, test.skipped_without_reason) == ((), False)


def test_tests_in_classes_and_with_parameters_count(read):
    snippet, problems = read(
        tests=HEAD
        + "class TestIt:\n    def test_a(self):\n        assert double(1)\n\n"
        + "class Helper:\n    def test_no(self): ...\n\n"
        + "@pytest.mark.parametrize('x', [1, 2])\ndef test_b(x):\n    assert double(x)\n"
    )
    assert [test.name for test in snippet.tests] == ["test_a", "test_b"]
    assert problems == []


def test_literal_names_of_recorded_figures_are_known_also_through_a_helper(read):
    snippet, _ = read(
        tests=HEAD
        + "def helper(record_property):\n    record_property('c d', 1)\n    assert double(1)\n\n"
        + "def test_a(record_property):\n    record_property('a', 1)\n"
        + "    record_property(f'{1} b', 1)\n    helper(record_property)\n"
    )
    assert snippet.tests[0].records == ("a", "c d")


@pytest.mark.parametrize(
    "body",
    [
        "assert double(1) == 2",
        "with pytest.raises(TypeError):\n        double(None)",
        "with pytest.warns(UserWarning):\n        double(1)",
        "torch.testing.assert_close(double(1), 2)",
        "np.testing.assert_allclose(double(1), 2)",
        "torch.autograd.gradcheck(double, 1.0)",
        "helper(1)",
        "deeper(1)",
    ],
)
def test_what_can_fail_is_a_check(read, body):
    helpers = "def helper(x):\n    assert double(x)\n\n\ndef deeper(x):\n    helper(x)\n\n\n"
    assert codes(read(tests=f"{HEAD}{helpers}def test_a():\n    {body}\n")[1]) == []


@pytest.mark.parametrize(
    "body", ["double(1)", "assert True", "print(double(1))", "test_a()", "unknown()"]
)
def test_what_cannot_fail_is_none(read, body):
    assert codes(read(tests=f"{HEAD}def test_a():\n    {body}\n")[1]) == ["no-assert"]


@pytest.mark.parametrize(
    "skip",
    ['@pytest.mark.skip("slow")', '@pytest.mark.skipif(True, reason="x")', "@pytest.mark.slow"],
)
def test_a_skip_with_a_reason_is_accepted(read, skip):
    tests = f"{HEAD}{skip}\ndef test_a():\n    assert double(1)\n"
    assert codes(read(tests=tests)[1]) == []


def test_a_skip_of_the_whole_file_without_reason_is_refused(read):
    tests = f"{HEAD}pytestmark = pytest.mark.skip\n\n\ndef test_a():\n    assert double(1)\n"
    snippet, problems = read(tests=tests)
    assert codes(problems) == ["skip-without-reason"]
    assert snippet.tests[0].skipped_without_reason


def test_a_skip_inside_a_test_without_reason_is_refused(read):
    tests = f"{HEAD}def test_a():\n    pytest.skip()\n    assert double(1)\n"
    assert codes(read(tests=tests)[1]) == ["skip-without-reason"]


@pytest.mark.parametrize(
    "line",
    ["from snippets.double import double", "import snippets.double", "from snippets import double"],
)
def test_the_snippet_may_be_imported_in_any_way(read, line):
    assert codes(read(tests=f"{line}\n\n\ndef test_a():\n    assert double(1)\n")[1]) == []


def test_tests_that_never_import_the_snippet_are_refused(read):
    tests = "from snippets.doubles import double\n\n\ndef test_a():\n    assert double(1)\n"
    assert codes(read(tests=tests)[1]) == ["snippet-not-imported"]


def test_tests_that_are_no_python_leave_the_snippet_readable(read):
    snippet, problems = read(tests="def test_a(:\n")
    assert (snippet.tests, codes(problems)) == ((), ["syntax"])
