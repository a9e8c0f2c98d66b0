"""`circuit luck`."""

from typing import Annotated

import typer

from . import options as option
from .asked import terminal, with_options
from .showing import Json

EPILOG = "Examples: `circuit luck`\n\n`circuit luck late-chips --runs 200`\n\n`circuit luck --estimate`"

Runs = Annotated[int, typer.Option(help="Seeds, each run without luck, with each kind alone, and with all.")]
Estimate = Annotated[
    bool, typer.Option("--estimate", help="Print what the record says about sizes, beside those in use.")
]


def luck(
    scenario: option.Scenario = "baseline",
    runs: Runs = 50,
    estimate: Estimate = False,
    seed: option.Seed = None,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    settings: option.Settings = None,
    workers: option.Workers = None,
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Show what luck does: each kind alone, and all of it, series by series.

    The spread of AI capex, chip sales, labs' revenue, cash flow, rents, shares and GDP over seeds, 1, 4 and 12 quarters
    ahead, against runs of the same seeds without luck. Written as CSV."""
    from ..methods.luck import report_luck
    from ..methods.luck_sizes import report_estimates

    if estimate:
        report_estimates(results, terminal())
        return
    asked = {"title": "luck", "scenarios": [scenario], "prior": False}
    study = with_options(asked, settings, runs=runs, seed=seed, vintage=vintage, firms=firms)
    report_luck(study, workers, results, terminal(json))
