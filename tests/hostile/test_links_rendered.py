"""No link that a real Markdown parser would make of an accepted text runs or climbs."""

import re
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from paper_notes.notes.markdown import offences

WORDS = """[x]( [x]: [x] ![x]( ]( ) < > <a href= <img src= " ' \\ ` $ * > - # & ; :
    javascript: javascript javascript&colon; &#106;avascript: java&Tab;script: data:text/html,x
    file:///x ../x .. / %2e%2e/ &#x2e;./ &period; https://a.example mailto:a@b.example alert(1)
    vbscript: \\: JaVaScRiPt&#58; &amp;#106; \u200b """
BLANKS_BETWEEN = [" ", "\n", "\n\n", "\t", "    ", "\u00a0"]
PIECES = st.sampled_from([*WORDS.split(), *BLANKS_BETWEEN])
TEXTS = st.lists(PIECES, max_size=9).map("".join)

PARSER = MarkdownIt("commonmark", {"html": True})
PARSER.validateLink = lambda _: True  # type: ignore[method-assign]  # show what a lax one would do

BLANKS = re.compile("[\x00-\x20]|%09|%0A|%0D|%C2%A0|%E2%80%8B|\u200b|\u00a0", re.IGNORECASE)


class Links(HTMLParser):
    """Collects where a page leads, as a browser would understand it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _, attrs):
        values = [value for name, value in attrs if name in ("href", "src") and value]
        self.found += [BLANKS.sub("", value).lower() for value in values]


def addresses(text):
    """The links of the rendered text."""
    links = Links()
    links.feed(PARSER.render(text))
    links.close()
    return links.found


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("[x](javascript:alert(1))")
@example("[x]: javascript:alert(1)\n\n[x]")
@example("[x](../x)")
@example("- [x]:\n  javascript:1\n\n[x]")
def test_what_is_accepted_renders_to_harmless_links(text):
    if any(offence.code == "link" for offence in offences(text)):
        return
    for address in addresses(text):
        assert not re.match("javascript:|vbscript:|data:|file:", address)
        assert ".." not in re.split(r"[/?#]", address.replace("%2e", "."))


def test_the_test_itself_sees_bad_links():
    assert (addresses("[x](java&Tab;script:1)")) == ["javascript:1"]
    assert (addresses("[x](../x)")) == ["../x"]
