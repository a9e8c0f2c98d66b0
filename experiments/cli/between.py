"""`circuit diff` and `circuit export`: what stored results are to each other, and to other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import options as option
from .asked import terminal
from .showing import Json

EPILOG_DIFF = "Example: `circuit diff results/baseline-2022Q4 results/baseline-2024Q4`"
EPILOG_EXPORT = (
    "Examples: `circuit export results/headline --to excel`\n\n`circuit export results/headline --to stata --folder .`"
)


class Form(StrEnum):
    """What results are exported as."""

    csv = "csv"
    excel = "excel"
    stata = "stata"


def diff(
    first: Annotated[Path, typer.Argument(help="A results folder, what the other is compared with.")],
    second: Annotated[Path, typer.Argument(help="Another results folder.")],
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Compare two results folders: how runs end and what that costs, economy by economy, seed by seed.

    Two settings, two openings, two versions of the model. Also says what was asked differently."""
    from ..methods.difference import show

    show(first, second, results, terminal(json))


def export(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="A folder of finished runs.")],
    form: Annotated[Form, typer.Option("--to", help="Tables as CSV or Stata files, or one Excel workbook.")] = Form.csv,
    folder: Annotated[Path | None, typer.Option(help="Folder to write to (default: export in RESULTS).")] = None,
) -> None:
    """Write every table of stored results for another program: runs, series, events, parameters, effects, shares.

    Excel takes a million rows a sheet: longer tables go on in another. Nothing is computed again."""
    from ..methods.exported import export as write

    for file in write(results, form.value, folder or results / "export"):
        print(file)
