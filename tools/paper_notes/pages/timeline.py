"""The timeline: all papers by year. A large base has an overview and a page for each year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.paging import Part, parts
from paper_notes.pages.words import WORDS

ON_A_PAGE = 100

Years = Mapping[int, Sequence[str]]


def timeline_pages(context: Context, language: str) -> Iterator[Page]:
    """One page where all papers fit it; else the decades, and under them the years."""
    years = context.groups.years
    base = f"{language}/timeline/"
    if len(context.groups.totals) <= ON_A_PAGE:
        [whole] = parts(base, list(years), max(1, len(years)))
        yield _page(context, language, years, whole, WORDS[language]["timeline"])
        return
    yield _overview(context, language, base, years)
    for year, ids in years.items():
        for part in parts(f"{base}{year}/", ids, ON_A_PAGE):
            title = f"{WORDS[language]['timeline']}: {year}"
            yield _page(context, language, {year: part.items}, part, title)


def _overview(context: Context, language: str, base: str, years: Years) -> Page:
    decades: dict[int, list[int]] = {}
    for year in years:
        decades.setdefault(year // 10 * 10, []).append(year)
    body = context.render(
        "timeline_years.html",
        base,
        language,
        decades=decades,
        counts={year: len(ids) for year, ids in years.items()},
    )
    return _as_page(language, base, WORDS[language]["timeline"], body)


def _page(
    context: Context, language: str, years: Years, part: Part[str] | Part[int], title: str
) -> Page:
    shown = {year: context.papers(ids) for year, ids in years.items()}
    body = context.render("timeline.html", part.url, language, years=shown, part=part, title=title)
    return _as_page(language, part.url, part.title(title), body)


def _as_page(language: str, url: str, title: str, body: Markup) -> Page:
    return Page(
        url=url,
        language=language,
        title=title,
        description=WORDS[language]["timeline_way"],
        body=body,
        kind="list",
        math='class="katex' in body,
        styles=("assets/lists.css",),
    )
