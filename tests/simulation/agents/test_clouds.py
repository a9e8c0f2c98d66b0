"""Owners of compute: what they want for themselves, what they order, how their machines lose value."""

from __future__ import annotations

import math

import pytest

from simulation.agents.clouds import (
    CLOUD,
    depreciate_compute,
    expect_need,
    finish_sites,
    impair,
    installable,
    own_use_need,
    profitability,
    receive_chips,
    uplift,
    wanted_orders,
)
from simulation.books.instruments import COMPUTE, CONSTRUCTION, SHELLS
from tests.simulation.agents.records import Array, empty_ledger, given, one


def owner(**values: float) -> Array:
    return one(CLOUD, reference_compute=2.0, uplift_belief=0.15, uplift_true=0.1, liftable=100.0, **values)


def test_own_use_grows_until_the_last_gigawatt_pays_its_rent_over_the_payback() -> None:
    p = given(own_use_payback=0.6)
    spot = 9.0 / (2.0 * math.e)
    need = own_use_need(owner()[0], spot, p)
    assert need == pytest.approx(2.0)
    marginal = 0.15 * 100.0 / 2.0 * math.exp(-need / 2.0)
    assert marginal == pytest.approx(spot / 0.6)


def test_compute_too_dear_for_the_core_business_is_not_wanted_there() -> None:
    assert own_use_need(owner()[0], 4.6, given(own_use_payback=0.6)) == 0.0


def test_a_neocloud_has_no_core_business_to_lift() -> None:
    neocloud = one(CLOUD, uplift_belief=0.15, uplift_true=0.1, own_use=3.0)
    assert own_use_need(neocloud[0], 1.0, given()) == 0.0
    assert uplift(neocloud[0]) == 0.0


def test_the_uplift_of_core_revenue_follows_the_truth_not_the_belief() -> None:
    assert uplift(owner(own_use=2.0)[0]) == pytest.approx(10.0 * (1.0 - math.exp(-1.0)))
    assert uplift(owner(own_use=1e6)[0]) == pytest.approx(10.0)


def test_expected_growth_mixes_experience_with_the_contracts_in_hand() -> None:
    cloud = one(CLOUD, need=11.0, expected_need=10.0)
    p = given(expectation_gain=0.25, expectation_backlog_weight=0.4)
    assert expect_need(cloud[0], 0.2, p) == pytest.approx(0.6 * 0.025 + 0.4 * 0.2)
    assert cloud["expected_growth"][0] == pytest.approx(0.025)
    assert cloud["expected_need"][0] == 11.0


def test_one_wild_quarter_does_not_carry_expectations_away() -> None:
    cloud = one(CLOUD, need=50.0, expected_need=10.0)
    assert expect_need(cloud[0], 0.0, given(expectation_gain=0.4, expectation_backlog_weight=0.4)) == pytest.approx(
        0.6 * 0.4 * 0.5
    )


ORDER_RULE = {
    "capex_adjustment": 0.4,
    "order_horizon": 1.0,
    "target_utilisation": 0.85,
    "attrition": 0.015,
    "hurdle_floor": 0.4,
    "hurdle_width": 0.5,
    "cloud_race": 0.2,
    "valuation_effect": 0.05,
}


def builder() -> Array:
    return one(CLOUD, planned_need=8.5, online=8.0, waiting=1.0, pipeline=0.5, orders=1.0, user_cost=2.0)


def orders(growth: float = 0.0, lead: float = 3.0, rivals: float = 0.0, spot: float = 2.0, gap: float = 0.0) -> float:
    return float(wanted_orders(builder()[0], growth, lead, rivals, spot, gap, given(**ORDER_RULE)))


def test_orders_are_part_habit_part_the_capacity_that_is_missing() -> None:
    assert orders() == pytest.approx(0.6 * 1.0 + 0.4 * (0.5 + 0.015 * 8.0))


def test_orders_look_ahead_over_the_time_it_takes_to_build() -> None:
    assert orders(growth=0.1) == pytest.approx(0.6 + 0.4 * (13.31 - 9.5 + 0.12))
    assert orders(growth=0.1, lead=2.0) == pytest.approx(0.6 + 0.4 * (12.1 - 9.5 + 0.12)), "faster permits"


def test_a_cloud_that_falls_behind_builds_more_than_it_needs() -> None:
    assert orders(rivals=0.05) == pytest.approx(0.6 + 0.4 * (12.0 - 9.5 + 0.12))
    assert orders(rivals=0.5) == orders(rivals=0.05), "the race has an end"
    assert orders(rivals=-0.5) == orders(), "whoever leads does not build less for it"


def test_orders_fade_with_the_rent_and_stop_where_it_no_longer_carries_new_compute() -> None:
    assert orders(spot=1.3) == pytest.approx(0.5 * orders())
    assert orders(spot=0.8) == 0.0
    assert orders(spot=9.0) == orders()


def test_share_prices_alone_move_orders_by_a_twentieth_at_most() -> None:
    assert orders(gap=0.5) == pytest.approx(1.025 * orders())
    assert orders(gap=5.0) == pytest.approx(1.05 * orders())
    assert orders(gap=-5.0) == pytest.approx(0.95 * orders())


def test_profitability_rises_gradually_from_none_to_all() -> None:
    p = given(hurdle_floor=0.4, hurdle_width=0.5)
    assert [profitability(x, 1.0, p) for x in (0.4, 0.65, 0.9, 2.0)] == pytest.approx([0.0, 0.5, 1.0, 1.0])


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


def test_a_finished_site_leaves_construction_for_shells_at_its_cost() -> None:
    cloud, ledger = one(CLOUD, account__column=5), empty_ledger()
    cloud["sites"][0, 0] = 2.0
    cloud["account"]["tangible"][0, CONSTRUCTION - COMPUTE] = 30.0
    finish_sites(cloud[0], ledger[0])
    assert cloud["shells"][0] == 2.0
    assert cloud["account"]["tangible"][0, SHELLS - COMPUTE] == pytest.approx(30.0)
    assert cloud["account"]["tangible"][0, CONSTRUCTION - COMPUTE] == pytest.approx(0.0)
