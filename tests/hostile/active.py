"""What could act in a file of the site, found by a parser of the file's own kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import quickjs
from bibtexparser.entrypoint import parse_string
from markdown_it import MarkdownIt

_SCHEMES = {"http", "https", "mailto"}
_RUNNING = {"iframe", "object", "embed", "base", "applet", "style", "frame", "foreignobject"}
_LEADING = {"href", "src", "srcset", "action", "formaction", "data", "poster", "xlink:href"}
_BIBTEX = {
    "title",
    "author",
    "year",
    "journal",
    "booktitle",
    "eprint",
    "archiveprefix",
    "doi",
    "url",
}

_MARKDOWN = MarkdownIt("commonmark", {"html": True})
_MARKDOWN.validateLink = lambda _: True  # type: ignore[method-assign]  # as a lax renderer


def of_page(text: str) -> Iterator[str]:
    """A whole page: as below, and scripts that stand on it."""
    return _of_tree(html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False))


def of_fragment(text: str) -> Iterator[str]:
    """A part of a page."""
    return _of_tree(html5lib.parseFragment(text, treebuilder="etree", namespaceHTMLElements=False))


def of_markdown(text: str) -> Iterator[str]:
    """Markdown in the hands of a program that lets everything through."""
    return of_fragment(_MARKDOWN.render(text))


def of_xml(text: str) -> Iterator[str]:
    """Feeds, sitemap and drawings."""
    return _of_tree(ElementTree.fromstring(text))


def of_json(text: str) -> Iterator[str]:
    """Data only have to be data."""
    json.loads(text)
    return iter(())


def of_html_in_json(text: str) -> Iterator[str]:
    """A list of parts of pages, which a script puts in."""
    for part in json.loads(text):
        yield from of_fragment(part)


def of_notebook(text: str) -> Iterator[str]:
    """The words of a notebook; its code is code."""
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "markdown":
            yield from of_markdown("".join(cell["source"]))
        assert cell.get("outputs", []) == []


def of_search_data(text: str) -> Iterator[str]:
    """A script that hands one value over."""
    context = quickjs.Context()
    context.eval("let calls = 0; const paperNotesSearch = { take(name, value) { calls += 1; } };")
    context.eval("function pwned() { calls += 100; }")
    context.eval(text)
    if context.eval("calls") != 1 or "</script" in text.lower().replace("<\\/", ""):
        yield text[:60]


def of_bibtex(text: str) -> Iterator[str]:
    """One entry, with fields that we know."""
    library = parse_string(text)
    if len(library.blocks) != 1 or library.failed_blocks:
        yield "blocks"
    for entry in library.entries:
        yield from {field.key for field in entry.fields} - _BIBTEX


def nothing(_: str) -> Iterator[str]:
    """What we wrote ourselves, letter for letter."""
    return iter(())


BY_ENDING: dict[str, Callable[[str], Iterator[str]]] = {
    ".html": of_page,
    ".md": of_markdown,
    ".txt": of_markdown,
    ".xml": of_xml,
    ".svg": of_xml,
    ".json": of_json,
    ".ipynb": of_notebook,
    ".bib": of_bibtex,
    ".js": nothing,
    ".css": nothing,
}


def reader_of(path: Path) -> Callable[[str], Iterator[str]]:
    """How to look at this file of the site. Raises KeyError for a kind that is new."""
    if path.name == "why.json":
        return of_html_in_json
    if "search" in path.parts and re.search(r"take\(", path.read_text(encoding="utf-8")[:40]):
        return of_search_data
    return BY_ENDING[path.suffix]


def _of_tree(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        if "pwned" in tag or tag in _RUNNING - ({"style"} if _is_svg(root) else set()):
            yield f"<{tag}>"
        if tag == "script" and not element.get("src"):
            yield from _of_script(element)
        if tag == "meta" and element.get("http-equiv", "") not in ("", "Content-Security-Policy"):
            yield "a meta element"
        yield from _of_attributes(element)


def _is_svg(root: ElementTree.Element) -> bool:
    return str(root.tag).endswith("}svg")


def _of_script(element: ElementTree.Element) -> Iterator[str]:
    if element.get("type") != "application/ld+json":
        yield f"an inline script: {(element.text or '')[:60]}"
    else:
        json.loads(element.text or "")


def _of_attributes(element: ElementTree.Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        short = str(name).rpartition("}")[2].lower()
        if short.startswith("on") or "pwned" in short or short == "srcdoc":
            yield f"{element.tag} {name}"
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value), re.IGNORECASE)
        drawn = str(element.tag).endswith("image") and value.startswith("data:image/png;base64,")
        if short in _LEADING and scheme and scheme[1].lower() not in _SCHEMES and not drawn:
            yield f"{element.tag} {name}={value[:60]}"
