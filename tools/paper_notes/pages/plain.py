"""A paper's page as plain Markdown: for language models, editors and whoever wants to quote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paper_notes.evidence import Evidence
from paper_notes.export.bibtex import bibtex
from paper_notes.export.inert import as_words, inert, link
from paper_notes.graph.model import Edge
from paper_notes.notes.addresses import labelled_addresses
from paper_notes.notes.model import QUESTIONS, Paper, Result, Text
from paper_notes.pages.context import Context
from paper_notes.pages.markdown import one_line
from paper_notes.pages.words import WORDS


def markdown_path(id: str, language: str) -> str:
    """Where the Markdown of a paper stands: the address of its page with .md at its end."""
    return f"{language}/papers/{id}.md"


def paper_markdown(context: Context, paper: Paper, language: str) -> str:
    """The paper's note in that language, with the state of each claim."""
    return "\n\n".join(_parts(context, paper, language)) + "\n"


def _parts(context: Context, paper: Paper, language: str) -> Iterator[str]:
    words = WORDS[language]
    yield f"# {as_words(paper.title)}"
    yield as_words(", ".join(paper.authors))
    links = [link(label, address) for label, address in labelled_addresses(paper)]
    yield " · ".join([as_words(" ".join(map(str, paper.published))), *links])
    for question in QUESTIONS:
        yield f"## {words[question]}"
        yield inert(_best(paper.answer(question), language))
    yield f"## {words['next_read']}"
    edges = context.graph.outgoing[paper.id]
    yield "\n".join(_read(context, edge, language) for edge in edges)
    yield f"## {words['claims']}"
    yield "\n".join(_claim(item, words, language) for item in context.evidence[paper.id])
    if paper.results:
        yield f"## {words['results']}"
        yield "\n".join(_result(result) for result in paper.results)
    yield f"## {words['cite']}"
    yield f"```bibtex\n{bibtex(paper)}```"


def _best(text: Text, language: str) -> str:
    return text.best(language)[0].strip()


def _one_line(text: Text, language: str) -> str:
    return inert(one_line(_best(text, language)))


def _read(context: Context, edge: Edge, language: str) -> str:
    target = context.graph.nodes[edge.target]
    address = f"{target.key}.md" if target.here else target.address
    name = link(target.title, address) if address else as_words(target.title)
    relation = WORDS[language][edge.relation.value]
    return f"- {relation}: {name} — {_one_line(edge.why, language)}"


def _claim(item: Evidence, words: Mapping[str, str], language: str) -> str:
    claim = item.claim
    source = as_words(claim.source)
    parts = [f"- {_one_line(claim.says, language)} ({source}) — {words[item.state.value]}"]
    if claim.reported:
        parts.append(_one_line(claim.reported, language))
    if claim.test:
        parts.append(f"`{claim.test}`")
    parts += [as_words(f"{figure.name}: {figure.measured}") for figure in item.figures]
    return "; ".join(parts)


def _result(result: Result) -> str:
    setting = f", {result.setting}" if result.setting else ""
    words = f"{result.dataset}, {result.metric}: {result.value}{setting} ({result.source})"
    return f"- {as_words(words)}"
