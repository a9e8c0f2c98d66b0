"""The central bank's rule and the government's benefits."""

from __future__ import annotations

import pytest

from simulation.agents.public_sector import (
    GOVERNMENT,
    REST_OF_WORLD,
    exports_wanted,
    log_process,
    taylor_rate,
    transfers,
)
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


def test_transfers_save_a_twentieth_a_year_of_debt_that_has_outgrown_output() -> None:
    government = one(GOVERNMENT, transfer_level=0.1, debt=4200.0, debt_ratio=4.0)
    macro = one(MACRO, potential_nominal=1000.0)
    assert transfers(government[0], 0.04, 0.04, macro[0], given(debt_response=0.05)) == pytest.approx(100.0 - 2.5)


def test_exports_rise_where_foreigners_claims_have_outgrown_output() -> None:
    abroad = one(REST_OF_WORLD, export_share=0.1, claims=1300.0, claims_ratio=1.25)
    macro = one(MACRO, potential_nominal=1000.0)
    assert exports_wanted(abroad[0], macro[0], given(external_adjustment=0.02)) == pytest.approx(100.0 + 1.0)


def test_a_shock_fades_at_the_rate_of_its_memory() -> None:
    assert log_process(0.1, 0.9, 0.02, 0.0) == pytest.approx(0.09)
    assert log_process(0.0, 0.9, 0.02, -1.5) == pytest.approx(-0.03)
