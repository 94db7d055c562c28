"""A page: where it goes, what it is called, and its body."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site in one language."""

    url: str  # relative to the site, ends with a slash: "en/papers/bert/"
    language: str
    title: str
    description: str
    body: Markup
    kind: str  # names the layout: home, paper, snippet, list
    math: bool = False
    styles: tuple[str, ...] = ()  # what only this kind of page loads: "assets/map.css"
    scripts: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()  # what the scripts load where the browser can use it
    about: str | None = None  # the id of the paper that the page is about

    @property
    def other(self) -> str:
        """The language that this page is not in."""
        return "ja" if self.language == "en" else "en"

    @property
    def counterpart(self) -> str:
        """The same page in the other language."""
        return self.other + self.url[len(self.language) :]

    @property
    def source(self) -> str:
        """Where the page's Markdown goes below the docs folder: "en/papers/bert.md"."""
        stem = self.url.rstrip("/")
        return f"{stem}/index.md" if "/" not in stem else f"{stem}.md"


def href(source: str, target: str) -> str:
    """The relative address of `target` on the page at `source`; both relative to the site."""
    path, mark, fragment = target.partition("#")
    if not path:
        return target
    here, there = source.split("/")[:-1], path.rstrip("/").split("/")
    same = 0  # folders that both are in
    for one, other in zip(here, there, strict=False):
        if one != other:
            break
        same += 1
    relative = "/".join([*[".."] * (len(here) - same), *there[same:]]) or "."
    slash = "/" if path.endswith("/") else ""
    return relative + slash + mark + fragment


def as_markdown(page: Page, counterpart: str | None = None) -> str:
    """The page as a Markdown file: front matter, and a stand-in for its body.

    The body is finished HTML; Markdown would parse it at length and change nothing. `with_body`
    puts it in once a generator has made the page around it. Values are escaped here because themes
    put them into their templates as they are, and written as JSON: YAML that cannot be misread.
    """
    meta = {
        "title": html.escape(page.title),
        "description": html.escape(page.description),
        "lang": page.language,
        "kind": page.kind,
        "math": page.math,
        "styles": page.styles,
        "scripts": page.scripts,
        "libraries": page.libraries,
        "counterpart": counterpart or href(page.url, page.counterpart),
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in meta.items()]
    return "---\n" + "\n".join(lines) + f"\n---\n\n{stand_in(page)}\n"


def with_body(page: Page, shell: str, head: str = "") -> str:
    """The generated page with its body, and this at the end of its head.

    Raises ValueError where the stand-in is not there.
    """
    before, mark, after = shell.partition(stand_in(page))
    if not mark:
        raise ValueError(f"{page.url}: the generator lost the place of the body")
    before = before.replace("</head>", f"{head}</head>", 1)
    return f"{before}{framed(page)}{after}"


def framed(page: Page) -> str:
    """The body in the element that says of which kind the page is."""
    return f'<div class="pn-page pn-{page.kind}">\n{page.body}\n</div>'


def stand_in(page: Page) -> str:
    """What stands in a generated page until its body comes."""
    return f'<div id="body-of-{page.url.strip("/").replace("/", "-")}"></div>'
