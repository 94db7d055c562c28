"""The pages that lead to papers: what stands on them, and that none grows with the base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from paper_notes.library import Library
from paper_notes.notes.model import NextRead, Relation, Text
from paper_notes.notes.paths import LearningPath, PathStep
from paper_notes.notes.read import Note
from paper_notes.pages import tags as tags_module
from paper_notes.pages.compare import compare_pages
from paper_notes.pages.context import Context
from paper_notes.pages.entries import Entries
from paper_notes.pages.every import lists
from paper_notes.pages.evidence import evidence_pages
from paper_notes.pages.home import home_page
from paper_notes.pages.map import map_page
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.pages.page import Page
from paper_notes.pages.papers import papers_page
from paper_notes.pages.proof import mutation
from paper_notes.pages.search import search_page
from paper_notes.pages.snippets import snippets_pages
from paper_notes.pages.tags import tag_pages
from paper_notes.pages.timeline import timeline_pages
from paper_notes.pages.topics import topic_pages
from paper_notes.pages.toread import to_read_pages, wanted
from paper_notes.snippets.mutate.record import Recorded
from paper_notes.snippets.report import SnippetResult

Runs = Callable[[Library], Mapping[str, SnippetResult]]


def context_of(library: Library, runs: Mapping[str, SnippetResult] | None = None) -> Context:
    return Context(library, runs or {}, Markdown(MathRenderer({})), None)


def with_papers(library: Library, number: int) -> Library:
    """The base with so many copies of one paper, over the years from 1950 on."""
    note = library.notes["slow_pooling"]
    notes: dict[str, Note] = {}
    for n in range(number):
        paper = replace(note.paper, id=f"p{n:05}", year=1950 + n % 70, doi=None, url=None)
        plain = replace(paper, tags=("common",), what=Text("A layer that averages pairs."))
        notes[paper.id] = replace(note, paper=plain)
    return replace(library, notes=notes)


@pytest.fixture
def context(invented: Library, runs_of: Runs) -> Context:
    return context_of(invented, runs_of(invented))


def by_url(pages: object) -> Mapping[str, Page]:
    return {page.url: page for page in pages}  # type: ignore[attr-defined]


def test_the_home_page_leads_everywhere(context: Context) -> None:
    body = home_page(context, "en").body
    for way in ("topics/", "timeline/", "evidence/", "compare/", "to-read/", "tags/"):
        assert f'href="{way}"' in body
    assert 'class="pn-search-slot"' in body


def test_a_topic_without_papers_has_a_page_with_its_introduction(context: Context) -> None:
    pages = by_url(topic_pages(context, "en", Entries(context, "en")))
    assert "No paper here yet." in pages["en/topics/unused/"].body


def test_a_topic_s_papers_stand_in_reading_order(context: Context) -> None:
    body = by_url(topic_pages(context, "en", Entries(context, "en")))["en/topics/training/"].body
    assert body.index("Tidy Scale") < body.index("Slow Pooling")


def test_an_introduction_leads_to_papers_by_id_and_by_address(context: Context) -> None:
    there = 'href="../../papers/tidy_scale/"'
    for language in ("en", "ja"):
        pages = by_url(topic_pages(context, language, Entries(context, language)))
        body = pages[f"{language}/topics/training/"].body
        prose = body.partition('class="pn-prose"')[2].partition("</div>")[0]
        assert there in prose


def test_a_small_base_has_its_timeline_on_one_page(context: Context) -> None:
    [page] = timeline_pages(context, "en")
    assert page.body.index(">2020</h2>") < page.body.index(">2019</h2>")


def test_a_large_base_has_a_page_for_each_year(invented: Library) -> None:
    pages = by_url(timeline_pages(context_of(with_papers(invented, 200)), "en"))
    assert 'href="1951/"' in pages["en/timeline/"].body
    assert "Slow Pooling" not in pages["en/timeline/"].body
    assert pages["en/timeline/1951/"].body.count("Slow Pooling") == 3


def test_each_tag_has_a_page(context: Context) -> None:
    pages = by_url(tag_pages(context, "en", Entries(context, "en")))
    assert 'href="folding/"' in pages["en/tags/"].body
    assert "Folded Words" in pages["en/tags/folding/"].body


def test_more_tags_than_a_page_holds_stand_on_several(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags_module, "TAGS_ON_A_PAGE", 1)
    pages = by_url(tag_pages(context, "en", Entries(context, "en")))
    assert 'href="-/2/"' in pages["en/tags/"].body
    assert 'href="../../' in pages["en/tags/-/2/"].body


def test_the_tables_of_a_topic_are_named_by_the_first_and_their_number(invented: Library) -> None:
    pages = by_url(evidence_pages(context_of(with_papers(invented, 60)), "en"))
    assert 'data-tables="training/:3 "' in pages["en/evidence/"].body


def test_the_first_evidence_page_has_totals_and_the_way_to_every_table(context: Context) -> None:
    pages = by_url(evidence_pages(context, "en"))
    first = pages["en/evidence/"].body
    assert "<dd>4</dd>" in first  # verified
    assert 'data-tables="training/ language/ "' in first
    assert set(pages) == {"en/evidence/", "en/evidence/training/", "en/evidence/language/"}


def test_a_reported_claim_says_why_it_is_not_checked(context: Context) -> None:
    body = by_url(evidence_pages(context, "en"))["en/evidence/training/"].body
    row = body.partition('data-state="reported"')[2].partition("</tr>")[0]
    assert "needs data that were invented" in row


def test_a_score_that_was_measured_is_shown_and_any_other_is_not_invented(
    invented: Library, runs_of: Runs
) -> None:
    score = Recorded(2, 3, "key")
    context = replace(
        context_of(invented, runs_of(invented)), scores={"tidy_scale": score, "nobody": score}
    )
    body = by_url(evidence_pages(context, "en"))["en/evidence/training/"].body
    assert "Tests noticed 2 of 3 deliberate breaks of the code (66 %)." in body
    assert "is not measured." in body
    assert (
        "Measured on 1 of 3 snippets." in by_url(evidence_pages(context, "en"))["en/evidence/"].body
    )


def test_nothing_measured_is_no_score(context: Context) -> None:
    assert mutation(context, ["tidy_scale"]) is None
    nothing_to_break = replace(context, scores={"tidy_scale": Recorded(0, 0, "key")})
    assert mutation(nothing_to_break, ["tidy_scale"]) is None


def test_a_topic_s_papers_stand_side_by_side(context: Context) -> None:
    body = by_url(compare_pages(context, "en"))["en/compare/training/"].body
    assert body.count('<th scope="col">') == 2
    assert body.count('scope="rowgroup"') == 7  # five answers, claims, results
    assert 'name="papers" value="slow_pooling"' in body


def test_of_a_topic_with_many_papers_the_best_linked_stand_side_by_side(invented: Library) -> None:
    library = with_papers(invented, 100)
    note = library.notes["p00099"]
    read = NextRead(Relation.BUILDS_ON, Text("why"), paper="p00098")
    linked = replace(note, paper=replace(note.paper, next_read=(read,)))
    pages = by_url(
        compare_pages(context_of(replace(library, notes={**library.notes, "p00099": linked})), "en")
    )
    bodies = "".join(page.body for url, page in pages.items() if url != "en/compare/")
    assert bodies.count('<th scope="col">') == 60
    assert 'papers/p00098/"' in bodies and 'papers/p00099/"' in bodies
    assert "The 60 of 100 papers that are linked most." in bodies


def test_the_most_wanted_paper_comes_first(invented: Library) -> None:
    note = invented.notes["folded_words"]
    read = NextRead(Relation.BUILDS_ON, Text("why"), title="Least Squares", doi="10.9999/UNTIDY.1")
    paper = replace(note.paper, next_read=(*note.paper.next_read, read))
    library = replace(invented, notes={**invented.notes, paper.id: replace(note, paper=paper)})
    first, second = wanted(context_of(library).graph)
    assert (first.node.title, len(first.named_by)) == ("Least Squares", 2)
    assert second.node.title == "An Address Only"


def test_a_step_of_a_path_that_is_not_here_is_wanted_for_its_reason(context: Context) -> None:
    [page] = to_read_pages(context, "en")
    entry = page.body.partition("Something Old &amp; &lt;Rare&gt;")[2].partition("</ul>")[0]
    path = '<a href="../paths/from_scales_to_folds/">From scales to folds</a>'
    assert f"a step of the path {path}" in entry
    assert "Where it began." in entry


def path_of(id: str, *steps: PathStep) -> LearningPath:
    return LearningPath(id, Text(id), Text("An introduction."), steps)


def test_a_note_and_a_path_count_alike(invented: Library) -> None:
    step = PathStep(Text("why"), title="Least Squares", doi="10.9999/untidy.1")
    first = wanted(context_of(invented).graph, [path_of("one", step)])[0]
    assert (first.node.doi, len(first.named_by), len(first.stops)) == ("10.9999/untidy.1", 1, 1)


def test_two_paths_may_name_a_paper_that_no_note_names(invented: Library) -> None:
    by_id = PathStep(Text("why"), title="Nobody's Net", arxiv="1901.00001")
    by_title = PathStep(Text("why"), title="Nobody’s net!")
    first = wanted(context_of(invented).graph, [path_of("one", by_id), path_of("two", by_title)])[0]
    assert (first.node.key, first.asked) == ("arxiv:1901.00001", 2)


def test_a_step_whose_note_is_here_is_not_wanted(invented: Library) -> None:
    graph = context_of(invented).graph
    assert wanted(graph, [path_of("one", PathStep(Text("why"), paper="tidy_scale"))]) == wanted(
        graph
    )


def test_a_wanted_paper_has_the_command_that_begins_its_note(context: Context) -> None:
    [page] = to_read_pages(context, "en")
    assert "paper-notes new doi:10.9999/untidy.1" in page.body
    assert "begun by hand" in page.body  # the one that has an address only
    assert 'read before <a href="../papers/tidy_scale/"' in page.body


def test_no_page_grows_with_the_base(invented: Library) -> None:
    context = context_of(with_papers(invented, 600))
    pages = [
        home_page(context, "en"),
        papers_page(context, "en"),
        *topic_pages(context, "en", Entries(context, "en")),
        *timeline_pages(context, "en"),
        *tag_pages(context, "en", Entries(context, "en")),
        *evidence_pages(context, "en"),
        *compare_pages(context, "en"),
        search_page(context, "en"),
        *to_read_pages(context, "en"),
        *snippets_pages(context, "en"),
    ]
    urls = [page.url for page in pages]
    assert len(urls) == len(set(urls))
    assert max((len(page.body), page.url) for page in pages) < (100_000, "")


def test_the_map_does_not_grow_with_the_base_either(invented: Library) -> None:
    body = map_page(context_of(with_papers(invented, 600)), "en").body
    assert body.count("<circle") == 400
    assert len(body) < 200_000


def test_a_base_without_papers_has_all_its_lists(invented: Library) -> None:
    context = context_of(replace(invented, notes={}, snippets={}))
    assert "No paper here yet." in home_page(context, "en").body
    for pages in (timeline_pages, evidence_pages, compare_pages, to_read_pages):
        assert list(pages(context, "ja"))
    assert list(tag_pages(context, "ja", Entries(context, "ja")))


def test_every_page_is_given_before_the_next_one_is_made(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    render = Context.render

    def counting(self: Context, template: str, url: str, language: str, **values: object) -> object:
        rendered.append(url)
        return render(self, template, url, language, **values)

    monkeypatch.setattr(Context, "render", counting)
    for make in lists(context):
        for page in make():
            assert rendered.pop() == page.url
            assert not rendered
