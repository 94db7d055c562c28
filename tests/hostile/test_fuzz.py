"""Everything that reads what others wrote: no input ends in a traceback, or takes long.

The targets are those of `python -m fuzz`, which goes on at night where this leaves off.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.targets import TARGETS
from tests.conftest import REPOSITORY
from tests.hostile.test_text import RUNS

DATA = Path(__file__).parent / "data"
SECONDS = 2.0  # of computing, for any input

# What the languages that we read are made of; put together at random it comes near to sense.
PIECES = {
    "note": (
        "title: |year: |what: |{en: |ja: |}|- |[|]|'|\"|\n|  |# |: |<<: |&a |*a |!!str |? |%|---|x"
    ),
    "fmt": (
        "title: |tags: [|]|what:\n  en: |\n  ja: ||-\n|>\n|# c\n|'|\"|\n\n|  |x: |日本|- a\n|\\n|: "
    ),
    "ochiai": (
        "# |## |どんなもの?|次に読むべき論文は?|\n|- |**|> || | |---|+++|title: |[a](|)|http://|2019|"
        "arXiv:1803.08494|「|」|```|<br>|(CVPR 2018)|, | and |1. |TODO"
    ),
    "bibtex": (
        '@misc{|@string{|@comment{|title|author|year|url|doi| = |{|}|"|#|,|\n| and |a|'
        "http://[|10.1000/x|\\'e|\\verb|$|%|2018|jan"
    ),
    "sources": (
        "http://|https://|arxiv.org/abs/|doi.org/|10.1000/|1803.08494|[|]|:|@|%|\\|{|}|$|℀|"
        'v1|<entry>|{"message": {|"title": [|"author": |null|1|]|}}|"|,'
    ),
    "markdown": (
        "[|](|)|![|]: |<|>|javascript:|https://a.b|`|``|```\n|~~~|$|$$|*|**|_|> |- |1. |\n|"
        '\n\n|    |\t||-|\\|&#106;|&lt;|<x-pwned>|"|onerror=|#|=|formula0n0;'
    ),
    "tex": (
        "\\frac|{|}|^|_|\\left(|\\right)|\\href|{javascript:x}|\\begin{matrix}|"
        "\\end{matrix}|&|\\\\|x|\\text{|$|\\def\\a|\\a|%|#1|<|>|\"|'|\\char|~| "
    ),
    "query": "gan |正規化|の|敵対的|\"|-|(|)|*|\\|'|1801.00010|ー|・|ｶﾞ|\u3099|__proto__|😀|İ|ß| ",
    "svg": (
        "<svg xmlns='http://www.w3.org/2000/svg'>|</svg>|<g |>|<script>|</script>|<style>|"
        "</style>|<path d='|'/>| onload='x'| href='#a'| xlink:href='|<![CDATA[|]]>|<!-- |"
        " -->|<!ENTITY |&a;|url(|#a)"
    ),
    "docstring": (
        "Title.\n|\n\n|Paper: x\n|Shapes: |Differs from the paper: |<x-pwned>|"
        "[x](javascript:1)|`|```|$|$$|\\|<!--|[a]: |>|- |    "
    ),
}
UNITS = [*RUNS, " ", "\n", "\t", ",", "'", '"', "?", "a?", "a,", "a ", "| ", "}", "${", "\\{", "{}"]
READS = "## 次に読むべき論文は?"
SVG = "<svg xmlns='http://www.w3.org/2000/svg'"
HEADS = {
    "ochiai": ["", "# a", "# a(", "# [a](b", "Venue: ", "Authors: a", "Authors: a {", "+++\nx = ",
               f"{READS}\n[a](b", f"{READS}\n", "---\ntitle: "],
    "bibtex": ["", "@misc{a, title={x", "@misc{a, title={x}, author={a", "@misc{a, ", "@string{"],
    "tex": ["", "\\frac", "x^", "\\text{"],
    "note": ["", "title: ", "what: {en: '", "tags: ["],
    "svg": ["", f"{SVG} a='", f"{SVG}>"],
}  # fmt: skip
LENGTHS = {"tex": 2_000, "query": 20_000}


def texts() -> Iterator[str]:
    for path in sorted(DATA.iterdir()):
        content = path.read_text(encoding="utf-8")
        yield content
        yield from (line for line in content.split("\n") if line and not line.startswith("# "))


def timed(name: str, text: str) -> None:
    start = time.process_time()
    TARGETS[name].run(text)
    assert time.process_time() - start < SECONDS


def mixtures(pieces: str) -> st.SearchStrategy[str]:
    parts = st.sampled_from([*pieces.split("|"), "|"])
    return st.lists(parts | st.text(max_size=5), max_size=30).map("".join)


def test_every_target_has_pieces_of_its_own() -> None:
    assert PIECES.keys() == TARGETS.keys()


def test_every_target_is_fuzzed_at_night() -> None:
    nightly = yaml.safe_load((REPOSITORY / ".github/workflows/nightly.yml").read_text("utf-8"))
    assert nightly["jobs"]["fuzz"]["strategy"]["matrix"]["target"] == list(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_odd_inputs_are_answered(name: str) -> None:
    for text in texts():
        timed(name, text)


@pytest.mark.parametrize("name", TARGETS)
def test_nearly_sensible_inputs_are_answered(name: str) -> None:
    @settings(max_examples=150, derandomize=True)  # at night it is others every time
    @given(mixtures(PIECES[name]))
    def answered(text: str) -> None:
        TARGETS[name].run(text)

    answered()


@pytest.mark.parametrize("name", TARGETS)
def test_long_runs_are_answered_soon(name: str) -> None:
    length = LENGTHS.get(name, 10_000)
    for head in HEADS.get(name, [""]):
        for unit in UNITS:
            timed(name, head + unit * (length // len(unit)) + "!")
