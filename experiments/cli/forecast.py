"""`circuit forecast`: the coming quarters, frozen and scored."""

from pathlib import Path
from typing import Annotated

import typer

from . import options as option
from .calibrate import Data

EPILOG = (
    "Examples: `circuit forecast`\n\n`circuit forecast --freeze`\n\n"
    "`circuit forecast --score --data what-came-later.csv`"
)


def forecast(
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Write the distribution with version, data and hash, to be scored later.")
    ] = False,
    score: Annotated[bool, typer.Option("--score", help="Score the frozen forecasts by what is recorded now.")] = False,
    quarters: Annotated[int, typer.Option(min=1, max=40, help="Quarters ahead.")] = 8,
    ensemble: Annotated[
        str | None, typer.Option(metavar="FILE", help="An ensemble of circuit calibrate (default: the shipped one).")
    ] = None,
    data: Data = None,
    firms: Annotated[int, typer.Option(min=10, help="Ordinary firms of each run.")] = 200,
    workers: option.Workers = None,
    results: option.OwnResults = None,
) -> None:
    """Forecast the coming quarters from the economies that the record allows.

    Prints medians and 80% bands of the headline series. --freeze writes the whole distribution of every observed series
    under results/record/, with what it was made with and a hash; --score holds such files against a later record."""
    from simulation.errors import CircuitError

    from ..common.extras import require
    from ..evidence import forecasting

    folder = results or Path("results") / "record"
    if score:
        if freeze:
            raise CircuitError("--freeze and --score: choose one of them")
        require("scoringrules", "forecast")
        forecasting.score(folder, data)
        return
    forecasting.forecast(ensemble, data, quarters, firms, workers, folder, freeze)
