"""`circuit drivers`."""

from typing import Annotated

import typer

from . import options as option
from .asked import terminal

EPILOG = "Examples: `circuit drivers`\n\n`circuit drivers --series nvidia_revenue --first 2024Q1 --last 2025Q3`"


def drivers(
    series: Annotated[str, typer.Option(help="A series that circuit series lists.")] = "big4_capex",
    first: Annotated[str, typer.Option(help="Quarter that growth is counted from.")] = "2023Q1",
    last: Annotated[
        str | None, typer.Option(help="Quarter it is counted to (default: where the ensemble stands).")
    ] = None,
    members: Annotated[int, typer.Option(min=2, help="Members of the ensemble; each takes 32 runs.")] = 40,
    ensemble: Annotated[
        str | None, typer.Option(metavar="FILE", help="An ensemble of circuit calibrate (default: the shipped one).")
    ] = None,
    firms: Annotated[int, typer.Option(min=10, help="Ordinary firms of each run.")] = 100,
    results: option.Results = option.RESULTS,
) -> None:
    """Say what drove the boom: growth between two recorded quarters, by kind of luck, adding up.

    Luck of the past is what `circuit calibrate` infers from the record. What would have grown without it is need, plans
    and prices by the rules; each kind's part is its Shapley value. Takes about half a minute."""
    from ..ensembles.ensemble import load_ensemble
    from ..methods.drivers import report_drivers

    loaded = load_ensemble(ensemble)
    report_drivers(loaded, first, last or loaded.until, series, members, firms, results, terminal())
