"""The notebooks: what is stored is small and whole, and they run in a real kernel."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.run_notebooks import NOTEBOOKS, run

LARGEST = 200_000  # bytes
NAMES = ["a-policy", "a-rule-and-mesa", "first-comparison"]


def test_there_are_a_first_comparison_a_policy_and_a_rule_with_mesa() -> None:
    assert [file.stem for file in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_stored_small_with_what_its_cells_show_and_no_path_of_a_machine(file: Path) -> None:
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    assert file.stat().st_size < LARGEST
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert last.outputs, "run `make notebooks`"
    assert not any(output.output_type == "error" for cell in notebook.cells for output in cell.get("outputs", []))
    assert "/tmp/" not in file.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs_in_a_fresh_kernel_and_every_table_and_figure_is_shown(file: Path) -> None:
    stored, again = nbformat.read(file, as_version=4), run(file)
    for before, after in zip(stored.cells, again.cells, strict=True):
        kinds = [[sorted(each.get("data", {})) for each in cell.get("outputs", [])] for cell in (before, after)]
        assert kinds[0] == [kind for kind in kinds[1] if kind]
