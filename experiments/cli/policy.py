"""`circuit policy`."""

from typing import Annotated

import typer

from simulation.errors import CircuitError

from . import options as option
from .asked import terminal, with_options
from .showing import Json

EPILOG = (
    "Examples: `circuit policy investment-credit`\n\n"
    "`circuit policy bail-out --scenario key-player-failure --runs 20`\n\n"
    "`circuit policy --all --runs 50`"
)

Policy = Annotated[str | None, typer.Argument(help="A policy, by name (see circuit scenarios) or TOML file.")]
All = Annotated[bool, typer.Option("--all", help="Every shipped policy, a line each.")]
Scenario = Annotated[str, typer.Option(help="The scenario it is added to, by name or TOML file.")]


def policy(
    policy: Policy = None,
    every: All = False,
    scenario: Scenario = "baseline",
    runs: option.Pairs = 20,
    prior: option.Prior = False,
    quarters: option.Quarters = None,
    vintage: option.Vintage = None,
    firms: option.Firms = None,
    settings: option.Settings = None,
    workers: option.Workers = None,
    results: option.Results = option.RESULTS,
    json: Json = False,
) -> None:
    """Show what a policy moves, whether that is its target, and who pays for it.

    Pairs of economies with the same seed, with and without the policy: its target and whether it goes the expected way,
    government's money row by row, the net worth of every sector, and how runs end. Written as CSV and Parquet."""
    from simulation.scenario import available_policies

    from ..methods.policy import report_policies

    if every == (policy is not None):
        raise CircuitError("name one policy, or ask for --all of them; circuit scenarios lists them")
    policies = [policy] if policy is not None else [listed.name for listed in available_policies()]
    asked = {"title": "policies", "scenarios": [scenario], "policies": policies}
    options = {"runs": runs, "prior": prior, "vintage": vintage, "firms": firms, "quarters": quarters}
    study = with_options(asked, settings, **options)
    report_policies(study, policy, workers, results, terminal(json))
