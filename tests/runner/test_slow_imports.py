"""What snippets name is imported before the fork, and nothing else."""

from __future__ import annotations

from paper_notes.snippets import slow_imports


def test_a_word_in_any_of_the_files_brings_its_modules(tmp_path):
    for name, text in {"a.py": "x = torch.optim.SGD\n", "b.py": "import networkx as nx\n"}.items():
        (tmp_path / name).write_text(text)
    sources = [tmp_path / "a.py", tmp_path / "b.py"]
    assert slow_imports.of(sources) == ("networkx", "torch._dynamo")


def test_a_part_of_a_word_brings_nothing(tmp_path):
    (tmp_path / "a.py").write_text("optimiser = 1\n")
    assert slow_imports.of([tmp_path / "a.py"]) == ()


def test_a_file_that_is_not_there_brings_nothing(tmp_path):
    assert slow_imports.of([tmp_path / "a.py"]) == ()
