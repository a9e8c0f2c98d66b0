"""`circuit twin`: what one thing does, from pairs of economies that differ in nothing else."""

from typing import Annotated

import typer

from . import options as option
from .asked import terminal, with_options
from .showing import Json


def twin(
    scenario: option.Scenario = "baseline",
    without: Annotated[
        str,
        typer.Option(
            help="What the twin is without: boom (real AI investment stays at its level, AI shares carry no news), ai, "
            "withdrawal, deals, another switch, a shock by its lever, a policy, or an agent that something befalls."
        ),
    ] = "boom",
    start: Annotated[
        str | None, typer.Option("--from", help="First quarter that differs, as 2026Q1 (default: the first).")
    ] = None,
    runs: option.Pairs = 50,
    policy: option.PoliciesAtOnce = None,
    seed: option.Seed = None,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    quarters: option.Quarters = None,
    settings: option.Settings = None,
    prior: option.Prior = None,
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Compare each run with its twin: the same seed and luck, without one thing from one quarter on.

    Prints growth with and without by year, and what output, jobs, wealth and debt differ by, with 95% intervals over
    seeds; writes a figure with its data."""
    from ..methods.twin import show

    asked = {"scenarios": [scenario], "policies": policy or []}
    options = {"seed": seed, "runs": runs, "prior": prior, "vintage": vintage, "firms": firms, "quarters": quarters}
    study = with_options(asked, settings, **options)
    show(study, without, start, results, terminal(json))


EPILOG = (
    "Examples: `circuit twin --without boom --vintage 2022Q4`\n\n"
    "`circuit twin late-chips --without chip_supply --runs 100`\n\n"
    "`circuit twin --policy stimulus --without stimulus --from 2026Q1`"
)
