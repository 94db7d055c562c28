"""Words of the page that explains the format of a note."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "format": "The format of a note",
        "format_lead": "Every key of a note. Editors complete them and show the same words, and "
        "paper-notes fmt writes them in this order.",
        "format_key": "Key",
        "format_holds": "What it holds",
        "format_example": "Example",
        "format_required": "(required)",
        "format_prerequisite": "read that paper before this one",
        "format_builds_on": "this paper extends that one",
        "format_alternative": "that paper answers the same question in another way",
        "format_follow_up": "that paper extends this one",
    },
    "ja": {
        "format": "要約の書式",
        "format_lead": "要約の YAML で使えるキーの一覧。エディタの補完にも同じ説明が出る。"
        "paper-notes fmt はこの順に並べ替える。",
        "format_key": "キー",
        "format_holds": "内容",
        "format_example": "例",
        "format_required": "(必須)",
        "format_prerequisite": "この論文より先に読むべき論文",
        "format_builds_on": "この論文が土台にした論文",
        "format_alternative": "同じ問いに別の方法で答えた論文",
        "format_follow_up": "この論文を発展させた論文",
    },
}
