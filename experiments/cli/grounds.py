"""`circuit grounds`."""

from typing import Annotated

import typer

from . import options as option
from .asked import terminal, with_options

EPILOG = "Examples: `circuit grounds`\n\n`circuit grounds --outcome boom_return_half --points 512`"

Outcome = Annotated[
    str, typer.Option(help='An ending or episode ("paid off", "investment pullback" ...) or a score (gdp_gain ...).')
]
Points = Annotated[
    int, typer.Option(help="A power of two; each takes five runs, and one for each reading of the rules.")
]


def grounds(
    scenario: option.Scenario = "baseline",
    outcome: Outcome = "investment pullback",
    points: Points = 256,
    vintage: option.Vintage = None,
    quarters: option.Quarters = None,
    firms: option.Firms = 200,
    settings: option.Settings = None,
    workers: option.Workers = None,
    results: option.Results = option.RESULTS,
) -> None:
    """Say what an answer rests on: luck, the gain from AI, or other numbers nobody knows.

    Divides the spread of an outcome among the three, names the numbers most worth knowing with the source each has
    today, and asks whether the answer survives other readings of the rules that the record cannot tell apart. The
    default takes two to three minutes on two processors."""
    from ..common.extras import require

    require("SALib", "sensitivity")
    from ..methods.grounds import report_grounds

    asked = {"title": "grounds", "scenarios": [scenario], "runs": 1, "prior": False}
    study = with_options(asked, settings, vintage=vintage, firms=firms, quarters=quarters)
    report_grounds(study, outcome, points, workers, results, terminal())
