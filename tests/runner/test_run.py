"""Running snippets: what is a pass, what is recorded, and when nothing needs to run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from paper_notes.snippets import run, workers
from paper_notes.snippets.figures import FIGURES, FigureFolder, file_of
from paper_notes.snippets.ids import snippet_ids
from paper_notes.snippets.jobs import Settings, WorkerError
from paper_notes.snippets.report import Report, read_report, write_report
from paper_notes.snippets.run import Options, job_for, run_snippets
from paper_notes.snippets.workers import run_jobs
from tests.runner.conftest import Base, write_base

ONE = "def one():\n    return 1\n"
HOLDS = "from snippets.{id} import one\n\ndef test_one():\n    assert one() == 1\n"

SNIPPETS = {
    "good": ONE + "\ndef demo():\n    print('one is', one())\n",
    "drawn": (
        "from matplotlib.figure import Figure\n" + ONE + "\ndef figure():\n"
        "    figure = Figure()\n    figure.subplots().plot([0, 1])\n    return figure\n"
    ),
    "bad_figure": ONE + "\ndef figure():\n    return 'a picture'\n",
    "bad_demo": ONE + "\ndef demo():\n    raise OSError('no')\n",
    "long_demo": ONE + "\ndef demo():\n    print('x' * 100_000)\n",
    "warns": ONE
    + "\ndef demo():\n    import warnings\n    warnings.warn('old', DeprecationWarning)\n",
    "reads": "from pathlib import Path\nimport yaml\n"
    + ONE
    + "\nText = Path('snippets/data.txt').read_text()\n",
}
TESTS = {
    "fixtures": (
        "import pytest\n\n@pytest.fixture\ndef two():\n    return 2\n\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_it(two, n, record_property):\n"
        "    record_property('n', n)\n    assert n <= two\n    assert n > 0\n"
    ),
    "fails": "def test_it():\n    assert 1 == 2, 'one is not two'\n",
    "no_check": "def test_it():\n    1 + 1\n",
    "never_ran": "def test_it():\n    assert 1 < 2\n    for i in []:\n        assert i\n",
    "no_test": "x = 1\n",
    "not_python": "def test_it(:\n",
    "import_error": "from snippets.import_error import nothing\n",
    "leaves_early": "import sys\nsys.exit(0)\n",
    "skipped": (
        "import pytest\n\n@pytest.mark.skip(reason='needs a GPU')\ndef test_a():\n    assert 0\n\n"
        "def test_b():\n    assert 1 < 2\n"
    ),
    "skipped_silently": (
        "import pytest\n\n@pytest.mark.skip\ndef test_a():\n    assert 0\n\n"
        "def test_b():\n    assert 1 < 2\n"
    ),
    "all_skipped": "import pytest\n\ndef test_a():\n    pytest.skip('not today')\n",
}


@pytest.fixture(scope="module")
def root(base: Base) -> Path:
    ids = [*SNIPPETS, *TESTS]
    snippets = {id: SNIPPETS.get(id, ONE) for id in [*ids, "untested"]}
    root = base(snippets, {id: TESTS.get(id, HOLDS.format(id=id)) for id in ids})
    (root / "snippets" / "data.txt").write_text("data")
    return root


@pytest.fixture(scope="module")
def report(root: Path) -> Report:
    report, ran = run_snippets(root, snippet_ids(root), Options(jobs=2))
    assert ran == snippet_ids(root)
    return report


@pytest.mark.parametrize("id", ["good", "drawn", "fixtures", "skipped", "warns", "reads"])
def test_these_pass(report, id):
    assert (report.results[id].status, report.results[id].error) == ("passed", "")


@pytest.mark.parametrize(
    ("id", "error"),
    [
        ("fails", "test_it: AssertionError: one is not two"),
        ("no_check", "test_it: no check was made"),
        ("never_ran", "asserts never ran at lines 4"),
        ("no_test", "no test was found: nothing was proved"),
        ("untested", "test_untested.py is missing: nothing was proved"),
        ("not_python", "cannot be collected"),
        ("import_error", "cannot be collected"),
        ("leaves_early", "nothing was proved"),
        ("skipped_silently", "test_a: skipped without a reason"),
        ("all_skipped", "every test was skipped: nothing was proved"),
        ("bad_figure", "figure(): TypeError: returned str, not a matplotlib Figure"),
        ("bad_demo", "demo(): OSError: no at bad_demo.py:5"),
        ("long_demo", "demo() prints more than 64 kB"),
    ],
)
def test_these_fail_and_say_why(report, id, error):
    assert report.results[id].status == "failed"
    assert error in report.results[id].error


def test_what_the_demo_prints_is_kept(report):
    assert report.results["good"].demo == "one is 1\n"


def test_the_figure_is_kept_as_a_drawing_in_the_colour_of_the_page(root, report):
    figure = FigureFolder(root / FIGURES).read(report.results["drawn"].figure)
    assert figure.startswith("<svg")
    assert "currentColor" in figure


@pytest.mark.usefixtures("no_workers")
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("<svg></svg>")])
def test_a_result_whose_figure_is_lost_is_made_again(root, report, damage):
    path = root / file_of(report.results["drawn"].figure)
    before = path.read_bytes()
    damage(path)
    try:
        with pytest.raises(AssertionError, match="a worker was started"):
            run_snippets(root, ["drawn"])
    finally:
        path.write_bytes(before)


def test_each_parameter_is_a_test_with_what_it_recorded_and_how_often_it_checked(report):
    tests = report.results["fixtures"].tests
    assert [(t.name, dict(t.recorded), t.checks) for t in tests] == [
        ("test_it[1]", {"n": 1}, 2),
        ("test_it[2]", {"n": 2}, 2),
    ]


def test_a_skipped_test_keeps_its_reason(report):
    skipped = report.results["skipped"].outcomes("test_a")[0]
    assert (skipped.outcome, skipped.message) == ("skipped", "needs a GPU")


def test_warnings_are_recorded(report):
    assert report.results["warns"].warnings == ("warns.py:6: DeprecationWarning: old",)


def test_files_that_were_opened_are_recorded(report):
    assert "snippets/data.txt" in report.results["reads"].files
    assert "snippets/reads.py" in report.results["reads"].files


def test_packages_that_were_imported_are_recorded(report):
    assert {"matplotlib", "numpy", "pytest", "torch"} <= {*report.results["drawn"].packages}
    assert "pyyaml" not in report.results["drawn"].packages
    assert "pyyaml" in report.results["reads"].packages


def test_the_report_on_disk_is_the_report(root, report):
    assert read_report(root / "build" / "report.json") == report


@pytest.fixture
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Settings) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(workers, "Nursery", refuse)


PASSING = ("good", "drawn", "fixtures", "reads")


@pytest.mark.usefixtures("report", "no_workers")
def test_nothing_changed_nothing_runs(root):
    assert run_snippets(root, PASSING)[1] == []


@pytest.mark.usefixtures("report", "no_workers")
@pytest.mark.parametrize("name", ["snippets/data.txt", "snippets/reads.py"])
def test_a_change_makes_it_run_again(root, name):
    path = root / name
    before = path.read_text()
    path.write_text(before + "\n")
    try:
        with pytest.raises(AssertionError, match="a worker was started"):
            run_snippets(root, ["reads"])
    finally:
        path.write_text(before)


@pytest.mark.usefixtures("report")
def test_torch_is_not_imported_where_nothing_runs(root):
    program = (
        "import sys; from pathlib import Path; from paper_notes.snippets.run import run_snippets;"
        f"run_snippets(Path({str(root)!r}), {PASSING!r}); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.fixture
def drawing(tmp_path, monkeypatch):
    """A base whose snippets draw their own text, without a worker."""
    root = write_base(tmp_path / "base", dict.fromkeys("ab", ONE), dict.fromkeys("ab", ""))

    def run_jobs(jobs, *_, meanwhile):
        meanwhile()
        for job in jobs:
            if job.id == "broken_off":
                raise KeyboardInterrupt
            yield job, RAW | {"figure": SVG.format((root / job.path).read_text())}

    monkeypatch.setattr(workers, "run_jobs", run_jobs)
    return root


SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>{}</text></svg>'
RAW = {"status": "passed", "seconds": 1.0, "python": "", "torch": "", "error": ""}
RAW |= {"complete": True, "sandbox": {}}


def figures_of(root):
    return {path.stem for path in (root / FIGURES).iterdir()}


def test_a_figure_goes_with_the_last_result_that_needs_it(drawing):
    same, _ = run_snippets(drawing, ["a", "b"])
    assert same.results["a"].figure == same.results["b"].figure
    (drawing / "snippets/a.py").write_text("another")
    two, _ = run_snippets(drawing, ["a", "b"])
    assert figures_of(drawing) == {two.results[id].figure for id in "ab"}
    (drawing / "snippets/b.py").unlink()
    one, _ = run_snippets(drawing, ["a"])
    assert figures_of(drawing) == {one.results["a"].figure}


def test_a_run_that_is_broken_off_drops_no_figure(drawing):
    first, _ = run_snippets(drawing, ["a"])
    (drawing / "snippets/a.py").write_text("another")
    (drawing / "snippets/broken_off.py").write_text(ONE)
    with pytest.raises(KeyboardInterrupt):
        run_snippets(drawing, ["a", "broken_off"])
    report = read_report(drawing / "build/report.json")
    assert figures_of(drawing) >= {first.results["a"].figure, report.results["a"].figure}


def test_while_another_run_goes_on_no_figure_is_dropped(drawing):
    going_on = FigureFolder(drawing / FIGURES)
    with going_on.in_use():
        name = going_on.keep("<svg>not in a report yet</svg>")
        run_snippets(drawing, ["a"])
        assert name in figures_of(drawing)


def test_when_the_report_is_written_its_figures_are_there(drawing, monkeypatch):
    there = []

    def watch(path, report):
        read = FigureFolder.beside(path).read
        there.extend(read(result.figure) for result in report.results.values())
        write_report(path, report)

    monkeypatch.setattr(run, "write_report", watch)
    run_snippets(drawing, ["a", "b"])
    assert [ONE in (figure or "") for figure in there] == [True, True]


def test_what_another_run_adds_meanwhile_stays_in_the_report(base):
    root = base({"a": ONE, "b": ONE}, {id: HOLDS.format(id=id) for id in ("a", "b")})
    run_snippets(root, ["a"])
    again = Options(use_cache=False)
    run_snippets(root, ["a"], again, show=lambda _: run_snippets(root, ["b"]) and None)
    assert list(read_report(root / run.REPORT).results) == ["a", "b"]


def test_strict_refuses_where_a_layer_is_missing(base):
    root = base({"good": ONE}, {"good": HOLDS.format(id="good")})
    options = Options(sandbox="strict", without=("bubblewrap", "namespaces", "landlock"))
    with pytest.raises(WorkerError, match="cannot contain files"):
        run_snippets(root, ["good"], options)
    assert not (root / "build" / "report.json").exists()


def test_settings_that_pytest_refuses_are_named_once(base):
    root = base({"good": ONE}, {"good": HOLDS.format(id="good")})
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such'\n")
    with pytest.raises(WorkerError, match=r"(?s)pytest refuses its settings: .*--no-such"):
        run_snippets(root, ["good"])


def test_the_conftest_of_the_snippets_tests_is_read_and_one_that_fails_is_named(base):
    fixture = "import pytest\n\n@pytest.fixture(autouse=True)\ndef one(monkeypatch):\n"
    fixture += "    monkeypatch.setenv('ONE', '1')\n"
    test = "import os\n\ndef test_it():\n    assert os.environ['ONE'] == '1'\n"
    root = base({"good": ONE}, {"good": test})
    conftest = root / "tests" / "snippets" / "conftest.py"
    conftest.write_text(fixture)
    assert run_snippets(root, ["good"])[0].results["good"].status == "passed"
    conftest.write_text("import no_such_module\n")
    result = run_snippets(root, ["good"])[0].results["good"]
    assert result.status == "failed"
    assert "No module named 'no_such_module'" in result.error


@pytest.mark.hostile(54)
def test_the_others_go_on_when_a_worker_is_killed(base):
    kills = "import os, signal\n\ndef test_it():\n    os.kill(os.getppid(), signal.SIGKILL)\n"
    root = base({"a_kills": ONE, "b": ONE}, {"a_kills": kills, "b": HOLDS.format(id="b")})
    report, _ = run_snippets(root, ["a_kills", "b"], Options(jobs=1, sandbox="off"))
    assert report.results["a_kills"].error == "the worker died while it ran"
    assert report.results["b"].status == "passed"


def test_without_fork_each_snippet_has_a_process_of_its_own(base):
    root = base({"good": ONE}, {"good": HOLDS.format(id="good")})
    options = Options()
    [(job, raw)] = run_jobs([job_for("good", options.limits)], 1, Settings(root, fork=False))
    assert (job.id, raw["status"], raw["complete"]) == ("good", "passed", False)
