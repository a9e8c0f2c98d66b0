"""Sites: what they cost, and how long they take."""

from __future__ import annotations

from typing import Any

import pytest

from simulation import Economy
from simulation.agents.clouds import start_site
from simulation.investment.orders import plan_orders
from simulation.markets.chips import build_sites, ship, start_building
from simulation.rule import live
from tests.simulation.deals.deals import economy_without_deals, world_of

AMAZON = 2


def builder_of(economy: Economy, cash: float = 1e3) -> Any:
    """Amazon with as many shells as compute, nothing under way, and so much money."""
    cloud = live(economy.kinds["clouds"])[AMAZON]
    cloud["sites"] = cloud["sites_unpaid"] = cloud["permits"] = 0.0
    cloud["decided"] = cloud["pipeline"] = cloud["planned_orders"] = 0.0
    world_of(economy)["market"]["on_order"][:, AMAZON] = 0.0
    cloud["shells"] = cloud["online"] + cloud["waiting"]
    cloud["account"]["cash"] = cash
    return cloud


@pytest.mark.parametrize("permits", [-1.0, 0.0, 2.0])
def test_a_site_costs_the_same_however_long_permits_take(permits: float) -> None:
    economy = economy_without_deals()
    world, w = world_of(economy), economy.state[0][0]
    world["levers"]["permitting_lead"] = permits
    cloud = builder_of(economy)
    before = float(cloud["shells"])
    cloud["planned_orders"] = 0.5
    paid, quarters, ordered = 0.0, 0, []
    while float(cloud["shells"]) == before:
        start_building(w, cloud)
        cloud["planned_orders"] = 0.0
        ordered.append(float(cloud["equipment_orders"]))
        cloud["pipeline"] += cloud["equipment_orders"]
        build_sites(w, cloud, True)
        paid += float(cloud["shells_paid"])
        quarters += 1
    assert quarters == 3 + int(permits)
    assert float(cloud["shells"]) - before == pytest.approx(0.5)
    assert paid == pytest.approx(0.5 * float(world["market"]["shell_price"]))
    assert sum(ordered) == pytest.approx(0.5)
    assert ordered[-2] == pytest.approx(0.5), "equipment is ordered as the site nears completion"


def test_a_site_that_cannot_be_paid_is_not_finished_and_nothing_is_owed_for_it() -> None:
    economy = economy_without_deals()
    w = economy.state[0][0]
    cloud = builder_of(economy, cash=1.0)
    cloud["cash_flow_year"] = 0.0  # no bank line either
    before = float(cloud["shells"])
    start_site(cloud, 1, 0.5)
    build_sites(w, cloud, True)
    built = 1.0 / float(world_of(economy)["market"]["shell_price"])
    assert float(cloud["shells"]) - before == pytest.approx(built)
    assert float(cloud["account"]["cash"]) == pytest.approx(0.0)
    assert float(cloud["sites"][0]) == pytest.approx(0.5 - built)


def test_a_bank_line_bridges_the_weeks_between_a_bill_and_the_receipts_of_the_quarter() -> None:
    economy = economy_without_deals()
    cloud = builder_of(economy, cash=1.0)
    start_site(cloud, 1, 0.5)
    build_sites(economy.state[0][0], cloud, True)
    assert float(cloud["account"]["cash"]) == pytest.approx(
        1.0 - 0.5 * float(world_of(economy)["market"]["shell_price"])
    )
    assert float(cloud["sites"][0]) == 0.0


def test_chips_wait_with_the_maker_until_their_shell_is_nearly_there() -> None:
    economy = economy_without_deals()
    cloud = builder_of(economy, cash=1e6)
    makers, market = economy.kinds["chip_makers"], world_of(economy)["market"]
    makers["supply"], makers["parts_power"] = 1e6, 1e6
    market["on_order"] = 0.0
    market["on_order"][0, AMAZON] = cloud["pipeline"] = 3.0
    start_site(cloud, 1, 0.5)
    start_site(cloud, 2, 0.7)
    start_site(cloud, 3, 9.0)
    ship(*economy.state)
    assert float(makers["shipped_power"].sum()) == pytest.approx(1.2)


def test_a_buyer_short_of_money_takes_the_same_part_of_every_makers_chips() -> None:
    economy = economy_without_deals()
    cloud = builder_of(economy, cash=12.0)
    cloud["cash_flow_year"] = 0.0
    cloud["shells"] = 1e6
    makers, market = economy.kinds["chip_makers"], world_of(economy)["market"]
    makers["supply"], makers["parts_power"], makers["price"] = 1e6, 1e6, 30.0
    market["on_order"] = 0.0
    market["on_order"][:, AMAZON] = (0.5, 0.2, 0.1)
    ship(*economy.state)
    assert market["shipped"][:, AMAZON] == pytest.approx([0.25, 0.1, 0.05])
    assert float(cloud["account"]["cash"]) == pytest.approx(0.0)
    assert market["on_order"][:, AMAZON] == pytest.approx([0.25, 0.1, 0.05])


@pytest.mark.parametrize("kind", ["clouds", "other_buyers"])
def test_who_has_failed_stops_ordering(kind: str) -> None:
    economy = economy_without_deals()
    economy.kinds[kind]["alive"][0] = 0.0
    economy.kinds[kind]["orders"][0] = 1.0
    plan_orders(*economy.state)
    assert economy.kinds[kind]["planned_orders"][0] == 0.0
    assert economy.kinds[kind]["planned_orders"][1] > 0.0


@pytest.mark.parametrize("dearer", [1.0, 1.3])
def test_makers_ship_as_many_chips_whatever_these_cost(dearer: float) -> None:
    economy = economy_without_deals()
    world = world_of(economy)
    makers, market = economy.kinds["chip_makers"], world["market"]
    decline = float(world["parameters"]["it_price_decline"])
    makers["price_before"], makers["price"] = 40.0, 40.0 * (1.0 - decline) * dearer
    makers["supply"], makers["parts_power"], makers["parts_cost"] = 20.0, 1e9, 0.0
    market["on_order"] = 0.0
    market["on_order"][:, AMAZON] = 10.0
    economy.kinds["clouds"]["account"]["cash"] = 1e6
    economy.kinds["clouds"]["shells"] = 1e6
    for _ in range(2):
        ship(*economy.state)
        # 20 bn bought half a gigawatt at last quarter's price. At the same cost a chip then does 1/.94 as much.
        assert makers["shipped_power"] == pytest.approx(0.5)
        makers["price_before"] = makers["price"]
        makers["price"] *= 1.0 - decline
        makers["supply"] *= 1.0 - decline  # as if the industry built fewer, so that gigawatts stay the same
