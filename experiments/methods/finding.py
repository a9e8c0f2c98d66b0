"""What a question has brought, and how it is handed over: files first, then a sentence, tables and where the files lie.

Every command that answers a question makes a `Finding` and hands it over here, so that an answer looks the same
wherever it comes from, can be had as JSON, and is on the disk before a line of it is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.screen import Screen
from ..store.results import write_bytes, write_table

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

    from ..figures.chart import Chart


@dataclass(frozen=True)
class Finding:
    """An answer in one sentence, with what it rests on.

    `shown` are tables for eyes, what matters first; `tables` the whole data by name, of which those without rows are
    not written; `charts` the figures, the main one first; `notes` what a reader must keep in mind.
    """

    sentence: str
    shown: Sequence[RenderableType] = field(default=(), repr=False)
    notes: Sequence[str] = field(default=(), repr=False)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    charts: Sequence[Chart] = field(default=(), repr=False)

    def _repr_html_(self) -> str:
        """What a notebook shows: the sentence and the main figure."""
        figures = [chart._repr_html_() for chart in self.charts[:1]]
        return "".join((f"<p><b>{escape(self.sentence)}</b></p>", *figures))


def hand_over(found: Finding, folder: Path, stem: str, console: Console) -> list[Path]:
    """Write tables (CSV and Parquet) and figures of a finding, then print it. Returns the files to look at.

    A table lies in `STEM-NAME.csv`, or `NAME.csv` where there is no stem; figures under their own names, each with its
    data as CSV beside. Without a stem the folder is the answer's own, and its sentence lies in `answer.txt`."""
    figures, data = _write(found, folder, stem)
    if isinstance(console, Screen) and console.json:
        print_json(
            found.sentence,
            {**{chart.name: chart.data for chart in found.charts}, **found.tables},
            found.notes,
            (*figures, *data),
        )
        return [*figures, *data]
    console.print(f"\n{found.sentence}\n", style="bold", highlight=False)
    for part in found.shown:
        console.print(part)
    for note in found.notes:
        console.print(note, style="dim", highlight=False)
    console.print()
    for words, files in (("Figure and its data", figures), ("Data", data)):
        for file in files:
            console.print(f"{words}: {file}", soft_wrap=True, highlight=False)
    return [*figures, *data]


def _write(found: Finding, folder: Path, stem: str) -> tuple[list[Path], list[Path]]:
    tables = {"-".join(filter(None, (stem, name))): table for name, table in found.tables.items() if len(table)}
    data = [folder / f"{name}.csv" for name in tables]
    for file, table in zip(data, tables.values(), strict=True):
        write_table(file, table)
    for chart in found.charts:
        chart.save(folder)
    if not stem:
        write_bytes(folder / "answer.txt", f"{found.sentence}\n".encode())
    return [folder / f"{chart.name}.png" for chart in found.charts], data


def print_json(
    sentence: str, tables: Mapping[str, pd.DataFrame], notes: Iterable[str] = (), files: Iterable[Path] = ()
) -> None:
    """Print an answer as one JSON object: answer, notes, tables as lists of rows, files."""
    content: dict[str, Any] = {
        "answer": sentence,
        "notes": list(notes),
        "tables": {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()},
        "files": [str(file) for file in files],
    }
    print(json.dumps(content, indent=1, ensure_ascii=False))
