"""`circuit evidence`: forecasts of the past held against what came after."""

from pathlib import Path
from typing import Annotated

import typer

from . import options as option
from .calibrate import Data

EPILOG = (
    "Examples: `circuit evidence`\n\n"
    "`circuit evidence --data what-came-later.csv --last 2025Q4`\n\n"
    "`circuit evidence --first 2024Q4 --members 100`, a quick look"
)


def evidence(
    data: Data = None,
    first: Annotated[str, typer.Option(help="First quarter to forecast from.")] = "2023Q4",
    last: Annotated[str | None, typer.Option(help="Last one (default: the quarter before the last recorded).")] = None,
    horizon: Annotated[int, typer.Option(min=1, max=12, help="Quarters ahead.")] = 6,
    members: Annotated[int, typer.Option(min=50, help="Members of each smoother.")] = 300,
    smoothers: Annotated[int, typer.Option(min=1, help="Independent smoothers at each origin, pooled.")] = 1,
    steps: Annotated[int, typer.Option(min=1, max=10, help="Assimilations of the smoother.")] = 8,
    firms: Annotated[int, typer.Option(min=10, help="Ordinary firms of each run.")] = 200,
    workers: option.Workers = None,
    results: option.OwnResults = None,
) -> None:
    """Forecast from every quarter of the past by what was known then, and score by what came after.

    CRPS of logs, coverage of 50, 80 and 95% bands and ranks, by series and horizon, beside a random walk, random walks
    with drift and an autoregression; shares by firm and dispersion of returns. --data adds a record of your own, which
    both conditions and scores. Ctrl-C keeps what is finished, and the same command goes on from there."""
    from ..common.extras import require

    for library in ("SALib", "iterative_ensemble_smoother", "scoringrules"):
        require(library, "evidence")
    from ..evidence.running import evidence as run
    from ..inference.calibration import Wanted

    wanted = Wanted(members=members, smoothers=smoothers, steps=steps, firms=firms)
    run(wanted, data, first, last or "", horizon, results or Path("results") / "evidence", workers)
