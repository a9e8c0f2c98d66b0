"""Owners of compute: what they want for themselves, what they order, how their machines lose value."""

from __future__ import annotations

import math

import pytest

from simulation.agents.clouds import (
    CLOUD,
    advance_sites,
    building_due,
    depreciate_compute,
    equipment_to_order,
    expect_need,
    finish_sites,
    growth_to_build_for,
    impair,
    installable,
    keep_to_plan,
    other_capex_wanted,
    own_use_need,
    profitability,
    receive_chips,
    room_for_chips,
    start_site,
    uplift,
    wait_for_permits,
    wanted_orders,
)
from simulation.books.instruments import COMPUTE, CONSTRUCTION, SHELLS
from simulation.investment.orders import plan_left, revise_plan
from tests.simulation.agents.records import Array, empty_ledger, given, one


def owner(**values: float) -> Array:
    return one(CLOUD, reference_compute=2.0, uplift_belief=0.15, uplift_true=0.1, liftable=100.0, **values)


def test_own_use_grows_until_the_last_gigawatt_pays_its_rent_over_the_payback() -> None:
    # A gigawatt more brings 15 / (2 + need) bn, of which 0.6 is spent on it.
    need = own_use_need(owner()[0], 2.25, given(own_use_payback=0.6))
    assert need == pytest.approx(2.0)
    assert 0.15 * 100.0 / (2.0 + need) == pytest.approx(2.25 / 0.6)


def test_owners_spend_the_same_part_of_revenue_on_compute_however_cheap_it_is() -> None:
    spent = [rent * (own_use_need(owner()[0], rent, given(own_use_payback=0.6)) + 2.0) for rent in (2.0, 1.0, 0.1)]
    assert spent == pytest.approx([9.0, 9.0, 9.0])


def test_compute_too_dear_for_the_core_business_is_not_wanted_there() -> None:
    assert own_use_need(owner()[0], 4.6, given(own_use_payback=0.6)) == 0.0


def test_a_neocloud_has_no_core_business_to_lift() -> None:
    neocloud = one(CLOUD, uplift_belief=0.15, uplift_true=0.1, own_use=3.0)
    assert own_use_need(neocloud[0], 1.0, given()) == 0.0
    assert uplift(neocloud[0]) == 0.0


def test_the_uplift_of_core_revenue_follows_the_truth_not_the_belief() -> None:
    assert uplift(owner(own_use=2.0)[0]) == pytest.approx(10.0 * math.log(2.0))
    assert uplift(owner(own_use=6.0)[0]) == pytest.approx(10.0 * math.log(4.0))


def test_expected_growth_mixes_experience_with_the_contracts_in_hand() -> None:
    cloud = one(CLOUD, expected_need=10.0)
    p = given(expectation_gain=0.25, expectation_backlog_weight=0.4)
    assert expect_need(cloud[0], 12.0, 11.0, 0.2, p) == pytest.approx(0.6 * 0.025 + 0.4 * 0.2)
    assert cloud["expected_growth"][0] == pytest.approx(0.025)
    assert cloud["expected_need"][0] == 12.0


def test_one_wild_quarter_does_not_carry_expectations_away() -> None:
    cloud = one(CLOUD, expected_need=10.0)
    p = given(expectation_gain=0.4, expectation_backlog_weight=0.4)
    assert expect_need(cloud[0], 50.0, 50.0, 0.0, p) == pytest.approx(0.6 * 0.4 * 0.5)


ORDER_RULE = {
    "capex_adjustment": 0.4,
    "plan_tolerance": 0.15,
    "order_horizon": 2.0,
    "construction_lead": 3.0,
    "target_utilisation": 0.85,
    "attrition": 0.015,
    "rent_gap_over_life": 0.5,
    "hurdle_floor": 0.6,
    "hurdle_width": 0.35,
    "cloud_race": 0.2,
    "growth_on_speculation": 0.25,
    "valuation_effect": 0.05,
}


def builder(**values: float) -> Array:
    """Ten gigawatts are wanted, nine stand, half of one is on its way."""
    return one(
        CLOUD, **{"planned_need": 8.5, "online": 8.0, "waiting": 1.0, "pipeline": 0.5, "user_cost": 2.0} | values
    )


def orders(growth: float = 0.0, signed: float = 0.0, spot: float = 2.0, gap: float = 0.0, **values: float) -> float:
    return float(wanted_orders(builder(**values)[0], growth, signed, spot, gap, given(**ORDER_RULE)))


def test_orders_replace_what_wears_out_and_close_a_part_of_the_gap_at_the_time_of_use() -> None:
    assert orders() == pytest.approx(0.15 + 0.5 * (10.0 + 0.45 - 9.5))


def test_orders_look_ahead_over_the_time_it_takes_to_build() -> None:
    assert orders(growth=0.1) == pytest.approx(1.15 + 0.5 * (10.0 + 3.45 - 9.5))


@pytest.mark.parametrize("place", ["waiting", "pipeline", "decided"])
def test_what_is_on_its_way_counts_in_full(place: str) -> None:
    more = {"waiting": 1.0, "pipeline": 0.5, "decided": 0.0}[place] + 0.3
    assert orders(growth=0.1, **{place: more}) == pytest.approx(orders(growth=0.1) - 0.15)


def test_orders_that_wait_for_permits_count_as_on_their_way() -> None:
    waiting = builder()
    waiting["permits"][0, 3] = 0.3
    assert wanted_orders(waiting[0], 0.1, 0.0, 2.0, 0.0, given(**ORDER_RULE)) == pytest.approx(
        orders(growth=0.1) - 0.15
    )


def test_signed_contracts_stand_in_for_growth_where_they_are_more() -> None:
    assert orders(growth=0.1, signed=1.0) == orders(growth=0.1)
    assert orders(signed=5.1) == pytest.approx(2.15 + 0.5 * (10.0 + 6.45 - 9.5)), "six gigawatts in three quarters"


def test_a_provider_that_only_has_a_contract_to_come_builds_for_it() -> None:
    new = {"planned_need": 0.0, "online": 0.0, "waiting": 0.0, "pipeline": 0.0}
    assert orders(signed=0.85, **new) == pytest.approx(1.0 / 3.0 + 0.5)


def test_a_cloud_that_falls_behind_the_plans_of_rivals_follows_a_part_of_them() -> None:
    p = given(**ORDER_RULE)
    cloud = builder()
    assert growth_to_build_for(cloud[0], 0.1, 0.2, p) == pytest.approx(0.12)
    assert growth_to_build_for(cloud[0], 0.1, -0.5, p) == pytest.approx(0.1), "whoever leads does not build less for it"
    assert growth_to_build_for(cloud[0], 0.9, 0.0, p) == pytest.approx(0.3), "nobody counts on such growth"


def test_who_builds_to_contract_counts_on_little_that_is_not_signed() -> None:
    assert growth_to_build_for(builder(to_contract=1.0)[0], 0.1, 0.1, given(**ORDER_RULE)) == pytest.approx(0.025)


def test_orders_fade_with_the_rent_expected_over_the_life_and_stop_where_it_carries_nothing() -> None:
    assert orders(spot=1.1) == pytest.approx(orders() * (0.775 - 0.6) / 0.35)
    assert orders(spot=0.4) == 0.0
    assert orders(spot=9.0) == orders()


def test_share_prices_alone_move_orders_by_a_twentieth_at_most() -> None:
    assert orders(gap=0.5) == pytest.approx(1.025 * orders())
    assert orders(gap=5.0) == pytest.approx(1.05 * orders())
    assert orders(gap=-5.0) == pytest.approx(0.95 * orders())


def test_plans_are_raised_in_steps_and_cut_only_when_much_less_is_wanted() -> None:
    p = given(**ORDER_RULE)
    assert keep_to_plan(1.0, 2.0, p) == pytest.approx(1.4)
    assert keep_to_plan(1.0, 0.86, p) == 1.0
    assert keep_to_plan(1.0, 0.35, p) == pytest.approx(0.8)


def test_profitability_rises_gradually_from_none_to_all() -> None:
    p = given(hurdle_floor=0.6, hurdle_width=0.4, rent_gap_over_life=0.5)
    assert [profitability(x, 1.0, p) for x in (0.2, 0.6, 1.0, 2.0)] == pytest.approx([0.0, 0.5, 1.0, 1.0])


def with_one_delivery(cost: float, book: float) -> Array:
    cloud = one(CLOUD, account__column=5, online=10.0)
    cloud["cohort_cost"][0, 3] = cost
    cloud["cohort_book"][0, 3] = book
    cloud["account"]["tangible"][0, 0] = book
    return cloud


def test_compute_is_written_off_in_equal_parts_over_its_book_life() -> None:
    cloud, ledger = with_one_delivery(22.0, 22.0), empty_ledger()
    p = given()
    charges = [depreciate_compute(cloud[0], ledger[0], quarter, 22.0, p) for quarter in range(4, 28)]
    assert charges == pytest.approx([1.0] * 22 + [0.0] * 2)
    assert cloud["account"]["tangible"][0, 0] == pytest.approx(0.0)
    assert ledger["changed"][0, COMPUTE, 5] == pytest.approx(-22.0)


def test_compute_is_impaired_when_its_books_have_stood_above_the_market_for_two_quarters() -> None:
    cloud, ledger = with_one_delivery(24.0, 12.0), empty_ledger()
    p = given(impairment_trigger=1.15, impairment_quarters=2.0)
    assert impair(cloud[0], ledger[0], 1.0, 10.0, p) == 0.0
    assert impair(cloud[0], ledger[0], 1.0, 10.0, p) == pytest.approx(2.0)
    assert cloud["cohort_book"][0, 3] == pytest.approx(10.0)
    assert cloud["cohort_cost"][0, 3] == pytest.approx(20.0)


def test_books_a_little_above_the_market_are_left_alone() -> None:
    cloud, ledger = with_one_delivery(24.0, 11.4), empty_ledger()
    p = given(impairment_trigger=1.15, impairment_quarters=2.0)
    assert [impair(cloud[0], ledger[0], 1.0, 10.0, p) for _ in range(4)] == [0.0] * 4


def test_one_quarter_of_recovery_starts_the_count_anew() -> None:
    cloud, ledger = with_one_delivery(24.0, 12.0), empty_ledger()
    p = given(impairment_trigger=1.15, impairment_quarters=2.0)
    assert [impair(cloud[0], ledger[0], price, 10.0, p) for price in (1.0, 1.2, 1.0)] == [0.0] * 3


def test_a_delivery_waits_until_it_has_a_shell() -> None:
    cloud = one(CLOUD, online=2.0, shells=3.0)
    receive_chips(cloud[0], 27, 4.0, 90.0)
    assert cloud["waiting"][0] == 4.0
    assert cloud["cohort_book"][0, 27 % 24] == 90.0
    assert installable(cloud[0]) == pytest.approx(1.0)


def under_construction(**values: float) -> Array:
    cloud = one(CLOUD, account__column=5, **values)
    start_site(cloud[0], 3, 3.0)
    return cloud


def test_a_site_is_built_in_equal_parts_and_complete_when_its_time_is_up() -> None:
    cloud, ledger = under_construction(), empty_ledger()
    built = []
    for _ in range(3):
        assert cloud["shells"][0] == 0.0
        assert building_due(cloud[0], 1.0) == pytest.approx(1.0)
        built.append(advance_sites(cloud[0], 1.0, 1.0))
        cloud["account"]["tangible"][0, CONSTRUCTION - COMPUTE] += 10.0
        finish_sites(cloud[0], ledger[0])
    assert built == pytest.approx([1.0] * 3)
    assert cloud["shells"][0] == pytest.approx(3.0)
    assert cloud["account"]["tangible"][0, SHELLS - COMPUTE] == pytest.approx(30.0)
    assert cloud["account"]["tangible"][0, CONSTRUCTION - COMPUTE] == pytest.approx(0.0)


def test_what_could_not_be_paid_of_a_site_waits_and_what_was_paid_is_kept() -> None:
    cloud, ledger = under_construction(), empty_ledger()
    for share in (1.0, 1.0, 0.4):
        cloud["account"]["tangible"][0, CONSTRUCTION - COMPUTE] += 10.0 * advance_sites(cloud[0], 1.0, share)
        finish_sites(cloud[0], ledger[0])
    assert cloud["shells"][0] == pytest.approx(2.4)
    assert cloud["sites"][0, 0] == cloud["sites_unpaid"][0, 0] == pytest.approx(0.6)
    assert cloud["account"]["tangible"][0, SHELLS - COMPUTE] == pytest.approx(24.0)
    assert building_due(cloud[0], 1.0) == pytest.approx(0.6)


def test_orders_wait_as_many_quarters_as_permits_take() -> None:
    cloud = one(CLOUD)
    assert [wait_for_permits(cloud[0], 2, power) for power in (1.0, 2.0, 0.0, 0.0, 0.0)] == [0.0, 0.0, 1.0, 2.0, 0.0]
    assert wait_for_permits(cloud[0], 0, 5.0) == 5.0


def test_no_more_equipment_is_ordered_than_will_have_a_shell_when_it_comes() -> None:
    cloud = one(CLOUD, shells=10.0, online=9.0, waiting=0.5, pipeline=0.2, decided=4.0)
    cloud["sites"][0, :3] = (1.0, 1.5, 2.0)
    assert room_for_chips(cloud[0]) == pytest.approx(3.0)
    assert equipment_to_order(cloud[0], 0.0) == pytest.approx(2.8)
    cloud["decided"] = 1.0
    assert equipment_to_order(cloud[0], 0.5) == pytest.approx(1.5)


def test_conviction_moves_a_plan_and_its_rule_goes_on_as_if_there_were_none() -> None:
    # Of 2 GW a quarter, held to by 1.25, two fifths of what is wanted beyond them are taken in, held to by .8.
    cloud = one(CLOUD, alive=1.0, orders=2.5, rule_plan=2.0, conviction=1.25)
    assert revise_plan(cloud[0], 2.5, 0.8, given(**ORDER_RULE)) == pytest.approx(0.8 * 2.2)
    assert cloud["rule_plan"][0] == pytest.approx(2.2)
    assert cloud["conviction"][0] == 0.8
    failed = one(CLOUD, alive=0.0, orders=2.5, rule_plan=2.0, conviction=1.25)
    assert revise_plan(failed[0], 2.5, 0.8, given(**ORDER_RULE)) == 0.0


@pytest.mark.parametrize(
    ("conviction", "funded", "left"),
    [
        (1.25, 2.5, 2.0),  # all of it
        (1.25, 2.2, 2.0),  # what conviction had added goes first
        (1.25, 1.5, 1.5),  # and then the plan itself
        (1.0, 1.5, 1.5),
        (0.8, 1.6, 2.0),  # what was held back was not for want of funds
        (0.8, 1.2, 1.5),  # three quarters of 1.6 were funded, and so of 2
        (1.25, 0.0, 0.0),
    ],
)
def test_a_plan_goes_on_from_what_was_funded_and_loses_first_what_conviction_added(
    conviction: float, funded: float, left: float
) -> None:
    cloud = one(CLOUD, alive=1.0, orders=funded, rule_plan=2.0, conviction=conviction)
    assert plan_left(cloud[0]) == pytest.approx(left)


def test_capital_expenditure_outside_ai_follows_core_cash_flow_and_is_never_less_than_nothing() -> None:
    owner = one(CLOUD, other_capex_share=0.3, core_cash_flow=20.0, conviction=1.0)
    assert other_capex_wanted(owner[0], 0.9) == pytest.approx(5.4)
    assert other_capex_wanted(one(CLOUD, other_capex_share=0.3, core_cash_flow=20.0, conviction=1.2)[0], 1.0) == (
        pytest.approx(7.2)
    ), "who spends more than its rule asks for does so on all that it builds"
    owner["core_cash_flow"] = -20.0
    assert other_capex_wanted(owner[0], 0.9) == 0.0
