"""`circuit signs`."""

from typing import Annotated

import typer

from simulation.dates import USUAL

from . import options as option
from .asked import terminal, with_options
from .showing import Json

EPILOG = "Examples: `circuit signs`\n\n`circuit signs --only tariff --runs 100`"

Only = Annotated[str, typer.Option(metavar="TEXT", help="Only what has this in its name.")]
Vintage = Annotated[str, typer.Option(help="Opening: 2024Q4 (default), 2022Q4, now, or an ensemble's file.")]
Quarters = Annotated[int, typer.Option(help="Length; what is tried begins in quarter 5 and is judged for three years.")]
Firms = Annotated[int, typer.Option(help="Ordinary firms, 10 to 1,000,000.")]


def signs(
    only: Only = "",
    runs: option.Pairs = 40,
    prior: option.Prior = True,
    seed: option.Seed = None,
    vintage: Vintage = USUAL,
    quarters: Quarters = 24,
    firms: Firms = 200,
    settings: option.Settings = None,
    workers: option.Workers = None,
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Show what every lever, scenario and policy does to its own target, AI capex, AI shares and GDP.

    Each lever alone, at both bounds and halfway to them; each scenario; each policy: against the same seeds without it,
    with intervals. Says which move their target the wrong way. About five minutes on two processors. Written as CSV."""
    from ..methods.signs import report_signs

    options = {"runs": runs, "prior": prior, "seed": seed, "vintage": vintage, "firms": firms, "quarters": quarters}
    study = with_options({"title": "signs"}, settings, **options)
    report_signs(study, only, workers, results, terminal(json))
