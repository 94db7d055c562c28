"""The beginnings of a snippet and of its tests; every TODO in them is refused by `check`."""

from __future__ import annotations

TEST = "test_the_method_does_what_the_paper_says"

_SNIPPET = '''\
r"""TODO: the method's name.

TODO: what it does, in a sentence or two, and its main equation:

$$ y = f(x) $$

Paper: {id}, TODO: Eq. or Sec.
Shapes: TODO: N batch, C channels
Differs from the paper: TODO: nothing, or what.
"""
import torch
from torch import Tensor


def method(x: Tensor) -> Tensor:
    """TODO: what goes in and comes out; name the function after the method."""
    return x  # (N, C)


def demo() -> None:
    """TODO: print, in about a second, something worth seeing."""
    torch.manual_seed(0)
    print(method(torch.randn(2, 3)))


if __name__ == "__main__":
    demo()
'''

_TESTS = '''\
"""The claims of {id}, checked."""

import torch

from snippets.{id} import method


def {test}() -> None:
    # TODO: name the test after the claim; compare with a calculation that is not the snippet's.
    x = torch.tensor([[1.0, 2.0, 3.0]])
    torch.testing.assert_close(method(x), x)
'''


def snippet_text(id: str) -> str:
    """The beginning of snippets/<id>.py."""
    return _SNIPPET.format(id=id)


def tests_text(id: str) -> str:
    """The beginning of tests/snippets/test_<id>.py."""
    return _TESTS.format(id=id, test=TEST)
