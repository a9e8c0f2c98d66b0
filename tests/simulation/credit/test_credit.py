"""Lenders: the chance that maturing debt is carried on, and how well a debtor covers what it owes."""

from __future__ import annotations

import math

import pytest

from simulation.credit.debt_service import rollover_chance
from simulation.incomes.statements import debt_cover
from tests.simulation.agents.records import given

ROLL_OVER = {
    "rollover_cover_weight": 4.0,
    "rollover_cover_centre": 1.05,
    "rollover_collateral_weight": 3.0,
    "rollover_collateral_centre": 0.85,
    "rollover_stress_weight": 1.5,
    "rollover_refusal_weight": 2.0,
}


@pytest.mark.parametrize(
    ("cover", "loan_to_value", "stress", "refusals", "score"),
    [
        (1.05, 0.85, 0.0, 0.0, 0.0),
        (1.55, 0.85, 0.0, 0.0, 2.0),
        (1.05, 1.35, 0.0, 0.0, -1.5),
        (1.05, 0.85, 1.0, 0.0, -1.5),
        (1.05, 0.85, 0.0, 0.5, -1.0),
    ],
)
def test_debt_is_rolled_over_by_cover_collateral_stress_and_what_others_do(
    cover: float, loan_to_value: float, stress: float, refusals: float, score: float
) -> None:
    chance = rollover_chance(cover, loan_to_value, stress, refusals, given(**ROLL_OVER))
    assert chance == pytest.approx(1.0 / (1.0 + math.exp(-score)))


def test_a_sound_debtor_is_nearly_certain_and_a_ruined_one_nearly_hopeless() -> None:
    p = given(**ROLL_OVER)
    assert rollover_chance(9.0, 0.2, 0.0, 0.0, p) > 0.9999
    assert rollover_chance(-9.0, 3.0, 1.0, 1.0, p) < 1e-9


def test_cover_counts_interest_and_the_part_of_the_debt_that_matures() -> None:
    assert debt_cover(6.0, 2.0, 28.0) == pytest.approx(2.0)
    assert debt_cover(-3.0, 2.0, 28.0) == pytest.approx(-1.0)
    assert debt_cover(1.0, 0.0, 0.0) == debt_cover(1e9, 1.0, 1.0) == 9.0
