"""`circuit grounds`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    Firms,
    Quarters,
    Results,
    Scenario,
    Settings,
    Vintage,
    Workers,
    economy_options,
    terminal,
    with_options,
)

EPILOG = "Examples: `circuit grounds`\n\n`circuit grounds --outcome boom_return_half --points 512`"

Outcome = Annotated[
    str, typer.Option(help='An ending or episode ("paid off", "investment pullback" ...) or a score (gdp_gain ...).')
]
Points = Annotated[
    int, typer.Option(help="A power of two; each takes five runs, and one for each reading of the rules.")
]


def grounds(
    scenario: Scenario = "baseline",
    outcome: Outcome = "investment pullback",
    points: Points = 256,
    vintage: Vintage = None,
    quarters: Quarters = None,
    firms: Firms = 200,
    settings: Settings = None,
    workers: Workers = None,
    results: Results = None,
) -> None:
    """Say what an answer rests on: luck, the gain from AI, or other numbers nobody knows.

    Divides the spread of an outcome among the three, names the numbers most worth knowing with the source each has
    today, and asks whether the answer survives other readings of the rules that the record cannot tell apart. The
    default takes two to three minutes on two processors."""
    from ..common.extras import require

    require("SALib", "sensitivity")
    from ..methods.grounds import report_grounds

    options = {"runs": 1, "prior": False} | economy_options(vintage, firms, quarters)
    study = with_options({"title": "grounds", "scenarios": [scenario]}, options, settings)
    report_grounds(study, outcome, points, workers, results or Path("results"), terminal())
