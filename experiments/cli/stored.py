"""Commands on results that are there: query, reproduce, repair, dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from . import options as option
from .asked import terminal
from .showing import Csv, Json, printed_for_programs

if TYPE_CHECKING:
    import pandas as pd

BROKEN = 1

ResultsFolder = Annotated[
    str, typer.Argument(metavar="RESULTS", help="A folder that circuit compare or batch has written, or its s3://.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the `circuit` command."""
    app.command(
        epilog='Example: `circuit query results/headline "select arm, outcome, count(*) from runs group by all"`'
    )(query)
    app.command(epilog="Example: `circuit reproduce results/headline 3f2a9c0d11b7e456`")(reproduce)
    app.command(epilog="Example: `circuit repair results/headline`")(repair)
    app.command(epilog="Example: `circuit dictionary --csv > columns.csv`")(dictionary)


def query(
    results: ResultsFolder,
    sql: Annotated[str, typer.Argument(help="A query on runs, series, events, parameters, failures.")],
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Ask stored runs in SQL (DuckDB). Every file read is verified first; the query can reach nothing else."""
    from ..methods.query import ask

    _show(ask(results, sql), csv, json)


def reproduce(
    results: ResultsFolder, run: Annotated[str, typer.Argument(help="A run_id, as in the table runs.")]
) -> None:
    """Compute a stored run again and compare all its rows, byte by byte. Exit code 1 if they differ."""
    from ..batch.reproduce import differences

    found = differences(results, run)
    for line in found:
        print(line)
    if found:
        raise typer.Exit(BROKEN)
    print(f"{run}: the same to the byte")


def repair(results: ResultsFolder, workers: option.Workers = None) -> None:
    """Verify every file; set damaged shards aside in quarantine and compute exactly their runs again.

    Ctrl-C keeps what is finished, and the same command goes on from there."""
    from ..batch.repair import mend

    for line in mend(results, workers):
        print(line)


def dictionary(csv: Csv = False, json: Json = False) -> None:
    """Say what every column of the stored tables means, and its unit."""
    from ..store.dictionary import dictionary as described

    _show(described(), csv, json)


def _show(frame: pd.DataFrame, csv: bool, json: bool) -> None:
    if printed_for_programs(frame, csv, json):
        return
    from ..common.terminal import print_rows

    print_rows(terminal(), frame)
