"""The central bank's rule and the government's benefits."""

from __future__ import annotations

import pytest

from simulation.agents.public_sector import GOVERNMENT, log_process, taylor_rate, transfers
from simulation.state import MACRO
from tests.simulation.agents.records import given, one

TAYLOR = {"taylor_smoothing": 0.8, "taylor_inflation": 1.5, "taylor_gap": 0.5, "inflation_target": 0.005}


@pytest.mark.parametrize(
    ("inflation", "gap", "rate"),
    [(0.005, 0.0, 0.038), (0.0075, 0.0, 0.041), (0.005, -0.02, 0.036), (-0.05, -0.2, 0.0)],
)
def test_the_policy_rate_answers_inflation_and_the_gap_slowly_and_never_below_zero(
    inflation: float, gap: float, rate: float
) -> None:
    assert taylor_rate(0.04, inflation, gap, 0.01, given(**TAYLOR)) == pytest.approx(rate)


def test_the_rate_moves_more_than_inflation_in_the_long_run() -> None:
    rate, p = 0.03, given(**TAYLOR)
    for _ in range(200):
        rate = taylor_rate(rate, 0.0075, 0.0, 0.01, p)
    assert rate - 0.03 == pytest.approx(1.5 * 4.0 * 0.0025)


def test_transfers_rise_by_benefits_for_those_out_of_work_beyond_the_normal() -> None:
    government = one(GOVERNMENT, transfer_level=0.1)
    macro = one(MACRO, potential_nominal=1000.0, labour_force=100.0, wage=5.0)
    paid = [transfers(government[0], u, 0.04, macro[0], given(unemployment_benefit=0.4)) for u in (0.04, 0.05, 0.02)]
    assert paid == pytest.approx([100.0, 102.0, 96.0])


def test_a_shock_fades_at_the_rate_of_its_memory() -> None:
    assert log_process(0.1, 0.9, 0.02, 0.0) == pytest.approx(0.09)
    assert log_process(0.0, 0.9, 0.02, -1.5) == pytest.approx(-0.03)
