"""Pages that lead to papers: home, all papers (by topic, year, tag), topics, snippets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

Groups = Mapping[str, list[Paper]]


def list_pages(context: Context, language: str) -> Iterator[Page]:
    """Every page that leads to papers, in that language."""
    papers = list(context.library.papers.values())
    yield home_page(context, language)
    yield from (
        _index(context, language, "papers", "by_topic", _by_topic(context, papers)),
        _index(context, language, "years", "by_year", _by_year(papers)),
        _index(context, language, "tags", "by_tag", _by_tag(papers)),
        snippets_page(context, language),
        topics_page(context, language),
    )
    for topic in context.library.topics:
        members = [paper for paper in papers if paper.topic == topic]
        if members:
            yield topic_page(context, topic, members, language)


def home_page(context: Context, language: str) -> Page:
    """What this is, how much of it there is, and the ways in."""
    papers = list(context.library.papers.values())
    url = f"{language}/"
    newest = sorted(papers, key=lambda paper: (str(paper.added or ""), paper.year), reverse=True)
    body = context.render(
        "home.html",
        url,
        language,
        papers=papers,
        totals=context.totals(papers),
        groups=_by_topic(context, papers),
        newest=newest[:6],
        evidence_of=_counter(context),
    )
    words = WORDS[language]
    return Page(url, language, words["site"], words["tagline"], body, "home", "katex" in body)


def topic_page(context: Context, topic: str, papers: list[Paper], language: str) -> Page:
    """One topic: its introduction and its papers in reading order of years."""
    name = context.topic_name(topic, language)
    url = f"{language}/topics/{topic}/"
    body = context.render(
        "topic.html",
        url,
        language,
        name=name,
        introduction=context.library.topics[topic].introduction,
        papers=sorted(papers, key=lambda paper: (paper.year, paper.title)),
        totals=context.totals(papers),
        evidence_of=_counter(context),
    )
    return Page(url, language, name, name, body, "list", "katex" in body)


def topics_page(context: Context, language: str) -> Page:
    """All topics with how many papers each has."""
    papers = list(context.library.papers.values())
    url = f"{language}/topics/"
    body = context.render("topics.html", url, language, groups=_by_topic(context, papers))
    title = WORDS[language]["topics"]
    return Page(url, language, title, title, body, "list", "katex" in body)


def snippets_page(context: Context, language: str) -> Page:
    """All snippets with what became of their last run."""
    url = f"{language}/snippets/"
    body = context.render(
        "snippets.html",
        url,
        language,
        snippets=[context.library.snippets[id] for id in sorted(context.library.snippets)],
        papers=context.library.papers,
        runs=context.runs,
    )
    title = WORDS[language]["snippets"]
    return Page(url, language, title, title, body, "list", "katex" in body)


def _index(context: Context, language: str, path: str, order: str, groups: Groups) -> Page:
    url = f"{language}/{path}/"
    words = WORDS[language]
    title = f"{words['papers']}: {words[order]}"
    body = context.render(
        "papers.html",
        url,
        language,
        order=order,
        groups=groups,
        evidence_of=_counter(context),
    )
    return Page(url, language, title, words["tagline"], body, "list", "katex" in body)


def _counter(context: Context) -> Callable[[Paper], object]:
    return lambda paper: context.totals([paper])


def _by_topic(context: Context, papers: Iterable[Paper]) -> Groups:
    order = list(context.library.topics)
    groups: dict[str, list[Paper]] = {topic: [] for topic in order}
    for paper in sorted(papers, key=lambda paper: (paper.year, paper.title)):
        groups.setdefault(paper.topic, []).append(paper)
    return {topic: members for topic, members in groups.items() if members}


def _by_year(papers: Iterable[Paper]) -> Groups:
    groups: dict[str, list[Paper]] = {}
    for paper in sorted(papers, key=lambda paper: (-paper.year, paper.title)):
        groups.setdefault(str(paper.year), []).append(paper)
    return groups


def _by_tag(papers: Iterable[Paper]) -> Groups:
    groups: dict[str, list[Paper]] = {}
    for paper in sorted(papers, key=lambda paper: paper.title):
        for tag in paper.tags:
            groups.setdefault(tag, []).append(paper)
    return dict(sorted(groups.items()))
