"""`circuit export`: stored results for spreadsheets and statistics programs, whole: CSV, Excel, Stata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..common.export import quoted
from ..common.extras import require
from ..common.progress import counted
from ..store.layout import TABLES
from ..store.results import check_writable, write_csv
from .opened import StoredStudy, open_results

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["csv", "excel", "stata"]
ROWS_OF_A_SHEET = 1_048_576
LONGEST_SHEET_NAME, LONGEST_STATA_NAME, LONGEST_STATA_TEXT = 31, 32, 2045
WORKBOOK = "results.xlsx"


def export(folder: Path, form: Form, to: Path) -> list[Path]:
    """Write every table of a results folder, what was computed and what was worked out of it. Returns the files.

    Excel: one workbook, a table a sheet, and another where a sheet ends. Stata: a `.dta` file a table, names cut to 32
    letters, digits and lines. Raises `CircuitError`."""
    if form == "excel":
        require("xlsxwriter", "export --to excel")
    results = open_results(folder)
    check_writable(to)
    tables = dict(tables_of(results))
    if form == "excel":
        return [_workbook(tables, to / WORKBOOK)]
    write = _csv if form == "csv" else _stata
    return [write(name, table, to) for name, table in counted(tables.items(), "table")]


def tables_of(results: StoredStudy) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and rows of each table that has any."""
    found = {**{name: results.read(name) for name in TABLES}, **results.tables}
    yield from ((name, table) for name, table in found.items() if len(table))


def _csv(name: str, table: pd.DataFrame, to: Path) -> Path:
    write_csv(to / f"{name}.csv", table)
    return to / f"{name}.csv"


def _stata(name: str, table: pd.DataFrame, to: Path) -> Path:
    plain = table.set_axis(stata_names(list(map(str, table.columns))), axis=1)
    plain = plain.replace([float("inf"), float("-inf")], float("nan"))  # Stata has missing numbers and no endless ones
    for column in plain:
        if plain[column].dtype.kind not in "biuf":
            plain[column] = plain[column].map(lambda cell: "" if cell is None else str(cell)[:LONGEST_STATA_TEXT])
    to.mkdir(parents=True, exist_ok=True)
    plain.to_stata(to / f"{name}.dta", write_index=False, version=118)
    return to / f"{name}.dta"


def stata_names(names: list[str]) -> list[str]:
    """Names as Stata takes them, each another: letters, digits and lines, at most 32, no digit first."""
    taken: list[str] = []
    for name in names:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        plain = (f"_{plain}" if plain[0].isdigit() else plain)[:LONGEST_STATA_NAME]
        number = 1
        while plain in taken:
            number += 1
            plain = f"{plain[: LONGEST_STATA_NAME - 4]}_{number}"
        taken.append(plain)
    return taken


def _workbook(tables: dict[str, pd.DataFrame], file: Path, most: int = ROWS_OF_A_SHEET) -> Path:
    """A workbook, written row by row, so that it needs no memory for what is written."""
    import xlsxwriter

    file.parent.mkdir(parents=True, exist_ok=True)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        for name, table in tables.items():
            for number, start in enumerate(range(0, len(table), most - 1), start=1):
                more = f" {number}" if number > 1 else ""
                sheet = book.add_worksheet(f"{name[: LONGEST_SHEET_NAME - len(more)]}{more}")
                sheet.write_row(0, 0, list(map(str, table.columns)))
                part = table.iloc[start : start + most - 1]
                rows = counted(part.itertuples(index=False, name=None), "row", f"{name}{more}", len(part))
                for place, row in enumerate(rows, start=1):
                    sheet.write_row(place, 0, [_cell(cell) for cell in row])
    return file


def _cell(cell: object) -> object:
    """A cell that Excel takes: nothing for what is missing, and no text that could be taken for a formula."""
    if cell is None or cell != cell or cell in (float("inf"), float("-inf")):
        return None
    return quoted(cell) if isinstance(cell, str | bool | int | float) else str(cell)
