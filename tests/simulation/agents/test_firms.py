"""Ordinary firms: what they learn of AI, how they adopt it, what they pay, whom they hire."""

from __future__ import annotations

import math
from typing import Any

import pytest

from simulation.agents.banks import BANK
from simulation.agents.firms import (
    FIRM,
    adopt,
    bought_abroad,
    credit_line,
    demand_weight,
    draw_on_bank,
    expect_sales,
    filling_rate,
    hire,
    intended_intensity,
    investment_appetite,
    jobs_to_fill,
    labour_paid,
    learn,
    new_borrowing,
    odds_to_start,
    plan_finance,
    replace_firm,
    reward_of_use,
    staff_needed,
    wanted_ai_spending,
    wanted_investment,
    worth_of_use,
)
from simulation.books.instruments import CAPITAL, FIRST_TANGIBLE
from simulation.state import MACRO, MARKET
from tests.simulation.agents.records import Array, empty_ledger, given, one

INTENSITY = {"intensity_cost": 0.06, "intensity_width": 0.6, "intensity_price_weight": 0.5}
ADOPTION = INTENSITY | {
    "adoption_drift": 0.0025,
    "adoption_imitation": 0.11,
    "adoption_readiness": 2.0,
    "adoption_start": 0.002,
    "adoption_deepening": 0.04,
    "deepening_slope": 4.0,
    "deepening_base": 0.1,
    "adoption_retreat": 0.5,
    "organisation_threshold": 0.02,
    "organisation_lag": 8.0,
    "organisation_decay": 0.05,
    "adoption_effort": 0.03,
}


def intensity(belief: float = 0.06, price: float = 1.0, friction: float = 0.0) -> float:
    p = given(**INTENSITY)
    reward = reward_of_use(one(MARKET, capability=1.0, ai_price=price)[0], p)
    return float(intended_intensity(one(FIRM, belief=belief, friction=friction)[0], reward, p))


def test_a_firm_that_just_earns_the_cost_of_use_would_use_ai_halfway() -> None:
    assert intensity() == pytest.approx(0.5)


def test_small_firms_face_more_friction_and_want_less() -> None:
    assert intensity(friction=0.6) == pytest.approx(1.0 / (1.0 + math.e))


def test_dear_services_lower_the_intensity_a_firm_intends() -> None:
    assert intensity(price=4.0) == pytest.approx(1.0 / (1.0 + 2.0 ** (1.0 / 0.6)))


def test_belief_moves_by_own_experience_and_by_peers() -> None:
    firm = one(FIRM, belief=0.04, intensity=0.1, quarters_used=8.0)
    p = given(belief_own_weight=0.12, belief_prior_quarters=8.0, belief_noise=0.4, belief_peer_weight=0.1)
    learn(firm[0], 0.10, 0.05, 0.2, p)  # a draw of .2 is the mean of the lognormal
    own = 0.04 + 0.12 * 0.5 * (0.10 - 0.04)
    assert firm["belief"][0] == pytest.approx(own + 0.1 * (0.05 - own))
    assert firm["quarters_used"][0] == 9.0


def test_who_does_not_use_ai_learns_from_peers_alone() -> None:
    firm = one(FIRM, belief=0.04)
    learn(firm[0], 0.5, 0.05, 3.0, given(belief_peer_weight=0.1))
    assert firm["belief"][0] == pytest.approx(0.041)
    assert firm["quarters_used"][0] == 0.0


def adopted(firm: Array, chance: float = 0.5, speed: float = 1.0, users: float = 0.5, **values: float) -> Array:
    p = given(**ADOPTION | values)
    reward = reward_of_use(one(MARKET, capability=2.0, ai_price=1.0)[0], p)
    adopt(firm[0], 0.1, 2.0, reward, odds_to_start(users, speed, p), chance, speed, p)
    return firm


QUARTER_WANTED = 0.06 * 3.0**-0.6 / 2.0
"""belief at which, at a capability of 2, a firm wants an intensity of one quarter"""


def test_a_firm_starts_by_example_as_far_as_it_is_ready() -> None:
    odds = (0.0025 + 0.11 * 0.5) * 0.5
    start = adopted(one(FIRM, belief=QUARTER_WANTED), chance=0.999 * odds)
    wait = adopted(one(FIRM, belief=QUARTER_WANTED), chance=1.001 * odds)
    assert start["intensity"][0] == pytest.approx(0.002)
    assert wait["intensity"][0] == 0.0


def test_twice_the_speed_is_twice_the_odds_to_start() -> None:
    odds = (0.0025 + 0.11 * 0.5) * 0.5
    assert adopted(one(FIRM, belief=QUARTER_WANTED), chance=1.999 * odds, speed=2.0)["intensity"][0] > 0.0


def test_without_users_and_drift_nobody_starts() -> None:
    firm = adopted(one(FIRM, belief=0.1), chance=1e-12, users=0.0, adoption_drift=0.0)
    assert firm["intensity"][0] == 0.0


def test_a_user_deepens_the_faster_the_deeper_its_use() -> None:
    firm = adopted(one(FIRM, belief=0.03, intensity=0.1))
    assert firm["intensity"][0] == pytest.approx(0.1 + 0.04 * 0.5 * 0.4)
    assert firm["organisation"][0] == pytest.approx(1.0 / 8.0)
    assert firm["effort"][0] == pytest.approx(0.03 * 0.008)
    assert firm["ai_gain"][0] == pytest.approx(0.1 * 2.0 * 0.108 / 8.0)


def test_a_user_that_wants_less_gives_up_half_of_the_excess_at_once() -> None:
    assert adopted(one(FIRM, belief=0.03, intensity=0.7))["intensity"][0] == pytest.approx(0.6)


def test_organisational_capital_fades_where_ai_is_not_used() -> None:
    assert adopted(one(FIRM, belief=1e-4, organisation=0.8))["organisation"][0] == pytest.approx(0.76)


def test_without_the_j_curve_adoption_takes_no_effort() -> None:
    assert adopted(one(FIRM, belief=0.03, intensity=0.1), j_curve=0.0)["effort"][0] == 0.0


def spending(belief: float = 0.06, price: float = 1.0) -> float:
    firm = one(FIRM, belief=belief, intensity=0.5, value_added=10.0)
    p = given(capture=0.35, budget_cap=0.06, demand_elasticity=1.1)
    return float(wanted_ai_spending(firm[0], worth_of_use(one(MARKET, capability=2.0, ai_price=price)[0], p), p))


def test_sellers_capture_a_part_of_the_gain_that_firms_believe_in() -> None:
    assert spending() == pytest.approx(0.35 * 0.06 * 2.0 * 0.5 * 10.0)


def test_ai_spending_stays_within_the_budget() -> None:
    assert spending(belief=0.5) == pytest.approx(0.6)


def test_spending_falls_with_price_as_its_elasticity_says() -> None:
    assert spending(price=1024.0) == pytest.approx(0.5 * spending())


INVESTMENT = {
    "capital_depreciation": 0.02,
    "accelerator": 0.15,
    "utilisation_response": 0.02,
    "investment_loan_rate": -0.1,
}


def investment(**values: float) -> float:
    sales = values.pop("expected_sales", 50.0)  # what a capital of 100 is meant for, at a ratio of 2
    firm = one(FIRM, expected_sales=sales, expected_growth=values.pop("expected_growth", 0.01))
    firm["account"]["tangible"][0, CAPITAL - FIRST_TANGIBLE] = 100.0
    macro = one(MACRO, trend_nominal_growth=0.01, capital_ratio=2.0, **values)
    p = given(investment_stress=-0.3, **INVESTMENT)
    return float(wanted_investment(firm[0], investment_appetite(macro[0], p), macro[0], p))


def test_a_firm_on_trend_replaces_its_capital_and_grows_with_the_trend() -> None:
    assert investment() == pytest.approx(3.0)


def test_investment_accelerates_with_expected_sales() -> None:
    assert investment(expected_growth=0.03) == pytest.approx(3.0 + 100.0 * 0.15 * 0.02)


def test_a_firm_short_of_capacity_expands_and_one_with_idle_capacity_holds_back() -> None:
    # Sales a tenth above what its capital is meant for: 0.2 percent of capital more, and the other way round.
    assert investment(expected_sales=55.0) == pytest.approx(3.0 + 100.0 * 0.02 * 0.1)
    assert investment(expected_sales=45.0) == pytest.approx(3.0 - 100.0 * 0.02 * 0.1)
    assert investment(expected_sales=500.0) == pytest.approx(3.0 + 100.0 * 0.02 * 0.5)


def test_a_firm_may_draw_on_its_bank_up_to_a_part_of_its_capital() -> None:
    firm = one(FIRM)
    firm["account"]["tangible"][0, CAPITAL - FIRST_TANGIBLE] = 100.0
    firm["account"]["loan"] = 12.0
    assert credit_line(firm[0], given(firm_credit_limit=0.35)) == pytest.approx(23.0)
    firm["account"]["loan"] = 40.0
    assert credit_line(firm[0], given(firm_credit_limit=0.35)) == 0.0


def test_dear_loans_and_tight_credit_hold_investment_back() -> None:
    assert investment(real_loan_rate=0.01) == pytest.approx(3.0 - 100.0 * 0.1 * 0.01)
    assert investment(stress=0.5) == pytest.approx(3.0 * 0.85)


def test_sales_expectations_follow_sales_and_their_own_growth() -> None:
    firm = one(FIRM, sales=110.0, expected_sales=100.0, expected_growth=0.01)
    expect_sales(firm[0], given(expectation_gain=0.25, growth_gain=0.1))
    assert firm["expected_sales"][0] == pytest.approx(101.0 + 0.25 * (110.0 - 101.0))
    assert firm["expected_growth"][0] == pytest.approx(0.01 + 0.1 * (0.1 - 0.01))


def test_sales_that_grow_as_expected_surprise_nobody() -> None:
    firm = one(FIRM, sales=101.25, expected_sales=100.0, expected_growth=0.0125)
    expect_sales(firm[0], given(expectation_gain=0.25, growth_gain=0.1))
    assert firm["expected_sales"][0] == pytest.approx(101.25)
    assert firm["expected_growth"][0] == pytest.approx(0.0125)


def test_staff_follow_need_as_far_as_people_can_be_found() -> None:
    macro = one(MACRO, productivity=2.0, fortune=1.0, price_level=1.25)
    firm = one(FIRM, sales=275.0, labour=100.0, fortune=1.0, ai_gain=0.1)
    p = given(labour_adjustment=0.25, longest_hours=0.05)
    firm["staff_needed"] = staff_needed(firm[0], macro[0])
    assert firm["staff_needed"][0] == pytest.approx(100.0)  # 275 / (2 x 1.1 x 1.25)
    firm["staff_needed"] = 120.0
    assert jobs_to_fill(firm[0], p) == pytest.approx(5.0)
    hire(firm[0], 0.4, p)
    assert firm["labour"][0] == pytest.approx(102.0)
    firm["staff_needed"] = 90.0
    hire(firm[0], 0.4, p)  # to let people go needs nobody's consent
    assert firm["labour"][0] == pytest.approx(99.0)


def test_employers_share_those_who_look_for_work_when_there_are_too_few() -> None:
    assert filling_rate(2.0, 5.0) == 1.0
    assert filling_rate(2.0, 0.5) == pytest.approx(0.25)
    assert filling_rate(2.0, -1.0) == 0.0
    assert filling_rate(0.0, -1.0) == 1.0


def test_what_staff_cannot_make_with_the_longest_hours_is_bought_abroad() -> None:
    p = given(longest_hours=0.05)
    assert bought_abroad(one(FIRM, labour=100.0, staff_needed=105.0)[0], p) == pytest.approx(0.0)
    assert bought_abroad(one(FIRM, labour=100.0, staff_needed=140.0)[0], p) == pytest.approx(0.25)


def test_longer_hours_are_paid_up_to_the_longest_and_idle_staff_in_full() -> None:
    p = given(longest_hours=0.05)
    assert labour_paid(one(FIRM, labour=100.0, staff_needed=103.0)[0], p) == pytest.approx(103.0)
    assert labour_paid(one(FIRM, labour=100.0, staff_needed=140.0)[0], p) == pytest.approx(105.0)
    assert labour_paid(one(FIRM, labour=100.0, staff_needed=80.0)[0], p) == pytest.approx(100.0)


def test_a_productivity_lead_brings_market_share() -> None:
    p = given(productivity_share=0.5)
    lead = demand_weight(one(FIRM, scale=3.0, fortune=1.0, ai_gain=0.21)[0], p)
    assert lead / demand_weight(one(FIRM, scale=3.0, fortune=1.0)[0], p) == pytest.approx(1.1)


def test_a_loan_at_its_target_grows_with_the_trend() -> None:
    assert new_borrowing(100.0, 101.0, 0.01, given(loan_adjustment=0.1)) == pytest.approx(1.0)


def test_a_loan_closes_a_tenth_of_its_gap_to_the_target() -> None:
    assert new_borrowing(100.0, 121.0, 0.01, given(loan_adjustment=0.1)) == pytest.approx(1.0 + 2.0)


def test_a_firm_with_just_its_buffer_pays_out_the_normal_part_of_profit() -> None:
    macro = one(MACRO, payout=0.8, firm_money_ratio=0.4, credit_appetite=1.0)
    firm = one(FIRM, profit=10.0, expected_sales=100.0)
    # 48 of money before the dividend: a buffer of 40, and the 8 that are paid out.
    change, dividend = plan_finance(firm[0], 48.0, one(BANK, lends=1.0)[0], macro[0], given(buffer_adjustment=0.2))
    assert (change, dividend) == (0.0, pytest.approx(8.0))


def test_a_firm_pays_out_a_fifth_of_what_stands_above_its_buffer() -> None:
    macro = one(MACRO, payout=0.8, firm_money_ratio=0.4, credit_appetite=1.0)
    firm = one(FIRM, profit=10.0, expected_sales=100.0)
    _, dividend = plan_finance(firm[0], 58.0, one(BANK, lends=1.0)[0], macro[0], given(buffer_adjustment=0.2))
    assert dividend == pytest.approx(8.0 + 0.2 * 10.0)


def short_firm(lends: float) -> tuple[Any, Any, Any, Any]:
    """A firm that lacks 2 and could draw 40 on its capital of 100, with a bank that lends or does not (USD bn)."""
    firm = one(FIRM, account__cash=-2.0, account__loan=20.0)
    firm["account"]["tangible"][0][CAPITAL - FIRST_TANGIBLE] = 100.0
    bank, ledger = one(BANK, lends=lends), empty_ledger()
    return firm[0], bank[0], ledger[0], given(firm_credit_limit=0.6, default_cost=0.8, successor_loan=0.2)


def test_a_bank_that_is_short_of_capital_pays_no_overdraft() -> None:
    assert draw_on_bank(*short_firm(1.0))
    assert not draw_on_bank(*short_firm(0.0))


def test_what_a_bank_writes_off_on_a_failed_firm_is_its_loss() -> None:
    """Of 22 owed after the overdraft a fifth of plant worth 80 is sound: 6 are lost."""
    firm, bank, ledger, p = short_firm(0.0)
    replace_firm(firm, bank, ledger, p)
    assert float(firm["account"]["loan"]) == pytest.approx(16.0)
    assert float(bank["losses"]) == pytest.approx(6.0)
