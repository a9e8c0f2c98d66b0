"""How a command hands over a table: for eyes, or whole as CSV or JSON for another program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.errors import CircuitError

if TYPE_CHECKING:
    import pandas as pd

Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, a list of rows.")]


def printed_for_programs(frame: pd.DataFrame, csv: bool, json: bool) -> bool:
    """Print a frame as CSV or JSON, if one of them is wanted. Raises `CircuitError` if both are."""
    if csv and json:
        raise CircuitError("--csv and --json: choose one of them")
    if csv:
        from ..common.export import csv_bytes

        sys.stdout.write(csv_bytes(frame).decode())
    elif json:
        print(frame.to_json(orient="records", indent=1, force_ascii=False))
    return csv or json
