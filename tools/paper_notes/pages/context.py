"""What every page is made from: the library, what was run, and how things are rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from paper_notes.evidence import Evidence, Totals, count, weigh
from paper_notes.graph.build import build_graph, node_of_step
from paper_notes.graph.model import Graph
from paper_notes.graph.reading_order import reading_order
from paper_notes.graph.revise import revise
from paper_notes.library import Library
from paper_notes.mappings import Derived
from paper_notes.notes.addresses import addresses
from paper_notes.notes.markdown import PAPER_SCHEME
from paper_notes.notes.model import Paper, Text
from paper_notes.notes.paths import LearningPath
from paper_notes.pages.figure import Drawing, ReadFigure, drawing
from paper_notes.pages.groups import Groups, grouped
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.page import href
from paper_notes.pages.prose import Passage, Prose
from paper_notes.pages.words import WORDS
from paper_notes.prefilled import prefilled
from paper_notes.search.keys import keys_of
from paper_notes.snippets.mutate.record import Recorded
from paper_notes.snippets.report import SnippetResult

HUES = 13  # colours in assets/lists.css


@dataclass(frozen=True)
class Context:
    """Everything a page needs; pages are pure functions of it."""

    library: Library
    runs: Mapping[str, SnippetResult]  # current runs only: a stale one proves nothing
    markdown: Markdown
    repository: str | None  # address of the repository, for links to its files
    scores: Mapping[str, Recorded] = field(default_factory=dict)  # current mutation scores only
    read_figure: ReadFigure = lambda _name: None  # the figures of the runs, by their names

    def drawing(self, id: str) -> Drawing | None:
        """The figure of a snippet, if it has one that is not lost."""
        return drawing(self.runs.get(id), self.read_figure)

    @cached_property
    def environment(self) -> Environment:
        """Templates, escaping whatever is not marked as safe."""
        return Environment(
            loader=PackageLoader("paper_notes.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,  # templates do not change while pages are made
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, url: str, language: str, **values: Any) -> Markup:
        """One template on the page at `url`, with the words and helpers of its language."""
        helpers = self._helpers(url, language)
        return Markup(self.environment.get_template(template).render(helpers, **values))

    def macro(self, template: str, name: str, url: str, language: str) -> Callable[..., Markup]:
        """One macro of a template, as the page at `url` would call it."""
        module = self.environment.get_template(template).make_module(self._helpers(url, language))
        return cast(Callable[..., Markup], getattr(module, name))

    def _helpers(self, url: str, language: str) -> dict[str, Any]:
        """What every template may use."""
        return {
            "w": WORDS[language],
            "lang": language,
            "link": lambda target: href(url, target),
            "block": lambda text: _best(self.prose.block, text, url, language),
            "inline": lambda text: _best(self.prose.inline, text, url, language),
            "lead": lambda text: _best(self.prose.lead, text, url, language),
            "md": self.markdown.block,
            "breakable": _breakable,
            "topic_name": lambda topic: self.topic_name(topic, language),
            "about": self.about,
            "hue": self.hue,
            "tally_of": lambda paper: self.totals([paper]),
        }

    def prepare(self) -> None:
        """Work out what many pages need, for processes that are forked from this one to share."""
        for name in self.environment.list_templates():
            self.environment.get_template(name)
        _ = self.prose, self.reading_order, self.paths_through
        _ = self._ids_by_address, self.keys

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The keys by which the client of the search finds papers."""
        return keys_of(self.library.papers)

    @cached_property
    def prose(self) -> Prose:
        """Renders texts with links to notes."""
        return Prose(self.markdown, self.paper_at)

    def paper_at(self, destination: str) -> Paper | None:
        """The paper of this base that a link in a text means, be it by id or by address."""
        scheme, _, id = destination.partition(":")
        if scheme.lower() == PAPER_SCHEME:
            return self.library.papers.get(id)
        known = self._ids_by_address.get(destination)
        return None if known is None else self.library.papers.get(known)

    @cached_property
    def _ids_by_address(self) -> Mapping[str, str]:
        nodes = self.graph.nodes.values()
        return {address: node.key for node in nodes if node.here for address in addresses(node)}

    def topic_name(self, topic: str, language: str) -> str:
        """What a topic is called in that language."""
        known = self.library.topics.get(topic)
        return known.name.best(language)[0] if known else topic

    def about(self, topic: str) -> Text | None:
        """What a topic is about in one sentence, where that has been written."""
        known = self.library.topics.get(topic)
        return known.about if known else None

    def hue(self, topic: str) -> str:
        """The class that gives a topic its colour: topics are told apart by it and by name."""
        topics = list(self.library.topics)
        return f"pn-hue pn-hue-{topics.index(topic) % HUES if topic in topics else 0}"

    @cached_property
    def groups(self) -> Groups:
        """All papers as lists group them."""
        papers, topics = self.library.papers.values(), self.library.topics
        return grouped(papers, topics, self.reading_order, lambda paper: self.totals([paper]))

    def papers(self, ids: Iterable[str]) -> list[Paper]:
        """The papers with these ids, for a page that shows them."""
        return [self.library.papers[id] for id in ids]

    @cached_property
    def graph(self) -> Graph:
        """What the papers say of each other."""
        return build_graph(self.library.papers)

    @cached_property
    def reading_order(self) -> tuple[str, ...]:
        """The ids of all papers, each after those it rests on."""
        return tuple(reading_order(self.graph))

    @cached_property
    def evidence(self) -> Mapping[str, tuple[Evidence, ...]]:
        """The evidence for each paper's claims, by paper id."""
        papers = self.library.papers
        return Derived(papers, lambda id: self.weighed(papers[id]))

    def weighed(self, paper: Paper) -> tuple[Evidence, ...]:
        """The evidence for each of this paper's claims."""
        return weigh(paper, self.runs.get(paper.id))

    def totals(self, papers: Iterable[Paper]) -> Totals:
        """How many claims of these papers are in each state."""
        return count(item for paper in papers for item in self.weighed(paper))

    @cached_property
    def paths_through(self) -> Mapping[str, tuple[LearningPath, ...]]:
        """For each paper of the base the learning paths that it stands on."""
        found: dict[str, list[LearningPath]] = {id: [] for id in self.library.papers}
        for path in self.library.paths.values():
            for step in path.steps:
                key = node_of_step(self.graph, step).key
                if key in found:
                    found[key].append(path)
        return {id: tuple(paths) for id, paths in found.items()}

    def revised(
        self,
        library: Library,
        runs: Mapping[str, SnippetResult],
        scores: Mapping[str, Recorded],
        id: str,
    ) -> Context:
        """The context in which the paper `id` alone is another, or new, or gone.

        Where the paper goes by the same names, what does not hang on it is not worked out again.
        """
        new = replace(self, library=library, runs=runs, scores=scores)
        before, after = self.library.papers.get(id), library.papers.get(id)
        if before is None or after is None or _names(before) != _names(after):
            return prefilled(new, environment=self.environment)
        return prefilled(
            new,
            environment=self.environment,
            keys=self.keys,
            graph=revise(self.graph, after),
            paths_through=self.paths_through,
            _ids_by_address=self._ids_by_address,
        )

    def source_address(self, path: str, action: str = "edit") -> str | None:
        """Where a repository file can be edited (or seen: action "blob"); None if unknown."""
        if self.repository is None:
            return None
        return f"{self.repository.rstrip('/')}/{action}/main/{path}"

    def colab_address(self, id: str) -> str | None:
        """Where Colab opens a snippet's notebook: from the branch that the site is published on."""
        prefix = "https://github.com/"
        if self.repository is None or not self.repository.startswith(prefix):
            return None
        name = self.repository.removeprefix(prefix).strip("/").removesuffix(".git")
        return f"https://colab.research.google.com/github/{name}/blob/gh-pages/notebooks/{id}.ipynb"


def _best(
    render: Callable[[str, str, str], Markup], text: Text, url: str, language: str
) -> Passage:
    words, actual = text.best(language)
    return Passage(render(words, url, language), actual, actual != language)


def _names(paper: Paper) -> tuple[object, ...]:
    """All by which links of other notes find a paper."""
    return paper.title, paper.arxiv, paper.doi, addresses(paper)


def _breakable(name: str) -> Markup:
    """A long snake_case name that may break after each underscore."""
    return Markup(str(escape(name)).replace("_", "_<wbr>"))
