"""`circuit policy`."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.errors import CircuitError

EPILOG = (
    "Examples: `circuit policy investment-credit`\n\n"
    "`circuit policy bail-out --scenario key-player-failure --seeds 20`\n\n"
    "`circuit policy grid --scenario power-shortage --quarters 40`"
)

Policy = Annotated[str, typer.Argument(help="A policy, by name (see circuit scenarios) or TOML file.")]
Scenario = Annotated[str, typer.Option(help="The scenario it is added to, by name or TOML file.")]
Seeds = Annotated[int, typer.Option(help="Pairs of economies, with seeds from 1.")]
Quarters = Annotated[int, typer.Option(help="Length of each economy.")]
Vintage = Annotated[str, typer.Option(help="Opening economy, 2024Q4 or 2022Q4.")]
Firms = Annotated[int, typer.Option(help="Ordinary firms, 10 to 1,000,000.")]


def policy(
    policy: Policy,
    scenario: Scenario = "baseline",
    seeds: Seeds = 8,
    quarters: Quarters = 20,
    vintage: Vintage = "2024Q4",
    firms: Firms = 1000,
) -> None:
    """Show what one policy moves, by how much, and who pays for it.

    Pairs of economies with the same seed, with and without the policy: its target, government's receipts and payments
    row by row, and the net worth of every sector.
    """
    from rich.console import Console

    from simulation.scenario import Scenario as Chosen
    from simulation.scenario import load_policy

    from ..cost_of_policy import report

    if not 1 <= seeds <= 1000:
        raise CircuitError(f"--seeds must be a whole number from 1 to 1,000, not {seeds}")
    report(Chosen.load(scenario), load_policy(policy), seeds, quarters, vintage, firms, Console())
