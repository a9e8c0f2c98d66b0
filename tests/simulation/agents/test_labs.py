"""Labs: what they train with, what compute they reserve, and how long their money lasts."""

from __future__ import annotations

import math

import pytest

from simulation.agents.labs import LAB, affordable_dues, compute_wanted, runway, train, training_budget
from tests.simulation.agents.records import given, one

TRAINING = {
    "training_per_revenue": 0.25,
    "commitment_horizon": 6.0,
    "training_chase": 0.5,
    "training_withdrawal_factor": 0.4,
    "training_cash_share": 0.3,
    "compute_share": 0.6,
    "lab_other_cost": 0.3,
    "training_growth_floor": -0.25,
    "training_growth_ceiling": 0.35,
}


def budget(
    before: float = 4.0,
    cash: float = 30.0,
    best: float = 0.0,
    growth: float = 0.1,
    withdrawal: float = 0.0,
    lever: float = 1.0,
) -> float:
    lab = one(LAB, revenue=10.0, training_budget=before, expected_growth=growth, account__cash=cash)
    return float(training_budget(lab[0], best, withdrawal, given(**TRAINING), lever))


def test_training_follows_the_revenue_that_is_expected_by_the_horizon() -> None:
    assert budget() == pytest.approx(0.25 * 10.0 * 1.1**6)
    assert budget(growth=0.0, before=2.5) == pytest.approx(2.5)


def test_a_lab_trains_to_stay_in_the_race_with_the_largest() -> None:
    assert budget(best=10.0) == pytest.approx(5.0)
    assert budget(best=2.0) == pytest.approx(0.25 * 10.0 * 1.1**6)


def test_plans_go_as_far_as_money_and_margin_do() -> None:
    # Services cost nine tenths of revenue: one of ten is left, and three tenths of ten in cash.
    assert budget(best=20.0, cash=10.0) == pytest.approx(0.3 * 10.0 + 0.1 * 10.0)
    assert budget(before=1.0, cash=0.0) == pytest.approx(1.0)


def test_in_a_withdrawal_plans_grow_less_and_money_is_kept_together() -> None:
    assert budget(before=3.0, withdrawal=1.0) == pytest.approx(0.25 * 10.0 * 1.04**6)
    assert budget(before=3.0, cash=10.0, withdrawal=1.0) == pytest.approx(0.4 * 3.0 + 1.0, abs=0.06)


def test_training_shrinks_by_a_quarter_of_itself_at_most() -> None:
    assert budget(before=8.0) == pytest.approx(6.0)


def test_training_grows_no_faster_than_a_team_can() -> None:
    assert budget(before=2.0) == pytest.approx(2.7)


def test_a_shock_to_training_budgets_scales_them() -> None:
    assert budget(lever=0.9) == pytest.approx(0.9 * 0.25 * 10.0 * 1.1**6)


def test_quality_is_the_logarithm_of_a_stock_of_training_that_ages() -> None:
    lab = one(LAB, training_stock=10.0, quality_intercept=1.0)
    train(lab[0], 3.0, -math.inf, given(training_decay=0.12))
    assert lab["training_stock"][0] == pytest.approx(11.8)
    assert lab["quality"][0] == pytest.approx(1.0 + math.log(11.8))


def test_who_trains_less_makes_up_a_part_of_the_distance_and_never_more_than_all_of_it() -> None:
    lab = one(LAB, training_stock=10.0, quality_intercept=1.0)
    p = given(training_decay=0.12, catching_up=0.1)
    frontier = math.log(10.0) + 2.0
    train(lab[0], 1.2, frontier, p)
    assert lab["quality"][0] == pytest.approx(1.0 + math.log(10.0) + 0.1 * 2.0)
    for _ in range(200):
        train(lab[0], 1.2, frontier, p)
    assert lab["quality"][0] == pytest.approx(1.0 + frontier)


def test_the_best_learns_from_nobody() -> None:
    lab = one(LAB, training_stock=10.0, quality_intercept=1.0)
    train(lab[0], 1.2, math.log(10.0), given(training_decay=0.12, catching_up=0.1))
    assert lab["quality"][0] == pytest.approx(1.0 + math.log(10.0))


def test_a_lab_that_burns_nothing_has_all_the_time_in_the_world() -> None:
    assert runway(9.0, 2.0) == pytest.approx(4.5)
    assert runway(9.0, 0.0) > 50.0


def test_compute_is_reserved_for_growth_and_to_be_ahead() -> None:
    lab = one(LAB, need=2.0, expected_growth=0.1)
    p = given(commitment_horizon=6.0, lab_race=0.2)
    assert compute_wanted(lab[0], p) == pytest.approx(2.0 * 1.1**6 * 1.2)
    assert compute_wanted(lab[0], given(commitment_horizon=6.0, lab_race=0.2, race=0.0)) == pytest.approx(2.0 * 1.1**6)


def test_a_lab_owes_no_more_than_cash_half_its_margin_and_a_part_of_its_valuation() -> None:
    lab = one(LAB, revenue=5.0, other_budget=2.0, expected_growth=0.1, account__cash=10.0)
    p = given(commitment_margin=0.5, dilution_tolerance=0.12)
    assert affordable_dues(lab[0], 200.0, p) == pytest.approx(10.0 + 0.5 * 4.0 * 3.0 * 1.21 + 24.0)


def test_a_lab_without_margin_can_owe_only_against_cash_and_valuation() -> None:
    lab = one(LAB, revenue=2.0, other_budget=3.0, account__cash=10.0)
    p = given(commitment_margin=0.5, dilution_tolerance=0.12)
    assert affordable_dues(lab[0], 200.0, p) == pytest.approx(34.0)
