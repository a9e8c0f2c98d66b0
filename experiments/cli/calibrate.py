"""`circuit calibrate`: what the record says of parameters and of the luck of the past."""

from pathlib import Path
from typing import Annotated

import typer

from simulation.dates import FIRST

from . import options as option

EPILOG = (
    "Examples: `circuit calibrate`\n\n"
    "`circuit calibrate --until 2024Q4`\n\n"
    "`circuit calibrate --data my-record.csv --until 2025Q4 --results my-ensemble`\n\n"
    "`circuit calibrate --table 1000 --members 200 --smoothers 2 --truths 0`, a quick look"
)

Data = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A record of your own, CSV with the columns of the shipped one, added to it."),
]
Until = Annotated[str | None, typer.Option(help="Last quarter that conditions (default: the last recorded).")]


def calibrate(
    data: Data = None,
    until: Until = None,
    opening: Annotated[str, typer.Option(help="Opening economy, 2022Q4 or 2024Q4.")] = FIRST,
    table: Annotated[int, typer.Option(min=200, help="Runs of the reference table from the prior.")] = 6000,
    members: Annotated[int, typer.Option(min=50, help="Members of each smoother.")] = 500,
    smoothers: Annotated[int, typer.Option(min=1, help="Independent smoothers; the ensemble is their pool.")] = 8,
    pool: Annotated[int, typer.Option(min=1, help="Members of the ensemble, evenly from all smoothers.")] = 1000,
    steps: Annotated[int, typer.Option(min=1, max=10, help="Assimilations of the smoother.")] = 8,
    most: Annotated[int, typer.Option(min=1, help="Parameters that are inferred, at most.")] = 40,
    trajectories: Annotated[int, typer.Option(min=2, help="Trajectories of the screening.")] = 6,
    waves: Annotated[int, typer.Option(min=0, help="Waves of history matching after the table.")] = 2,
    wave_runs: Annotated[int, typer.Option(min=100, help="Runs of a wave.")] = 1500,
    truths: Annotated[
        int, typer.Option(min=0, help="Made-up truths that intervals must hold; 0 leaves them out.")
    ] = 30,
    truth_members: Annotated[int, typer.Option(min=50, help="Members of the ensemble of each truth.")] = 150,
    firms: Annotated[int, typer.Option(min=10, help="Ordinary firms of each run.")] = 200,
    workers: option.Workers = None,
    results: option.OwnResults = None,
) -> None:
    """Infer parameters and the luck of the past from the record, and write an ensemble of economies.

    Screens what the record can say anything of, checks the prior against it, rules out by history matching, assimilates
    with several ensemble smoothers whose members it pools, asks a second method, proves itself on made-up truths, and
    prints what was learned of every parameter. Ctrl-C keeps what is finished; the same command goes on from there."""
    from ..common.extras import require

    require("SALib", "calibrate")
    require("iterative_ensemble_smoother", "calibrate")
    from ..inference.calibration import Wanted
    from ..inference.running import calibrate as run

    wanted = Wanted(
        opening=opening, until=until or "", table=table, members=members, smoothers=smoothers, pool=pool, steps=steps,
        most=most, trajectories=trajectories, waves=waves, wave_runs=wave_runs, truths=truths,
        truth_members=truth_members, firms=firms,
    )  # fmt: skip
    run(wanted, data, results or Path("results") / "calibration", workers)
