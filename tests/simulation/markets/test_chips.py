"""Sites: what they cost, and how long they take."""

from __future__ import annotations

import pytest

from simulation.agents.clouds import finish_sites
from simulation.markets.chips import build_sites, order_from, ship
from simulation.rule import live
from tests.simulation.deals.deals import economy_without_deals, world_of

AMAZON = 2


@pytest.mark.parametrize("permits", [-1.0, 0.0, 2.0])
def test_a_site_costs_the_same_however_long_permits_take(permits: float) -> None:
    economy = economy_without_deals()
    world = world_of(economy)
    world["levers"]["permitting_lead"] = permits
    cloud = live(economy.kinds["clouds"])[AMAZON]
    cloud["sites"] = 0.0
    cloud["shells"] = cloud["online"] + cloud["waiting"] + cloud["pipeline"]
    cloud["account"]["cash"] = 1e3
    before = float(cloud["shells"])
    order_from(economy.state[0][0], AMAZON, cloud, 0.5)
    paid, quarters = 0.0, 0
    while float(cloud["shells"]) == before:
        build_sites(economy.state[0][0], cloud, True)
        paid += float(cloud["shells_paid"])
        quarters += 1
        finish_sites(cloud, world["ledger"])
    assert quarters == 3 + int(permits)
    assert float(cloud["shells"]) - before == pytest.approx(0.5)
    assert paid == pytest.approx(0.5 * float(world["market"]["shell_price"]))


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
    for _ in range(2):
        ship(*economy.state)
        # 20 bn bought half a gigawatt at last quarter's price. At the same cost a chip then does 1/.94 as much.
        assert makers["shipped_power"] == pytest.approx(0.5)
        makers["price_before"] = makers["price"]
        makers["price"] *= 1.0 - decline
        makers["supply"] *= 1.0 - decline  # as if the industry built fewer, so that gigawatts stay the same
