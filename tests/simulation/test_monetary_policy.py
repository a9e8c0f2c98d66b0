"""The policy rate: put, shocks, what is learned of the neutral rate, and the bonds that follow."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.monetary_policy import learn_neutral_rate, set_policy_rate
from simulation.state import MACRO
from tests.simulation.agents.records import given, one


def economy_after_a_fall(**levers: float) -> float:
    """Policy rate when AI shares stand two fifths below their peak."""
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10, keep_books=False)
    world = economy.state[0][0]
    world["exchange"]["index"], world["exchange"]["index_peak"] = 0.6, 1.0
    for name, value in levers.items():
        world["levers"][name] = value
    set_policy_rate(*economy.state)
    return float(world["macro"]["policy_rate"])


def test_the_put_cuts_the_rate_by_the_size_of_the_fall() -> None:
    assert economy_after_a_fall() - economy_after_a_fall(fed_put=0.05) == pytest.approx(0.02)


def test_a_rate_shock_comes_on_top_of_the_rule_and_does_not_pile_up() -> None:
    assert economy_after_a_fall(policy_rate=0.01) - economy_after_a_fall() == pytest.approx(0.01)


def test_the_put_cannot_push_the_rate_below_zero() -> None:
    assert economy_after_a_fall(fed_put=0.2) == 0.0


def test_the_central_bank_learns_that_a_rate_at_which_the_economy_runs_hot_is_not_neutral() -> None:
    p = given(neutral_rate_gain=0.04, inflation_anchor=0.7, inflation_target=0.005)
    macro = one(MACRO, policy_rule_rate=0.05, policy_rate=0.02, neutral_real_rate=0.01, expected_inflation=0.006)
    learn_neutral_rate(macro[0], p)
    # Wage setters count on .53% a quarter, so that the rule asks for a real rate of 5 - 2.12 = 2.88% a year; that a put
    # or a surprise holds the rate at 2% for now says nothing of it.
    assert macro["neutral_real_rate"][0] == pytest.approx(0.01 + 0.04 * (0.0288 - 0.01))


def test_what_loans_cost_enters_plans_by_a_part_of_its_change() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10, keep_books=False)
    macro, p = economy.state[0][0]["macro"], economy.state[0][0]["parameters"]
    before = float(macro["real_loan_rate"])
    set_policy_rate(*economy.state)
    anchored = (
        p["inflation_anchor"] * p["inflation_target"] + (1.0 - p["inflation_anchor"]) * macro["expected_inflation"]
    )
    now = 4.0 * (macro["loan_rate_quarter"] - anchored)
    assert macro["real_loan_rate"] == pytest.approx(before + p["rate_in_plans"] * (now - before))


def test_nobody_holds_bonds_that_cost_more_than_money() -> None:
    scenario = Scenario.load("baseline").with_parameters(term_premium=-0.01)
    economy = Economy(scenario, seed=1, quarters=1, firms=10, keep_books=False)
    macro, levers = (economy.state[0][0][name] for name in ("macro", "levers"))
    set_policy_rate(*economy.state)
    assert macro["bond_rate"] == pytest.approx(0.25 * (macro["policy_rate"] - 0.01))
    levers["policy_rate"] = -0.1
    set_policy_rate(*economy.state)
    assert macro["policy_rate"] == macro["bond_rate"] == 0.0
