"""Penny warrants for purchases: when they vest, what they cost the supplier and what they are worth to the customer."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.deals.warrants import (
    carrying_value,
    contra_revenue,
    dilution,
    exercised,
    fair_value,
    vest,
)

SHARES, PRICE, WARRANTS, GIGAWATTS, REACHED, FREE = 1000.0, 100.0, 100.0, 6.0, 0.5, 0.0
MARKS = np.array([50.0, 80.0, 100.0, 150.0, 200.0, 300.0])


def test_every_gigawatt_counts_833_against_the_suppliers_revenue() -> None:
    at_grant = fair_value(WARRANTS, PRICE, FREE, REACHED)
    assert at_grant == pytest.approx(5000.0)
    assert round(contra_revenue(at_grant, 1.0, GIGAWATTS)) == 833
    assert contra_revenue(at_grant, GIGAWATTS, GIGAWATTS) == pytest.approx(at_grant)


def test_a_strike_of_a_penny_changes_the_value_by_a_hundredth_of_a_percent() -> None:
    assert fair_value(WARRANTS, PRICE, 0.01, REACHED) == pytest.approx(5000.0 * (1.0 - 1e-4))


def test_after_two_gigawatts_the_customer_owns_three_percent_and_carries_6667() -> None:
    vested = np.zeros(6, np.bool_)
    assert vest(vested, 2.0, 1.0, PRICE, MARKS) == 2
    in_hand = WARRANTS * vested.mean()
    new_shares = exercised(in_hand, PRICE, 0.01)
    assert round(100.0 * dilution(SHARES, new_shares), 1) == 3.2
    assert round(carrying_value(in_hand, WARRANTS - in_hand, PRICE, FREE, REACHED)) == 6667


def test_a_tranche_vests_when_delivered_in_full_and_its_price_mark_is_reached() -> None:
    vested = np.zeros(6, np.bool_)
    assert vest(vested, 0.99, 1.0, PRICE, MARKS) == 0
    assert vest(vested, 4.5, 1.0, 90.0, MARKS) == 2
    assert vest(vested, 4.5, 1.0, 400.0, MARKS) == 2
    assert vested.tolist() == [True, True, True, True, False, False]


def test_what_has_vested_stays_vested_when_the_price_falls() -> None:
    vested = np.zeros(6, np.bool_)
    vest(vested, 3.0, 1.0, PRICE, MARKS)
    assert vest(vested, 3.0, 1.0, 10.0, MARKS) == 0
    assert vested.sum() == 3


def test_deliveries_beyond_the_deal_and_sums_of_small_ones_vest_what_there_is() -> None:
    vested = np.zeros(6, np.bool_)
    assert vest(vested, sum([0.1] * 10), 1.0, 400.0, MARKS) == 1
    assert vest(vested, 60.0, 1.0, 400.0, MARKS) == 5


def test_nobody_exercises_a_warrant_that_is_worth_nothing() -> None:
    assert exercised(10.0, 0.01, 0.01) == 0.0
    assert fair_value(10.0, 0.005, 0.01, REACHED) == 0.0
    assert dilution(SHARES, 0.0) == 0.0
