"""The site's own words."""

from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.home import WAYS
from paper_notes.pages.words import AREAS, WORDS


def test_every_word_is_there_in_both_languages() -> None:
    assert set(WORDS) == set(LANGUAGES)
    assert WORDS["en"].keys() == WORDS["ja"].keys()


def test_no_word_is_said_in_two_areas() -> None:
    keys = [key for area in AREAS for key in area.WORDS["en"]]
    assert len(keys) == len(set(keys))


def test_places_to_fill_in_are_the_same_in_both_languages() -> None:
    from string import Formatter

    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert {key: places(text) for key, text in WORDS["en"].items()} == {
        key: places(text) for key, text in WORDS["ja"].items()
    }


def test_every_word_is_used() -> None:
    from importlib.resources import files

    package = files("paper_notes")
    folders = ("graph", "pages", "pages/templates", "site/overrides", "search/client")
    sources = [
        node.read_text(encoding="utf-8")
        for folder in folders
        for node in package.joinpath(folder).iterdir()
        if node.name.endswith((".html", ".py", ".js"))
    ]
    text = "\n".join(sources)
    computed = {"what", "novelty", "key_idea", "validation", "discussion"}  # w[question]
    relations = ("prerequisite", "builds_on", "alternative", "follow_up")
    computed |= {f"{before}{name}" for name in relations for before in ("", "format_")}
    states = ("verified", "reported", "failing", "unchecked")  # w[state], w["count_" ~ state] …
    computed |= {f"{before}{state}{after}" for state in states
                 for before, after in (("", ""), ("count_", ""), ("", "_help"))}  # fmt: skip
    relations = ("prerequisite", "builds_on", "alternative", "follow_up")
    computed |= {f"{relation}_of" for relation in relations}  # w[relation ~ "_of"]
    computed |= {f"claims_{state}" for state in states}  # w["claims_" ~ state]
    computed |= {f"{name}_way" for _, name in WAYS}  # w[name ~ "_way"]
    fields = ("what", "key_idea", "novelty", "validation", "discussion", "claims")
    computed |= {f"search_in_{field}" for field in fields}  # words[`search_in_${field}`]
    unused = {
        key
        for key in WORDS["en"]
        if key not in computed
        and f"w.{key}" not in text
        and f'"{key}"' not in text
        and f"words.{key}" not in text
    }
    assert unused == set()
