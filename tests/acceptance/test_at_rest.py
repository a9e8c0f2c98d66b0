"""When nothing happens nothing moves: the economy without AI and without luck, at the defaults."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import Economy, Scenario

VINTAGES = ("2022Q4", "2024Q4")
REAL = ("real_gdp", "consumption", "investment", "government_purchases", "exports", "imports")
# What leaves the central bank and wage setters nothing to correct: unemployment of the opening is natural, inflation is
# at a target within its range (it opens at 5 and 2.8 percent a year, and to bring it down is no rest).
CONTENT = {
    "2022Q4": {"inflation_target": 0.0075, "natural_unemployment": 0.036},
    "2024Q4": {"inflation_target": 0.0056, "natural_unemployment": 0.042},
}


def quiet(**parameters: float) -> Scenario:
    """Without AI and without chance; whether a giant's bond is rolled over is a draw too, and frightens nobody here."""
    calm = Scenario.load("baseline").with_switches(
        ai=False, withdrawal=False, macro_noise=False, price_noise=False, luck=False
    )
    return calm.with_parameters(stress_of_refusals=0.0, **parameters)


def still(scenario: Scenario, vintage: str, quarters: int, content: bool = False) -> Economy:
    """An economy whose giants grow with their customers: their lead of 2022 to 2025, which fades, is no rest."""
    economy = Economy(scenario, vintage=vintage, quarters=quarters, keep_books=False)
    economy.kinds["clouds"]["core_growth"] = 0.0
    if content:
        for name in ("inflation", "expected_inflation"):
            economy.state[0][0]["macro"][name] = CONTENT[vintage]["inflation_target"]
    return economy


@cache
def history(vintage: str, content: bool = False, firm_luck: float = 0.02, quarters: int = 80) -> pd.DataFrame:
    scenario = quiet(firm_luck=firm_luck, **(CONTENT[vintage] if content else {}))
    return still(scenario, vintage, quarters, content).run().history


def deviations(path: pd.DataFrame, trend: float = 0.005) -> pd.DataFrame:
    """Log deviations of real series from a line that grows with the trend and runs through their mean."""
    real = np.log(path[list(REAL)])
    for name in REAL[1:]:
        real[name] -= np.log(path["price_level"])
    detrended = real.sub(np.log(1.0 + trend) * np.arange(len(real)), axis=0)
    return detrended - detrended.mean()


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("ai", [False, True])
def test_income_of_the_first_quarter_is_what_households_counted_on(vintage: str, ai: bool) -> None:
    scenario = Scenario.load("baseline").with_switches(ai=ai, macro_noise=False, luck=False)
    economy = Economy(scenario, vintage=vintage, quarters=1, keep_books=False)

    def income(of: str) -> Any:
        return economy.kinds["households"][of].sum()

    counted_on = income("permanent_income") * (1.0 + economy.state[0][0]["macro"]["trend_nominal_growth"])
    economy.step()
    assert income("disposable_income") == pytest.approx(counted_on, rel=0.005)


@pytest.mark.parametrize("vintage", VINTAGES)
def test_an_opening_that_leaves_nothing_to_correct_moves_by_less_than_a_percent_in_two_years(vintage: str) -> None:
    away = deviations(history(vintage, content=True).iloc[:8]).abs().max()
    assert (away < 0.01).all(), away.round(4).to_dict()


def test_nothing_moves_by_more_than_a_percent_in_the_two_years_after_2024() -> None:
    away = deviations(history("2024Q4").iloc[:8]).abs().max()
    assert (away < 0.01).all(), away.round(4).to_dict()


@pytest.mark.parametrize("firm_luck", [0.02, 0.085])
@pytest.mark.parametrize("vintage", VINTAGES)
def test_unemployment_hardly_swings_by_itself(vintage: str, firm_luck: float) -> None:
    path = history(vintage, content=True, firm_luck=firm_luck)["unemployment"].iloc[:40]
    assert path.max() - path.min() < 0.005


@pytest.mark.parametrize("vintage", VINTAGES)
def test_a_blow_to_demand_is_half_forgotten_within_three_years(vintage: str) -> None:
    base = history(vintage)["unemployment"]
    scenario = quiet(firm_luck=0.02)
    economy = still(scenario, vintage, 40)
    economy.kinds["households"]["permanent_income"] *= 0.98
    gap = (economy.run().history["unemployment"] - base.iloc[:40]).abs().to_numpy()
    worst = int(gap.argmax())
    assert gap[worst] > 0.002
    assert gap[worst + 12 :].max() < 0.5 * gap[worst]


@pytest.mark.slow
@pytest.mark.parametrize("vintage", VINTAGES)
def test_a_century_without_ai_keeps_rates_jobs_and_debt_within_reason(vintage: str) -> None:
    path = Economy(quiet(firm_luck=0.02), vintage=vintage, quarters=400, keep_books=False).run().history
    decades = path.groupby(np.arange(400) // 40).mean()
    assert decades["policy_rate"].between(0.02, 0.08).all(), decades["policy_rate"].round(4).to_list()
    assert decades["unemployment"].between(0.03, 0.06).all(), decades["unemployment"].round(4).to_list()
    assert decades["government_debt"].between(0.6, 1.5).all(), decades["government_debt"].round(3).to_list()
