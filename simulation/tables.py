"""Tables of facts that lie beside the module that reads them, under its name."""

import csv
from pathlib import Path


def rows_beside(module: str) -> list[dict[str, str]]:
    """Rows by column of the CSV file beside a module, which gives its `__file__`."""
    with Path(module).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number_of(text: str) -> float:
    """The number that a cell holds, whole where it is written whole: what names a run tells 1 from 1.0."""
    return int(text) if text.lstrip("-").isdigit() else float(text)
