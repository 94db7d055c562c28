"""Answers that say nothing: TODO, 省略, "..." and their kind."""

from __future__ import annotations

import re
import unicodedata

TODO = "TODO"  # what a scaffold writes where something is still to be filled in

# The whole answer is one of these, once punctuation and Markdown are taken off.
_WORDS = """
    todo tbd tba tbc fixme xxx wip na none nothing null nil unknown empty blank omitted
    placeholder same sameasabove seeabove seepaper seethepaper comingsoon tobewritten tobedone
    tobefilled towrite todolater later notyet noidea idk test dummy 省略 割愛 略 なし 無し 無
    ない 無い 特になし 特に無し とくになし 該当なし 未定 未記入 未入力 未記載 未読 未執筆 空欄
    不明 準備中 作成中 執筆中 調査中 工事中 同上 上記参照 論文参照 論文を参照 後で あとで
    後で書く あとで書く 後日 追記予定 記入予定 ここに書く わからない 分からない ダミー テスト
"""
_EMPTY_WORDS = frozenset(_WORDS.split())
# More letters than any placeholder has, also with half-width marks that normal form joins.
_SAYS_MUCH = re.compile(r"(?:[\W_]*+[^\W_]){32}+")
# Anywhere in an answer these show that it is not finished.
_UNFINISHED = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX)\b|[Ll]orem ipsum|後で書く|あとで書く|ここに(?:書|記入)", re.ASCII
)
# Finding one of these is faster, and without any there is no match.
_SIGNS = ("TODO", "FIXME", "TBD", "XXX", "orem ipsum", "で書く", "ここに")


def placeholder(text: str) -> str | None:
    """What in this answer shows that nothing has been written yet, or None."""
    if not _SAYS_MUCH.match(text) and _is_empty(text):
        return text.strip()[:40]
    for sign in _SIGNS:
        if sign in text:
            unfinished = _UNFINISHED.search(text)
            return unfinished[0] if unfinished else None
    return None


def _is_empty(text: str) -> bool:
    words = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(c for c in words if unicodedata.category(c)[0] in "LN")
    words = words.removesuffix("です").removesuffix("である")
    return words in _EMPTY_WORDS or not words
