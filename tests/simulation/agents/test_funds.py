"""Funds: what they want to hold, when they must sell, and who brings them money."""

from __future__ import annotations

import pytest

from simulation.agents.funds import (
    CREDIT_FUND,
    EQUITY_FUND,
    EXTRAPOLATIVE,
    FUNDAMENTAL,
    PASSIVE,
    call_needed,
    credit_fund_flow,
    equity_fund_flow,
    margin_call,
    payable_redemptions,
    wanted_ai_share,
)
from tests.simulation.agents.records import given, one

TILTS = {"fundamental_tilt": 0.5, "extrapolative_tilt": 1.0, "withdrawal_tilt": 0.6}


def share_wanted(style: int, gap: float = 0.0, momentum: float = 0.0, withdrawal: float = 0.0) -> float:
    fund = one(EQUITY_FUND, style=style, ai_normal=0.3, ai_share=0.25)
    return float(wanted_ai_share(fund[0], gap, momentum, withdrawal, given(**TILTS)))


def test_fundamental_funds_lean_against_the_gap_between_price_and_value() -> None:
    assert share_wanted(FUNDAMENTAL, gap=0.2) == pytest.approx(0.27)
    assert share_wanted(FUNDAMENTAL, gap=-0.2) == pytest.approx(0.33)


def test_extrapolative_funds_follow_returns_and_sell_in_a_withdrawal() -> None:
    assert share_wanted(EXTRAPOLATIVE, momentum=0.2) == pytest.approx(0.36)
    assert share_wanted(EXTRAPOLATIVE, momentum=0.2, withdrawal=1.0) == pytest.approx(0.18)


def test_passive_funds_hold_what_they_hold() -> None:
    assert share_wanted(PASSIVE, gap=1.0, momentum=0.5, withdrawal=1.0) == 0.25


@pytest.mark.parametrize(("assets", "net", "cap"), [(120.0, 50.0, 2.0), (200.0, 60.0, 3.0), (90.0, 30.0, 1.5)])
def test_a_margin_call_sells_just_enough_to_bring_leverage_to_the_cap(assets: float, net: float, cap: float) -> None:
    fund = one(EQUITY_FUND, assets=assets, net_assets=net, account__loan=assets - net)
    call = margin_call(fund[0], given(leverage_cap=cap))
    assert call > 0.0
    assert (assets - call) / net == pytest.approx(cap)


def test_a_fund_below_the_cap_gets_no_call() -> None:
    fund = one(EQUITY_FUND, assets=90.0, net_assets=50.0, account__loan=40.0)
    assert margin_call(fund[0], given(leverage_cap=2.0)) == 0.0


def test_a_fund_without_net_assets_must_sell_everything_and_one_without_debt_nothing() -> None:
    ruined = one(EQUITY_FUND, assets=50.0, net_assets=-5.0, account__loan=55.0)
    assert margin_call(ruined[0], given()) == 50.0
    assert margin_call(one(EQUITY_FUND, assets=50.0, net_assets=20.0)[0], given(leverage_cap=2.0)) == 0.0


@pytest.mark.parametrize(("year", "flow"), [(0.2, 0.04), (0.0, 0.01), (3.0, 0.10), (-0.9, -0.035)])
def test_savers_chase_the_past_years_return_within_bounds(year: float, flow: float) -> None:
    assert equity_fund_flow(year, given(fund_flow_base=0.01, fund_flow_slope=0.15)) == pytest.approx(flow)


def test_private_credit_loses_money_faster_than_it_gains_it() -> None:
    p = given(credit_flow_base=0.02, credit_flow_slope=0.1, credit_flow_panic=0.6)
    assert credit_fund_flow(0.05, p) == pytest.approx(0.025)
    assert credit_fund_flow(-0.1, p) == pytest.approx(-0.05)
    assert credit_fund_flow(1e9, p) == pytest.approx(0.08), "a fund that comes back from nothing draws no crowd"


@pytest.mark.parametrize(("loan", "lack", "call"), [(20.0, 8.0, 0.0), (20.0, 22.0, 10.0), (30.0, 12.0, 10.0)])
def test_a_call_brings_just_the_capital_that_the_debt_beyond_the_line_needs(
    loan: float, lack: float, call: float
) -> None:
    fund = one(CREDIT_FUND, net_assets=70.0, account__loan=loan)
    assert call_needed(fund[0], lack, 1.4) == pytest.approx(call)
    if call > 0.0:
        assert (loan + lack - call) / (70.0 + call) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("loan", "line", "payable"), [(20.0, 1e3, 11.0 / 1.4), (20.0, 1.0, 4.0), (30.0, 1e3, 3.0), (28.0, 0.0, 3.0)]
)
def test_redemptions_draw_the_line_as_far_as_the_net_assets_that_stay_carry_it(
    loan: float, line: float, payable: float
) -> None:
    fund = one(CREDIT_FUND, net_assets=70.0, account__loan=loan, account__cash=3.0)
    assert payable_redemptions(fund[0], line, 1.4) == pytest.approx(payable)
