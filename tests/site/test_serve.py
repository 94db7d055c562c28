"""`paper-notes serve`, as a writer, an editor and a browser use it."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import lay_out
from tests.site.serving.server import NOTE, PAGE, PATIENCE, Listener, Served, free_port, wait_until


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that leave the base sound."""
    served = Served(lay_out(tmp_path_factory.mktemp("serve") / "base"))
    with served.process:
        assert served.shows("Tidy Scale")
        yield served
        served.process.terminate()


Listen = Callable[..., Listener]


@pytest.fixture
def listen(served: Served) -> Iterator[Listen]:
    """Opens a page in a browser that waits for news of it."""
    with contextlib.ExitStack() as open_pages:

        def listen(page: str = PAGE) -> Listener:
            return open_pages.enter_context(contextlib.closing(Listener(served, page)))

        yield listen


# The ways in which editors and tools save. Each gets the note's path and its new text.
def in_place(note: Path, text: str) -> None:
    note.write_text(text, encoding="utf-8")


def over_what_was(note: Path, text: str) -> None:
    with note.open("r+", encoding="utf-8") as stream:
        stream.write(text)
        stream.truncate()


def in_two_halves(note: Path, text: str) -> None:
    with note.open("w", encoding="utf-8") as stream:
        stream.write(text[:200])
        stream.flush()
        time.sleep(0.03)
        stream.write(text[200:])


def renamed_over(note: Path, text: str) -> None:
    part = note.with_name(f"{note.name}.tmp.4711")
    part.write_text(text, encoding="utf-8")
    part.replace(note)


def renamed_over_from_another_note(note: Path, text: str) -> None:
    part = note.with_name("tmp_of_an_editor.yaml")
    part.write_text(text, encoding="utf-8")
    part.replace(note)


def with_a_backup(note: Path, text: str) -> None:
    note.with_name("4913").touch()
    note.with_name("4913").unlink()
    note.rename(f"{note}~")
    note.write_text(text, encoding="utf-8")
    Path(f"{note}~").unlink()


def missing_for_a_moment(note: Path, text: str) -> None:
    note.unlink()
    time.sleep(0.03)
    note.write_text(text, encoding="utf-8")


def twice(note: Path, text: str) -> None:
    note.write_text("nonsense", encoding="utf-8")
    note.write_text(text, encoding="utf-8")


SAVES = [
    in_place,
    over_what_was,
    in_two_halves,
    renamed_over,
    renamed_over_from_another_note,
    with_a_backup,
    missing_for_a_moment,
    twice,
]


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_however_a_note_is_saved_its_page_is_loaded_again(
    served: Served, listen: Listen, save: Callable[[Path, str], None]
) -> None:
    listener = listen()
    words = f"saved {save.__name__.replace('_', ' ')}"
    lines = served.text().replace(
        "key_idea:\n  en: |\n", f"key_idea:\n  en: |\n    It was {words}.\n"
    )
    save(served.root / NOTE, lines)
    listener.wait_for("reload")
    assert served.shows(words)


def test_the_page_does_not_wait_for_the_build(served: Served, listen: Listen) -> None:
    listener = listen()
    with FileLock(served.root / "build/.lock"):  # as long as we have it no build comes to its end
        served.edit("Three invented data sets", "Thirty invented data sets")
        listener.wait_for("reload")
        assert served.shows("Thirty invented data sets")
        assert served.shows("3つの架空のデータ", PAGE.replace("en", "ja"))


def test_many_saves_end_with_the_last(served: Served, listen: Listen) -> None:
    listener = listen()
    for number in range(10):
        served.edit(
            "  en: It needs **no** statistics" if number == 0 else f"  en: Try {number - 1}. ",
            f"  en: Try {number}. ",
        )
    listener.wait_for("reload")
    assert served.shows("Try 9.")


def test_an_error_is_told_with_its_place_and_the_page_stays(served: Served, listen: Listen) -> None:
    listener = listen()
    before = served.get(PAGE)
    served.edit("year: 2018", "yeer: 2018")
    [problem, *_] = listener.wait_for("problems", of=bool)
    assert problem["place"] == f"{NOTE}:3:1"
    assert problem["code"] == "unknown-key"
    assert served.get(PAGE) == before

    served.edit("yeer: 2018", "year: 2018")
    assert listener.wait_for("problems") == []


def test_an_error_between_notes_is_told_once_all_has_been_looked_at(
    served: Served, listen: Listen
) -> None:
    listener = listen()
    served.edit("year:", "arxiv: 1801.00010\nyear:", "papers/slow_pooling.yaml")
    problems = listener.wait_for("problems", of=bool)
    assert {problem["code"] for problem in problems} == {"same-paper"}

    served.edit("arxiv: 1801.00010\nyear:", "year:", "papers/slow_pooling.yaml")
    assert listener.wait_for("problems", of=lambda problems: not problems) == []


def test_lists_follow(served: Served, listen: Listen) -> None:
    listener = listen("/ja/papers/")
    served.edit("Slow Pooling", "Slower Pooling", "papers/slow_pooling.yaml")
    listener.wait_for("reload")
    assert served.shows("Slower Pooling", "/ja/papers/")


def test_hand_written_pages_follow(served: Served, listen: Listen) -> None:
    listener = listen("/en/about/")
    page = served.root / "docs/en/about.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\nWritten by hand.\n", encoding="utf-8")
    listener.wait_for("reload")
    assert served.shows("Written by hand.", "/en/about/")


def test_topics_follow_on_every_page(served: Served, listen: Listen) -> None:
    listener = listen()
    name = served.text("papers/topics.yaml").split("en: ")[1].split("\n")[0].split(",")[0]
    served.edit(name, f"{name} indeed", "papers/topics.yaml")
    listener.wait_for("reload")
    assert served.shows("indeed")


def test_a_new_note_gets_its_page_and_one_that_goes_loses_it(served: Served) -> None:
    files = [NOTE, "snippets/tidy_scale.py", "tests/snippets/test_tidy_scale.py"]
    copies = [served.root / path.replace("tidy_scale", "brand_new") for path in files]
    for path, copy in zip(files, copies, strict=True):
        text = served.text(path).replace("tidy_scale", "brand_new")
        text = text.replace("1801.00010", "1801.00077").replace("Tidy Scale", "Brand New")
        copy.write_text(text, encoding="utf-8")
    assert served.shows("<title>Brand New", "/en/papers/brand_new/")
    assert served.shows("Brand New", "/en/papers/")

    for copy in copies:
        copy.unlink()
    assert served.lacks("Brand New", "/en/papers/brand_new/")
    assert served.lacks("Brand New", "/en/papers/")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux to see processes")
def test_ctrl_c_ends_it_and_all_that_it_began(tmp_path: Path) -> None:
    served = Served(lay_out(tmp_path / "base"))
    with served.process:
        assert wait_until(lambda: bool(served.children()))
        children = served.children()
        served.process.send_signal(signal.SIGINT)
    assert served.process.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a build ends when it is done")
def test_a_server_that_is_killed_takes_its_build_along(tmp_path: Path) -> None:
    served = Served(lay_out(tmp_path / "base"))
    assert wait_until(lambda: bool(served.children()))
    children = served.children()
    served.process.kill()
    served.process.wait(PATIENCE)
    assert wait_until(lambda: not any(alive(pid) for pid in children))


def alive(pid: int) -> bool:
    """Whether the process still runs: one that nobody has buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_base_that_cannot_be_built_is_not_served(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "paper_notes", "--root", str(tmp_path), "serve"]
    ended = subprocess.run([*command, "--port", str(free_port())], capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"no-papers" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_an_older_site_is_served_while_there_are_errors(served: Served, tmp_path: Path) -> None:
    root = tmp_path / "base"
    shutil.copytree(served.root, root)
    note = root / NOTE
    text = note.read_text(encoding="utf-8")
    note.write_text(text.replace("year:", "yeer:"), encoding="utf-8")
    other = Served(root)
    with other.process:
        assert other.shows("Tidy Scale")
        with contextlib.closing(Listener(other)) as listener:
            listener.wait_for("problems", of=bool)
        note.write_text(text.replace("invented data sets", "made-up data sets"), encoding="utf-8")
        assert other.shows("made-up data sets")
        other.process.terminate()


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "paper_notes", "--root", str(tmp_path), "serve"]
        ended = subprocess.run([*command, "--port", port], capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"cannot serve on port" in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []
