"""`circuit policy`: what a policy moves, and who pays for it, against the same economies without it.

Every figure is a difference between two economies with the same seed, one with the policy, averaged over seeds. Because
the books add up, what government pays more is what somebody receives, in the quarter and to the cent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.errors import CircuitError

from .runner import prepare
from .terminal import table_of

if TYPE_CHECKING:
    from rich.console import Console

    from simulation import Economy, Scenario
    from simulation.scenario import Policy

Array = npt.NDArray[np.float64]

GOVERNMENT = "governments"
NEGLIGIBLE = 0.005  # USD bn
TARGETS: dict[str, tuple[str, ...]] = {
    "adoption_support": ("adoption", "end_demand_revenue"),
    "ai_demand_regulation": ("end_demand_revenue",),
    "bail_out": ("ai_failures", "ai_credit_losses"),
    "bank_ai_limit": ("bank_lending", "ai_debt"),
    "bank_capital_buffer": ("bank_capital", "bank_lending"),
    "consolidation": ("ai_debt",),
    "contract_guarantee": ("ai_failures", "ai_credit_losses"),
    "depreciation_life": ("ai_capex",),
    "export_licence": ("chip_revenue", "ai_capex_home"),
    "fed_put": ("policy_rate",),
    "foundry_subsidy": ("chip_supply",),
    "gate": ("private_credit_gated",),
    "grid_investment": ("compute_online", "compute_waiting"),
    "investment_credit": ("ai_capex",),
    "liability": ("lab_revenue", "ai_capex"),
    "loan_to_value_cap": ("ai_debt",),
    "look_through": ("value_gap", "sober_gap"),
    "open_partnerships": ("compute_need", "ai_failures"),
    "open_weights": ("lab_revenue", "ai_price"),
    "permitting_lead": ("compute_online", "compute_waiting"),
    "policy_rate": ("policy_rate", "investment"),
    "power_additions": ("compute_online", "compute_waiting"),
    "private_credit_leverage": ("ai_debt",),
    "public_compute": ("spot_price", "utilisation"),
    "stake_cap": ("circularity",),
    "stimulus": ("real_gdp", "unemployment"),
    "tariff": ("system_price", "ai_capex"),
}
"""Recorded series that show whether a policy's lever does what it is for."""
ALWAYS = ("ai_capex", "real_gdp", "government_debt")


class Cost(NamedTuple):
    """Three tidy tables of mean differences over seeds, policy less no policy, from the policy's start on.

    `moved`: series, unit, without, with, difference, error (standard error over seeds). `government`: row of the
    flow matrix, USD bn in all: receipts positive. `sectors`: change of net worth at the end, USD bn.
    """

    moved: pd.DataFrame
    government: pd.DataFrame
    sectors: pd.DataFrame


class Books(NamedTuple):
    """What one economy leaves behind for the comparison."""

    series: np.ndarray
    government: pd.Series
    net_worth: pd.Series


def cost_of(scenario: Scenario, policy: Policy, seeds: int, quarters: int, vintage: str, firms: int) -> Cost:
    """Run a scenario with and without a policy, each with seeds 1 to `seeds`, and compare series and books.

    Raises `CircuitError` where the policy starts after the horizon.
    """
    from simulation import Economy

    start = min(path.start for path in policy.paths)
    if start > quarters:
        raise CircuitError(f"the policy starts in quarter {start}: choose --quarters {start} or more")
    pairs: list[tuple[Books, Books]] = []
    for seed in range(1, seeds + 1):
        without, having = (
            _books(Economy(each, seed=seed, vintage=vintage, quarters=quarters, firms=firms).run(), start)
            for each in (scenario, scenario.with_policy(policy))
        )
        pairs.append((without, having))
    return Cost(_moved(pairs, _series_of(policy)), _government(pairs), _sectors(pairs))


def _series_of(policy: Policy) -> list[str]:
    targets = [name for path in policy.paths for name in TARGETS.get(path.lever, ())]
    return list(dict.fromkeys([*targets, *ALWAYS]))


def _books(economy: Economy, start: int) -> Books:
    flows = [economy.transaction_flows(quarter)[GOVERNMENT] for quarter in range(start, economy.quarter + 1)]
    total = pd.concat(flows, axis=1).sum(axis=1).drop("change_of_money")
    worth = pd.Series(economy.balance_sheet().loc["net_worth"].drop("sum"))
    return Books(economy.series[start - 1 :].copy(), total, worth)


def _moved(pairs: list[tuple[Books, Books]], names: list[str]) -> pd.DataFrame:
    from simulation.series import SERIES

    rows = []
    for name in names:
        before = np.array([float(without.series[name].mean()) for without, _ in pairs])
        after = np.array([float(having.series[name].mean()) for _, having in pairs])
        rows.append((name, SERIES[name].unit, before.mean(), after.mean(), *_mean_and_error(after - before)))
    return pd.DataFrame(rows, columns=["series", "unit", "without", "with", "difference", "error"])


def _government(pairs: list[tuple[Books, Books]]) -> pd.DataFrame:
    """What government receives more (positive) or pays more (negative), row by row of the flow matrix."""
    differences = pd.concat([having.government - without.government for without, having in pairs], axis=1)
    return _as_table(differences, "row")


def _sectors(pairs: list[tuple[Books, Books]]) -> pd.DataFrame:
    """How much richer (positive) or poorer each sector ends."""
    return _as_table(pd.concat([having.net_worth - without.net_worth for without, having in pairs], axis=1), "sector")


def _as_table(differences: pd.DataFrame, label: str) -> pd.DataFrame:
    rows = [(name, *_mean_and_error(differences.loc[name].to_numpy(float))) for name in differences.index]
    frame = pd.DataFrame(rows, columns=[label, "difference", "error"])
    shown = frame[frame["difference"].abs() >= NEGLIGIBLE]
    return shown.sort_values("difference").reset_index(drop=True)


def _mean_and_error(differences: Array) -> tuple[float, float]:
    number = len(differences)
    error = float(differences.std(ddof=1)) / number**0.5 if number > 1 else float("nan")
    return float(differences.mean()), error


def report(
    scenario: Scenario, policy: Policy, seeds: int, quarters: int, vintage: str, firms: int, console: Console
) -> Cost:
    """Compute and print what a policy moves and who pays."""
    prepare()
    cost = cost_of(scenario, policy, seeds, quarters, vintage, firms)
    start = min(path.start for path in policy.paths)
    console.print(f"[bold]{policy.title}[/bold]: {policy.meaning}", highlight=False)
    console.print(
        f"With it less without it, seeds 1 to {seeds}, quarters {start} to {quarters}; error: one standard error.",
        highlight=False,
    )
    console.print(table_of(cost.moved, "\nWhat moves (mean of the quarters)", digits=3, index=False))
    console.print(table_of(cost.government, "Government's money (USD bn in all, + receives)", digits=2, index=False))
    console.print(
        table_of(
            cost.sectors,
            "Net worth at the end (USD bn; shares at market are owed by their issuer)",
            digits=2,
            index=False,
        )
    )
    return cost
