"""Texts that were rendered before are not rendered again, and look the same."""

from __future__ import annotations

import pytest

from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer

TEXTS = [
    "one",
    "$x^2$ and `code`",
    "[a](https://example.org/a) and [b](paper:b)",
    "```python\nx\n```",
]


def rendered(memory: dict[str, str], text: str, address: str | None) -> tuple[str, object]:
    math = MathRenderer({})
    made = Markdown(math, memory=memory).block(text, lambda _link: address)
    return str(made), math.shown


@pytest.mark.parametrize("address", [None, "../b/"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_remembered_text_is_the_text(text: str, address: str | None) -> None:
    memory: dict[str, str] = {}
    first = rendered(memory, text, address)
    known = dict(memory)
    assert rendered(memory, text, address) == first
    assert memory == known


def test_links_lead_where_they_lead_from_this_page() -> None:
    memory: dict[str, str] = {}
    for address in ("../b/", "../../b/"):
        assert f'href="{address}"' in rendered(memory, "[b](paper:b)", address)[0]


def test_a_refused_formula_is_refused_every_time() -> None:
    refused: list[str] = []
    memory: dict[str, str] = {}
    for _ in range(2):
        markdown = Markdown(MathRenderer({}), lambda tex, _: refused.append(tex), memory)
        markdown.block(r"$\frac{x$")
    assert len(refused) == 2


def test_a_line_and_a_paragraph_are_two_things() -> None:
    markdown = Markdown(MathRenderer({}))
    assert markdown.block("x") != markdown.inline("x")
