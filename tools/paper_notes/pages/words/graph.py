"""Words of the reading graph: what is around a paper, learning paths, ways, the map."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "around": "Around this paper",
        "around_help": "First what leads to it, then the paper, then what follows from it. "
        "Dashed papers are not here yet: their links lead to the paper itself.",
        "around_far_before": "Further back",
        "around_before": "Read before",
        "around_here": "This paper",
        "around_beside": "Alternatives",
        "around_after": "After it",
        "around_far_after": "Further on",
        "around_more": "and {n} more",
        "before": "Read before this, in order",
        "needed_for": "for",
    },
    "ja": {
        "around": "この論文のまわり",
        "around_help": "この論文に至る論文、この論文、その先の論文の順に並べた。"
        "破線は未収録で、リンク先は論文そのものである。",
        "around_far_before": "さらに前",
        "around_before": "先に読む",
        "around_here": "この論文",
        "around_beside": "別の方法",
        "around_after": "次に読む",
        "around_far_after": "さらに先",
        "around_more": "ほか {n} 本",
        "before": "この論文の前に読むもの(読む順)",
        "needed_for": "必要とする論文:",
    },
}
