"""Mutants are small breaks of what a snippet computes, and of nothing else."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.snippets.mutate.mutants import mutants


def breaks(line: str) -> set[str]:
    """What becomes of a line in a function."""
    source = f"def f(x, y):\n    {line}\n"
    return {m.source.splitlines()[1].strip() for m in mutants(source)}


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("return x + y", "return (x - y)"),
        ("return x @ y", "return (x * y)"),
        ("return x / y", "return x"),
        ("return -x", "return x"),
        ("return x < y", "return (x <= y)"),
        ("return x.mean(dim=1, keepdim=True)", "return x.mean(dim=1, keepdim=False)"),
        ("return x.mean(dim=1, keepdim=True)", "return x.mean(dim=1)"),
        ("return x.mean(dim=-1)", "return x.mean(dim=(-2))"),
        ("return x.mean()", "return x.sum()"),
        ("return x[1:]", "return x[2:]"),
        ("return 0.5 * x", "return 1.0 * x"),
        ("return x.transpose(1, 2)", "return x"),
        ("return F.relu(x)", "return x"),
        ("return torch.where(x, y, 0)", "return torch.where(y, x, 0)"),
        ("return x if y else 1", "return (1 if y else x)"),
        ("x = x.softmax(0)", "pass"),
        ("x += y", "pass"),
        ("net.eval()", "pass"),
        ("return nn.Sequential(a, b)", "return nn.Sequential(b)"),
    ],
)
def test_a_line_is_broken_so(line, broken):
    assert broken in breaks(line)


@pytest.mark.parametrize(
    "source",
    [
        '"""The value is 1 + 2."""\n',
        "import torch\nfrom torch import nn\n",
        "def f(x: int | None) -> list[1]:\n    return x\n",
        "def demo() -> None:\n    print(1 + 2)\n",
        "def figure() -> None:\n    print(1 + 2)\n",
        "if __name__ == '__main__':\n    demo(1)\n",
        "def f(x):\n    raise ValueError(1 + 2)\n",
        "def f(x):\n    return zip(*x, strict=True)\n",
        "def f(seed=0):\n    g = torch.manual_seed(3)\n    return f(seed=7)\n",
        "class A:\n    def extra_repr(self):\n        return 1 + 2\n",
        "net = nn.ReLU(inplace=True)\n",
    ],
)
def test_what_no_test_is_about_is_left_alone(source):
    assert list(mutants(source)) == []


def test_the_arguments_of_a_symmetric_function_keep_their_places():
    assert breaks("return max(x, y)") == {"return min(x, y)"}
    assert not breaks("return x.transpose(0, 1)") & {"return x.transpose(1, 0)"}
    assert "return torch.transpose(1, x)" in breaks("return torch.transpose(x, 1)")


def test_what_compiles_to_the_same_code_is_no_mutant():
    sources = [m.source for m in mutants("def f():\n    while 1:\n        h()\n")]
    assert not any("while 2" in source for source in sources)


def test_a_mutant_knows_the_statement_that_has_to_run():
    source = "def f(x):\n    return g(\n        x,\n        1,\n    )\n"
    assert {(m.line, m.statement) for m in mutants(source)} == {(2, 2), (4, 2)}


def test_a_default_value_is_broken_because_it_is_a_claim():
    found = {m.source.splitlines()[0] for m in mutants("def f(eps=1e-5):\n    return eps\n")}
    assert "def f(eps=2e-05):" in found


def test_comments_and_spaces_stay_so_that_the_difference_is_one_line():
    source = "def f(x):\n    # why\n    y  =  x + 1   # (N,)\n    return y\n"
    mutant = next(m for m in mutants(source) if m.operator == "operator")
    assert mutant.source == source.replace("x + 1", "(x - 1)")


def test_text_outside_ascii_before_the_break_does_no_harm():
    found = {m.source for m in mutants('def f(x):\n    return "平均", x + 1\n')}
    assert 'def f(x):\n    return "平均", (x - 1)\n' in found


EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "y", "1", "0.5", "-1", "True"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/@<"), inner),
        st.builds("f({}, {})".format, inner, inner),
        st.builds("{}.mean(dim={})".format, st.sampled_from("xy"), inner),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_every_mutant_is_python_and_means_something_else(expression):
    source = f"def f(x, y):\n    return {expression}\n"
    found = list(mutants(source))
    assert len({m.id for m in found}) == len(found)
    for mutant in found:
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source))
