"""Markdown to HTML: what is rendered, and what can never come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    "![x](https://example.org/pixel.png)",
    "# title {: onerror=alert(1)}",
    "$\\href{javascript:alert(1)}{x}$",
    '$\\htmlData{x="onload=alert(1)"}{y}$',
    "<a href='javascript:alert(1)'>x</a>",
    '`"><script>alert(1)</script>`',
    "```html\n<script>alert(1)</script>\n```",
    '```"><img src=x onerror=alert(1)>\ncode\n```',
    "| <script> |\n|---|\n| <b onclick=alert(1)> |",
]


@pytest.fixture
def refused() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def markdown(refused: list[tuple[str, str]]) -> Markdown:
    return Markdown(MathRenderer({}), lambda *item: refused.append(item))


def test_paragraphs_emphasis_and_links(markdown: Markdown) -> None:
    html = markdown.block("One *two*.\n\n[three](https://example.org)")
    assert html == (
        "<p>One <em>two</em>.</p>\n"
        '<p><a href="https://example.org" rel="noopener noreferrer">three</a></p>\n'
    )


def test_a_link_leads_where_it_is_resolved_to(markdown: Markdown) -> None:
    where = {"paper:gan": "../gan/", "https://arxiv.org/abs/1406.2661": "../gan/"}
    text = "[a](paper:gan) [b](https://arxiv.org/abs/1406.2661) [c](https://example.org)"
    html = markdown.inline(text, where.get)
    assert html.count('href="../gan/"') == 2
    assert 'href="https://example.org"' in html


def test_a_link_to_a_note_that_nobody_knows_leads_nowhere(markdown: Markdown) -> None:
    assert "href" not in markdown.inline("[a](paper:gan)")


def test_a_line_has_no_paragraph_around_it(markdown: Markdown) -> None:
    assert markdown.inline("one **two**\n") == "one <strong>two</strong>"


PLAIN = st.characters(exclude_characters="\\`*_[]!<>&$~", exclude_categories=["Cc", "Cs"])


@given(st.text(st.one_of(PLAIN, st.sampled_from("\n  aあ、("))))
def test_words_without_markup_are_rendered_like_those_beside_markup(text: str) -> None:
    markdown = Markdown(MathRenderer({}))
    beside = markdown.inline(f"*x* {text.strip()} *x*")
    assert beside == f"<em>x</em> {markdown.inline(text)} <em>x</em>"


def test_tables_are_tables(markdown: Markdown) -> None:
    assert "<td>1</td>" in markdown.block("| a |\n|---|\n| 1 |")


def test_formulas_become_markup_with_mathml(markdown: Markdown) -> None:
    html = markdown.block("Half is $\\frac{1}{2}$.")
    assert '<span class="katex">' in html
    assert "<mfrac>" in html


def test_double_dollars_stand_on_their_own(markdown: Markdown) -> None:
    assert '<span class="katex-display">' in markdown.block("$$ x^2 $$")


def test_a_formula_may_hold_what_markdown_would_take_for_itself(markdown: Markdown) -> None:
    assert "<em>" not in markdown.block("$a_1 * b_2 * c_3$ and $x_i$")


@pytest.mark.parametrize("sign", ["+", "-", "="])
def test_a_formula_may_go_on_with_a_sign_on_the_next_line(markdown: Markdown, sign: str) -> None:
    html = markdown.block(f"It is $a\n{sign} b$.")
    assert html.count('<span class="katex">') == 1
    assert "<li>" not in html


def test_lines_of_code_stay_lines_whatever_dollars_are_in_them(markdown: Markdown) -> None:
    assert "echo $a\n+ echo $b" in markdown.block("```\necho $a\n+ echo $b\n```")


def test_a_price_is_no_formula(markdown: Markdown) -> None:
    assert "katex" not in markdown.block("It costs 5$ here and 10$ there.")


def test_a_refused_formula_is_reported_and_shown_as_written(
    markdown: Markdown, refused: list[tuple[str, str]]
) -> None:
    html = markdown.block("$\\frac{1$")
    assert "<code>\\frac{1</code>" in html
    assert refused[0][0] == "\\frac{1"
    assert "end of input" in refused[0][1]


def test_an_endless_macro_ends(markdown: Markdown, refused: list[tuple[str, str]]) -> None:
    markdown.block("$\\def\\a{\\a\\a}\\a$")
    assert "Too many expansions" in refused[0][1]


def test_a_formula_without_end_is_refused(
    markdown: Markdown, refused: list[tuple[str, str]]
) -> None:
    markdown.block("$" + "x_1" * 1000 + "$")
    [(_, message)] = refused
    assert "at most 2,000" in message


def test_python_is_highlighted(markdown: Markdown) -> None:
    assert '<span class="k">def</span>' in markdown.block("```python\ndef f(): ...\n```")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("正規化は\n効く。", "正規化は効く。"),
        ("one\ntwo", "one\ntwo"),
        ("値は\n3 だ", "値は\n3 だ"),
        ("まず、\nGAN を", "まず、GAN を"),
        ("潰れる\n(崩壊)", "潰れる(崩壊)"),
        ("one\n(two)", "one\n(two)"),
        ("次は\n*強調* だ", "次は<em>強調</em> だ"),
        ("まず*強調*\nする", "まず<em>強調</em>する"),
    ],
)
def test_japanese_lines_join_without_a_space(markdown: Markdown, source: str, shown: str) -> None:
    assert markdown.inline(source) == shown


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("render", ["block", "inline"])
def test_nothing_active_comes_out(markdown: Markdown, payload: str, render: str) -> None:
    assert active_parts(getattr(markdown, render)(payload)) == []


@given(st.text(max_size=200))
def test_no_text_makes_anything_active(text: str) -> None:
    markdown = Markdown(MathRenderer({}))
    assert active_parts(markdown.block(text)) == []


def test_text_cannot_imitate_the_stand_in_of_a_formula(markdown: Markdown) -> None:
    html = markdown.block("formula0123456789abcdef0123456789abcdefn0; $x$")
    assert html.count('<span class="katex">') == 1


@pytest.mark.parametrize("text", ["[" * 8000, "- " * 300 + "x", "> " * 300 + "x"])
def test_absurd_nesting_is_rendered_in_no_time(markdown: Markdown, text: str) -> None:
    assert len(markdown.block(text)) < 200_000


def active_parts(html: str) -> list[str]:
    """Elements, attributes and addresses that could run something, found by an HTML parser."""
    from html.parser import HTMLParser

    found: list[str] = []

    class Look(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in {"script", "iframe", "object", "embed", "img", "form", "base", "link"}:
                found.append(tag)
            for name, value in attrs:
                scheme = (value or "").strip().partition(":")[0].lower()
                if name.startswith("on") or name in {"srcdoc", "formaction"}:
                    found.append(name)
                if name in {"href", "src"} and scheme not in {"http", "https", "mailto"}:
                    found.append(str(value))

    Look().feed(html)
    return found
