"""`circuit web`: who pays, owns, owes and depends on whom."""

from typing import Annotated

import typer

from . import options as option
from .asked import terminal, with_options


def web(
    scenario: option.Scenario = "baseline",
    quarter: Annotated[
        str | None, typer.Option(help="Quarter to look at, as 2026Q4 (default: two years after the opening).")
    ] = None,
    policy: option.PoliciesAtOnce = None,
    seed: option.Seed = None,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    settings: option.Settings = None,
    results: option.Results = option.RESULTS,
) -> None:
    """Show the circular web of one quarter: who pays, owns, owes and depends on whom.

    Every unit of AI revenue is traced to end demand, core business, outside finance or a supplier's own money; what
    carries a supplier's own money is marked as circular. Draws the network and a Sankey of the flows, with their
    data."""
    from ..methods.web import show

    asked = {"scenarios": [scenario], "policies": policy or [], "runs": 1, "prior": False}
    study = with_options(asked, settings, seed=seed, vintage=vintage, firms=firms)
    show(study, quarter, results, terminal())


EPILOG = "Examples: `circuit web`\n\n`circuit web patient-capital --quarter 2027Q4 --seed 3`"
