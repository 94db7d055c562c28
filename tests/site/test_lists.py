"""Lists made by several processes, their bodies put away."""

from __future__ import annotations

from pathlib import Path

from paper_notes.pages.context import Context
from paper_notes.pages.every import list_pages
from paper_notes.site.fragments import remembered
from paper_notes.site.lists import make_lists
from paper_notes.site.spool import spools
from paper_notes.site.tools import Tools
from tests.conftest import INVENTED, load


def test_all_lists_are_there_in_order_and_whole(tmp_path: Path) -> None:
    with remembered(tmp_path / "fragments.db") as fragments, spools(tmp_path) as new:
        tools = Tools(fragments)
        context = Context(load(INVENTED), {}, tools.markdown, None)
        made = make_lists(context, tools, new)
        assert [waiting.page() for waiting in made.pages] == list(list_pages(context))
        assert not any(waiting.head.body for waiting in made.pages)
