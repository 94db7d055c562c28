"""CSL-JSON, which Zotero, pandoc and citation processors read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

from paper_notes.export.bibtex import entry_type
from paper_notes.notes.model import Paper

_TYPES = {"article": "article-journal", "inproceedings": "paper-conference", "misc": "article"}


def csl_json(papers: Iterable[Paper]) -> str:
    """The papers as one CSL-JSON array."""
    return json.dumps([_item(paper) for paper in papers], ensure_ascii=False, indent=1) + "\n"


def _item(paper: Paper) -> dict[str, Any]:
    venue, year = paper.published
    item = {
        "id": paper.id,
        "type": _TYPES[entry_type(paper)],
        "title": paper.title,
        "author": [_name(author) for author in paper.authors],
        "issued": {"date-parts": [[year]]},
        "container-title": venue if venue != "arXiv" else None,
        "publisher": "arXiv" if venue == "arXiv" else None,
        "number": f"arXiv:{paper.arxiv}" if paper.arxiv else None,
        "DOI": paper.doi,
        "URL": paper.url or (f"https://arxiv.org/abs/{paper.arxiv}" if paper.arxiv else None),
    }
    return {key: value for key, value in item.items() if value is not None}


def _name(author: str) -> dict[str, str]:
    """Given and family name, parted as BibTeX does it; a single name stays whole."""
    try:
        parts = parse_single_name_into_parts(author)
    except InvalidNameError:
        return {"literal": author}
    family, given = " ".join([*parts.von, *parts.last]), " ".join(parts.first)
    whole = f"{given} {family}" == author
    return {"family": family, "given": given} if given and whole else {"literal": author}
