"""What snippets name is imported before the fork, and nothing else."""

from __future__ import annotations

import pytest

from paper_notes.snippets import slow_imports

TRACING = ("torch._meta_registrations", "torch.export")


def test_a_word_in_any_of_the_files_brings_its_modules(tmp_path):
    for name, text in {"a.py": "x = torch.optim.SGD\n", "b.py": "import networkx as nx\n"}.items():
        (tmp_path / name).write_text(text)
    sources = [tmp_path / "a.py", tmp_path / "b.py"]
    assert slow_imports.of(sources) == (*TRACING, "networkx", "torch._dynamo")


def test_a_part_of_a_word_brings_nothing(tmp_path):
    (tmp_path / "a.py").write_text("import networkxx\n")
    assert slow_imports.of([tmp_path / "a.py"]) == ()


@pytest.mark.parametrize(
    "text",
    [
        'x = torch.empty(2, device="meta")',
        "with FakeTensorMode():",
        "torch.compile(f)",
        "torch.jit.script(f)",
        "torch.nn.utils.skip_init(Linear)",
        "from torch.fx import Tracer",
    ],
)
def test_who_speaks_of_tracing_gets_what_torch_imports_for_it(tmp_path, text):
    (tmp_path / "a.py").write_text(text)
    assert slow_imports.of([tmp_path / "a.py"]) == TRACING


def test_a_file_that_is_not_there_brings_nothing(tmp_path):
    assert slow_imports.of([tmp_path / "a.py"]) == ()
