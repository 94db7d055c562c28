"""Words of the search box, its dialog and page, and of the previews beside links.

Those that begin with `search_` are the client's too: it loads them in the language of its page.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "search": "Search",
        "search_label": "Search the papers",
        "search_placeholder": "Method, word, author, year, 日本語",
        "search_button": "Search",
        "search_close": "Close the search",
        "search_keys": "↑ ↓ choose · Enter opens · Esc closes",
        "search_all": "All results on one page",
        "search_one": "1 paper found.",
        "search_many": "{n} papers found.",
        "search_none": "No paper found.",
        "search_partial": "No paper has all of this; these have a part of it.",
        "search_corrected": "“{from}” was read as “{to}”.",
        "search_near": "Did you mean:",
        "search_topics": "Or look through a topic:",
        "search_failed": "The index could not be loaded. Reload the page; the lists of papers work "
        "without it.",
        "search_verified": "✓ {n} of {of} claims verified",
        "search_in_what": "What is it?",
        "search_in_key_idea": "Key idea",
        "search_in_novelty": "What is new?",
        "search_in_validation": "Validation",
        "search_in_discussion": "Discussion",
        "search_in_claims": "Claims",
        "search_in_other": "Found in the Japanese text, in next reads or in data",
        "search_without_script": "Searching needs JavaScript. Without it, all papers stand here by "
        "title; the browser’s own search finds a title on this page.",
        "search_everything": "All papers by title",
        "search_too_many": "There are too many papers for one list: they are sorted",
    },
    "ja": {
        "search": "検索",
        "search_label": "論文を検索",
        "search_placeholder": "手法、用語、著者、年、English",
        "search_button": "検索",
        "search_close": "検索を閉じる",
        "search_keys": "↑ ↓ で選択・Enter で開く・Esc で閉じる",
        "search_all": "すべての結果を見る",
        "search_one": "1 件見つかった。",
        "search_many": "{n} 件見つかった。",
        "search_none": "該当する論文は見つからなかった。",
        "search_partial": "すべての語を含む論文はないため、一部を含むものを示す。",
        "search_corrected": "「{from}」を「{to}」と読み替えた。",
        "search_near": "もしかして:",
        "search_topics": "分野から探す:",
        "search_failed": "索引を読み込めなかった。ページを再読み込みしてほしい。論文の一覧は"
        "索引なしで使える。",
        "search_verified": "✓ 主張 {of} 件のうち {n} 件を検証済み",
        "search_in_what": "どんなもの?",
        "search_in_key_idea": "キモ",
        "search_in_novelty": "先行研究との違い",
        "search_in_validation": "検証",
        "search_in_discussion": "議論",
        "search_in_claims": "主張",
        "search_in_other": "英語の本文、次に読む論文、データのいずれかに一致",
        "search_without_script": "検索には JavaScript が必要である。使えない場合のために、全論文を"
        "題名順に並べておく。ブラウザのページ内検索で題名を探せる。",
        "search_everything": "題名順の全論文",
        "search_too_many": "論文が多いため、一覧は次のように分けてある",
    },
}
