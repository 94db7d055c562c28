"""What every page is made from: the library, what was run, and how things are rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from paper_notes.evidence import Evidence, Totals, count, weigh
from paper_notes.library import Library
from paper_notes.notes.addresses import addresses
from paper_notes.notes.markdown import PAPER_SCHEME
from paper_notes.notes.model import NextRead, Paper, Text
from paper_notes.pages.highlight import Highlighter
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.page import href
from paper_notes.pages.words import WORDS
from paper_notes.snippets.report import SnippetResult


@dataclass(frozen=True)
class Context:
    """Everything a page needs; pages are pure functions of it."""

    library: Library
    runs: Mapping[str, SnippetResult]  # current runs only: a stale one proves nothing
    markdown: Markdown
    highlight: Highlighter
    repository: str | None  # address of the repository, for links to its files

    @cached_property
    def environment(self) -> Environment:
        """Templates, escaping whatever is not marked as safe."""
        return Environment(
            loader=PackageLoader("paper_notes.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, url: str, language: str, **values: Any) -> Markup:
        """One template on the page at `url`, with the words and helpers of its language."""
        return Markup(
            self.environment.get_template(template).render(
                w=WORDS[language],
                lang=language,
                link=lambda target: href(url, target),
                block=lambda text: self._prose(text, url, language, self.markdown.block),
                inline=lambda text: self._prose(text, url, language, self.markdown.inline),
                md=self.markdown.block,
                breakable=_breakable,
                topic_name=lambda topic: self.topic_name(topic, language),
                **values,
            )
        )

    def _prose(self, text: Text, url: str, language: str, render: Any) -> Mapping[str, Any]:
        """A bilingual text rendered, with the language it is really in."""
        words, actual = text.best(language)

        def resolve(destination: str) -> str | None:
            paper = self.paper_at(destination)
            return href(url, f"{language}/papers/{paper.id}/") if paper else None

        return {"html": render(words, resolve), "lang": actual, "foreign": actual != language}

    def paper_at(self, destination: str) -> Paper | None:
        """The paper of this base that a link in a text means, be it by id or by address."""
        scheme, _, id = destination.partition(":")
        if scheme.lower() == PAPER_SCHEME:
            return self.library.papers.get(id)
        return self._papers_by_address.get(destination)

    @cached_property
    def _papers_by_address(self) -> Mapping[str, Paper]:
        papers = self.library.papers.values()
        return {address: paper for paper in papers for address in addresses(paper)}

    def topic_name(self, topic: str, language: str) -> str:
        """What a topic is called in that language."""
        known = self.library.topics.get(topic)
        return known.name.best(language)[0] if known else topic

    @cached_property
    def evidence(self) -> Mapping[str, tuple[Evidence, ...]]:
        """The evidence for each paper's claims, by paper id."""
        return {id: weigh(paper, self.runs.get(id)) for id, paper in self.library.papers.items()}

    def totals(self, papers: list[Paper]) -> Totals:
        """How many claims of these papers are in each state."""
        return count(item for paper in papers for item in self.evidence[paper.id])

    @cached_property
    def back_links(self) -> Mapping[str, tuple[tuple[Paper, NextRead], ...]]:
        """For each paper the papers that name it as a next read, by id."""
        found: dict[str, list[tuple[Paper, NextRead]]] = {id: [] for id in self.library.papers}
        for paper in self.library.papers.values():
            for read in paper.next_read:
                if read.paper in found:
                    found[read.paper].append((paper, read))
        return {id: tuple(links) for id, links in found.items()}

    def source_address(self, path: str, action: str = "edit") -> str | None:
        """Where a repository file can be edited (or seen: action "blob"); None if unknown."""
        if self.repository is None:
            return None
        return f"{self.repository.rstrip('/')}/{action}/main/{path}"


def _breakable(name: str) -> Markup:
    """A long snake_case name that may break after each underscore."""
    return Markup("_<wbr>").join(name.split("_"))
