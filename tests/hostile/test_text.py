"""Links that run or climb, absurd nesting, formulas left open, answers that say nothing."""

import json
import time

import pytest

from paper_notes.notes.markdown import offences
from paper_notes.notes.placeholders import placeholder

NOTE = "papers/slow_pooling.yaml"


@pytest.mark.parametrize(
    "link",
    [
        "[x](javascript:alert(1))",
        "[x](JavaScript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](&#0000106avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](java&Tab;script:alert(1))",
        "[x](java&NewLine;script:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x]( javascript:alert(1))",
        "[x](javascript\\:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](javascript%3Aalert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](\u200bjavascript:alert(1))",
        "[x](&#1;javascript:alert(1))",
        "[x](&amp;#106;avascript:alert(1))",
        "![x](javascript:alert(1))",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "[x][y]\n\n> [y]:\n> javascript:alert(1)",
        "[x][y]\n\n[y]: <java&#115;cript:alert(1)>",
        "<javascript:alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<a\thref = 'java&#x73;cript:alert(1)'>x</a>",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](file:///etc/passwd)",
        "[x](file&colon;///etc/passwd)",
        "[x](../../etc/passwd)",
        "[x](a/../../../etc/passwd)",
        "[x](..%2f..%2fetc/passwd)",
        "[x](%2e%2e/%2e%2e/etc/passwd)",
        "[x](..\\etc)",
        "[x](&period;&period;/etc/passwd)",
        "[x](/etc/passwd)",
        "[x](//evil.example/x)",
        "](x ](javascript:alert(1)",
    ],
)
@pytest.mark.hostile(29, 31)
def test_a_link_that_runs_or_climbs_is_refused(base, link):
    base.write(NOTE, base.note(json.dumps({"en": f"See {link} there.", "ja": "見よ、これを。"})))
    assert any(f"{NOTE}:" in line and ": link: " in line for line in base.refusals())


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://example.org/a_(b)?q=javascript:1) is fine",
        "[x](mailto:a@example.org) and <https://example.org>",
        "a half-open interval [0, 1) and $x < y : z$ and p(x|y)",
        "C++ `vector<int>` and 5 < 6: yes",
        "[1]: is not a link here, [2]: neither".replace("[1]", "As in [1]"),
        "costs \\$5, or `$` in code, or $x$ in math",
        "```sh\necho $HOME\n```\nafter it",
        "$$\nx = 1\n$$",
        "- a\n  - b\n    - c",
        "---",
        "1 2 3",
        "- item:\n\n  ```sh\n  echo $HOME\n  ```\n",
    ],
)
def test_ordinary_markdown_is_accepted(text):
    assert list(offences(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "[" * 8000,
        "(" * 8000,
        "$" + "{" * 8000 + "$",
        "- " * 300 + "x",
        "> " * 300 + "x",
        "\n".join("  " * depth + "- x" for depth in range(300)),
        "\n".join("    " * depth + "1. x" for depth in range(30)),
    ],
)
@pytest.mark.hostile(35)
def test_absurd_nesting_is_refused(base, text):
    base.write(NOTE, base.note(json.dumps({"en": text, "ja": "見よ、これを。"})))
    assert any(": too-nested: " in line or ": too-long: " in line for line in base.refusals())


RUNS = [
    "a",
    "<",
    ">",
    "](",
    "`",
    "~",
    "$a",
    "[a]:",
    "\\",
    "-",
    "1.",
    "*",
    "_",
    "&",
    "&#",
    "(",
    "[",
    "{",
    "<a:",
    "href=",
    "$$",
    "``",
    "```",
    "~~~",
    "#",
    "![",
    "[](a:",
    "<!--",
    "%2e",
    "..",
    "https://",
]


@pytest.mark.parametrize(
    "unit", [*RUNS, "\n ", "\n\n", "```\n", "[a]:\n", "- x\n", " href=x", "` ``"]
)
def test_long_runs_take_no_time(unit):
    text = (unit * 20_000)[:20_000]
    start = time.process_time()
    list(offences(text))
    placeholder(text)
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize("formula", ["$x", "so $$x = 1\n\nand more", "cost $5", "$a$ and $b"])
def test_a_formula_left_open_is_refused(base, formula):
    base.write(NOTE, base.note(json.dumps({"en": formula, "ja": "見よ、これを。"})))
    assert any(": open-formula: " in line for line in base.refusals())


@pytest.mark.parametrize(
    "answer",
    """TODO|todo|**TODO**|To do.|省略|(省略)|なし|なし。|特になし|...|…|。。。|-|?|N/A|n/a|TBD|
    Fixme|未定|あとで書く|Coming soon!|ＴＯＤＯ|xxx|Lorem ipsum dolor sit amet|Same as above|
    It is good. TODO: write more|後で書く予定である|なしです""".replace("\n    ", "").split("|"),
)
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("question", ["what", "discussion"])
@pytest.mark.hostile(56)
def test_a_placeholder_is_refused(base, question, language, answer):
    texts = {"en": "A whole answer.", "ja": "まともな答え。"} | {language: answer}
    text = base.note().replace(f"{question}:", f"old_{question}:")
    lines = [line for line in text.splitlines() if not line.startswith("old_")]
    base.write(NOTE, "\n".join([*lines, f"{question}: {json.dumps(texts)}"]))
    [problem] = [
        problem for problem in base.problems() if problem.place.path.stem == "slow_pooling"
    ]
    assert problem.code == "placeholder"


@pytest.mark.parametrize("answer", ["なしで済む。", "None of the tests fail.", "The todo list."])
def test_an_answer_that_only_contains_such_a_word_is_accepted(answer):
    assert placeholder(answer) is None


def test_an_offence_in_a_block_is_pointed_at(base):
    block = "\n  en: |\n    First line.\n\n    See [x](javascript:1) there.\n  ja: 見よ、これを。"
    base.write(NOTE, base.note(block))
    [problem] = [problem for problem in base.problems() if problem.code == "link"]
    line = (base.root / NOTE).read_text(encoding="utf-8").splitlines()[problem.place.line - 1]
    assert line[problem.place.column - 1 :].startswith("javascript:")
