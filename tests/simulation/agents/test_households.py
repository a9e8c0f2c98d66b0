"""Households: permanent income, the lasting part of wealth, consumption, taxes."""

from __future__ import annotations

import math

import pytest

from simulation.agents.households import HOUSEHOLD, expect_income, pay_taxes, smooth_wealth, wanted_consumption
from simulation.agents.public_sector import GOVERNMENT
from simulation.books.instruments import FUND_SHARES, LISTED_EQUITY
from simulation.state import MACRO
from tests.simulation.agents.records import empty_ledger, given, one


def test_permanent_income_grows_with_the_trend_and_learns_slowly() -> None:
    household = one(HOUSEHOLD, permanent_income=100.0, disposable_income=110.0)
    expect_income(household[0], 0.01, given(income_gain=0.15))
    assert household["permanent_income"][0] == pytest.approx(101.5 * 1.01)


def test_permanent_income_keeps_up_with_income_that_grows_with_the_trend() -> None:
    household = one(HOUSEHOLD, permanent_income=100.0, disposable_income=100.0)
    for _ in range(20):
        expect_income(household[0], 0.01, given(income_gain=0.3))
        household["disposable_income"] *= 1.01
    assert household["permanent_income"][0] == pytest.approx(household["disposable_income"][0])


def test_a_gain_in_share_prices_is_felt_bit_by_bit() -> None:
    household, ledger = one(HOUSEHOLD, account__column=4, smoothed_wealth=100.0), empty_ledger()
    ledger["position"][0, LISTED_EQUITY, 4] = 100.0
    ledger["position"][0, FUND_SHARES, 4] = 40.0
    smooth_wealth(household[0], ledger[0], 5, 0.0, given(wealth_smoothing=0.25))
    assert household["equity_wealth"][0] == 140.0
    assert household["smoothed_wealth"][0] == pytest.approx(110.0)


def test_wealth_that_grows_with_the_trend_is_felt_in_full() -> None:
    household, ledger = one(HOUSEHOLD, account__column=4, smoothed_wealth=100.0), empty_ledger()
    for _ in range(20):
        ledger["position"][0, LISTED_EQUITY, 4] = household["smoothed_wealth"][0] * 1.01
        smooth_wealth(household[0], ledger[0], 5, 0.01, given(wealth_smoothing=0.2))
    assert household["smoothed_wealth"][0] == pytest.approx(100.0 * 1.01**20)


def test_shares_of_insurers_and_bond_funds_are_no_equity_wealth() -> None:
    household, ledger = one(HOUSEHOLD, account__column=4, smoothed_wealth=100.0), empty_ledger()
    ledger["position"][0, FUND_SHARES, 4] = 140.0
    ledger["shares"][0, 4, 5] = 80.0
    ledger["price"][0, 5] = 0.5
    smooth_wealth(household[0], ledger[0], 5, 0.0, given(wealth_smoothing=0.25))
    assert household["equity_wealth"][0] == pytest.approx(100.0)


def consumption(real_loan_rate: float = 0.0, real_loan_rate_normal: float = 0.0, **values: float) -> float:
    household = one(HOUSEHOLD, propensity=0.9, permanent_income=1000.0, smoothed_wealth=10_000.0, opening_wealth=8000.0)
    macro = one(
        MACRO, household_demand=1.0, trend_level=1.25, real_loan_rate=real_loan_rate,
        real_loan_rate_normal=real_loan_rate_normal,
    )  # fmt: skip
    return float(wanted_consumption(household[0], macro[0], given(wealth_effect=0.032, **values)))


def test_consumption_is_a_part_of_permanent_income_and_a_quarters_part_of_wealth() -> None:
    assert consumption() == pytest.approx(900.0 + 80.0)


def test_a_point_on_the_real_rate_puts_off_four_thousandths_of_consumption() -> None:
    dear = consumption(consumption_rate=0.4, real_loan_rate=0.05, real_loan_rate_normal=0.04)
    assert dear / consumption() == pytest.approx(math.exp(-0.004))


def test_without_the_wealth_channel_wealth_counts_as_it_stood_at_the_opening() -> None:
    assert consumption(wealth_channel=0.0) == pytest.approx(900.0 + 0.008 * 8000.0 * 1.25)


def test_taxes_fall_on_wages_and_capital_income_and_arrive_at_the_government() -> None:
    household = one(
        HOUSEHOLD, account__column=4, account__bank=7, account__cash=200.0,
        wages=100.0, transfers=20.0, capital_income=40.0, interest_paid=10.0,
    )  # fmt: skip
    government, ledger = one(GOVERNMENT, account__column=6, account__bank=7), empty_ledger()
    assert pay_taxes(household[0], government[0], ledger[0], given(tax_capital=0.15), 0.27) == pytest.approx(33.0)
    assert household["disposable_income"][0] == pytest.approx(117.0)
    assert government["account"]["cash"][0] == pytest.approx(33.0)
    assert household["account"]["cash"][0] == pytest.approx(167.0)
