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
        "on_paths": "On the way:",
        "paths": "Paths",
        "paths_help": "Papers in an order in which they can be understood, each with the reason "
        "why it stands where it stands.",
        "paths_handmade": "Paths made by hand",
        "path_count": "{n} papers, {here} of them here",
        "path_progress": "{n} of {all} read",
        "path_read": "Read",
        "here": "here",
        "way": "From one paper to another",
        "way_help": "The shortest sensible way between two papers, and the reason for each step.",
        "way_from": "From",
        "way_to": "To",
        "way_swap": "Swap",
        "way_on": "then",
        "way_beside": "or instead",
        "way_back": "going back to",
        "way_none": "Nothing leads from one to the other yet.",
        "way_same": "That is the same paper.",
        "way_own": "from the notes of this paper",
        "way_noscript": "The way is computed in your browser, which needs JavaScript. Without it, "
        "the page of each paper says what to read before it, in order.",
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
        "on_paths": "この論文を通る道筋:",
        "paths": "道筋",
        "paths_help": "理解できる順に並べた論文。それぞれに、なぜそこで読むのかを添えた。",
        "paths_handmade": "人が選んだ道筋",
        "path_count": "論文 {n} 本、うち収録済み {here} 本",
        "path_progress": "{all} 本のうち {n} 本を読んだ",
        "path_read": "読んだ",
        "here": "収録済み",
        "way": "ある論文から別の論文へ",
        "way_help": "2本の論文を結ぶ最も短い自然な道筋と、各段の理由。",
        "way_from": "出発",
        "way_to": "目的",
        "way_swap": "入れ替え",
        "way_on": "次に",
        "way_beside": "並ぶ方法",
        "way_back": "戻って",
        "way_none": "この2本を結ぶ道はまだない。",
        "way_same": "同じ論文である。",
        "way_own": "この論文の側の要約から",
        "way_noscript": "道筋はブラウザの JavaScript で計算する。使えない場合は、各論文の"
        "ページにある「この論文の前に読むもの」を見てほしい。",
    },
}
