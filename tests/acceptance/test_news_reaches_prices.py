"""News reaches prices, and prices reach plans: the direction of paired effects at the defaults."""

from __future__ import annotations

import math

import pytest

from simulation.scenario import AgentEvent, Scenario
from simulation.scenario.paths import Path
from tests.acceptance.runs import CALM, QUARTERS, START, falls, rises, runs

YEAR = START + 3
CRASH = CALM.with_shocks(Path("sentiment", START, math.log(0.6), shape="once"))


def test_the_failure_of_a_key_player_lowers_investment_and_the_shares_of_the_others() -> None:
    failure = CALM.with_events(AgentEvent("OpenAI", "failure", START))
    for series in ("ai_capex", "ai_equity"):
        falls(failure, series, first=START + 1)


def test_a_crash_of_ai_shares_lowers_investment_and_the_labs_rounds() -> None:
    falls(CRASH, "ai_capex", first=START + 2)
    falls(CRASH, "lab_equity", last=YEAR + 2)


def test_the_worse_the_crash_the_more_is_not_built() -> None:
    built = []
    for size in (0.0, 0.2, 0.4, 0.6):
        crash = CALM.with_shocks(Path("sentiment", START, math.log(1.0 - size), shape="once")) if size else CALM
        built.append(float(runs(crash)["ai_capex"][:, START:].mean()))
    assert built == sorted(built, reverse=True), built


def test_a_shorter_book_life_of_compute_lowers_ai_shares() -> None:
    for size in (0.67, 0.4):
        falls(CALM.with_shocks(Path("depreciation_life", START, size)), "ai_equity", last=YEAR)
    falls(Scenario.load("accounting-audit").with_switches(withdrawal=False, luck=False), "ai_equity", last=YEAR)


def test_a_scandal_at_the_largest_firm_lowers_the_index_by_its_weight() -> None:
    scandal = CALM.with_events(AgentEvent("Nvidia", "scandal", START, 0.5))
    change = (runs(scandal)["ai_equity"] / runs(CALM)["ai_equity"]).mean(axis=0)[START - 1]
    assert change == pytest.approx(0.89, abs=0.04), "Nvidia is a fifth of AI shares"


def test_dearer_money_lowers_investment_and_ai_shares() -> None:
    dear = CALM.with_shocks(Path("policy_rate", START, 0.02))
    falls(dear, "ai_capex", last=QUARTERS)
    falls(dear, "ai_equity", last=YEAR)


def test_a_recession_does_not_raise_ai_shares() -> None:
    slump = Scenario.load("demand-recession").with_switches(withdrawal=False, luck=False)
    falls(slump, "ai_equity", last=YEAR)


def test_consumers_take_ai_up_faster_where_firms_do() -> None:
    rises(CALM.with_shocks(Path("adoption_speed", START, 2.0)), "end_demand_revenue", first=START + 1)
