"""`circuit discover`."""

from pathlib import Path
from typing import Annotated

import typer

from simulation.errors import CircuitError

from .showing import Json

EPILOG = (
    "Example: `circuit compare baseline --runs 1000 --results results/baseline`, then\n\n"
    "`circuit discover results/baseline`\n\n"
    '`circuit discover results/baseline --outcome "gdp_shortfall > 0.02" --parameters gamma,capture,fire_sale`'
)

Folder = Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of finished runs with sampled parameters.")]
Outcome = Annotated[
    str, typer.Option(help='An ending ("investment pullback", "paid off" ...) or a score beyond a threshold.')
]
ArmName = Annotated[str | None, typer.Option("--arm", help="The arm whose runs are searched (default: the first).")]
Parameters = Annotated[
    str | None, typer.Option(metavar="A,B,C", help="Where to look (default: the five that differ most).")
]
Boxes = Annotated[int, typer.Option(help="Most boxes to look for, 1 to 5.")]
Resamples = Annotated[int, typer.Option(help="Bootstrap resamples for the stability of each limit, 10 to 1,000.")]
To = Annotated[
    Path | None, typer.Option(help="Folder to write to (default: one of its own under discovery/ in RESULTS).")
]


def discover(
    results: Folder,
    outcome: Outcome = "investment pullback",
    arm: ArmName = None,
    parameters: Parameters = None,
    boxes: Boxes = 2,
    resamples: Resamples = 50,
    to: To = None,
    json: Json = False,
) -> None:
    """Say which parameters together lead to an outcome: boxes in words.

    PRIM looks for boxes of parameters in which the outcome is frequent, on every second seed; how frequent it is there
    is measured on the other seeds. Each limit comes with a quasi-p value (would the box do as well without it?) and its
    stability (how often resamples find it). Needs 100 runs; 1,000 find more."""
    from ..common.extras import require
    from .asked import terminal

    require("ema_workbench", "discover")
    errors = [
        f"--{name}: must be a whole number from {low} to {high:,}, not {value}"
        for name, value, low, high in (("boxes", boxes, 1, 5), ("resamples", resamples, 10, 1000))
        if not low <= value <= high
    ]
    if errors:
        raise CircuitError(*errors)
    from ..methods.discovery import Asked, show

    names = tuple(name.strip() for name in parameters.split(",")) if parameters else None
    show(Asked(results, outcome, arm, names, boxes, resamples), to, terminal(json))
