"""Run the notebooks of docs/notebooks in a real kernel: `python -m tests.run_notebooks [--write]`.

`--write` stores what they show; without it they are run, and an error ends with 1.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
LONGEST = 600  # seconds for a cell: the first one may compile the rules
TEMPORARY = re.compile(r"/(?:\w+/)*tmp\w*/[\w/.-]*")


def run(file: Path) -> nbformat.NotebookNode:
    """The notebook as it is after a run in a fresh kernel. Raises CellExecutionError."""
    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources={"metadata": {"path": ROOT}})
    client.execute(env={**os.environ, "CIRCUIT_QUIET": "1", "PYTHONPATH": str(ROOT)})
    return notebook


def write(file: Path, notebook: nbformat.NotebookNode) -> None:
    """Store a notebook without what differs from run to run: times, and paths of this machine."""
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell.metadata.clear()
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
            for output in cell.outputs:
                data = output.get("data", {})
                data.update({kind: TEMPORARY.sub("", text) for kind, text in data.items() if kind.startswith("text/")})
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(notebook, file)


def main(arguments: list[str]) -> int:
    """Run every notebook; say which fail."""
    failed = 0
    for file in NOTEBOOKS:
        try:
            notebook = run(file)
        except CellExecutionError as error:
            print(f"{file.name}: {error}")
            failed = 1
        else:
            print(f"{file.name}: runs")
            if arguments == ["--write"]:
                write(file, notebook)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
