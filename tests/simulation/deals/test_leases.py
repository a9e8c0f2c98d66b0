"""Leases with vehicles: who makes one, what its end leaves to users and lenders."""

from __future__ import annotations

from typing import Any

import pytest

from simulation import Economy
from simulation.books.instruments import PRIVATE_CREDIT
from simulation.books.purposes import GUARANTEES, PRIVATE_CREDIT_TRADES
from simulation.books.verbs import lend
from simulation.deals.vehicles import bill_rents, draw_on_vehicles, end_leases
from simulation.obligations.dues import open_dues
from simulation.registry import FIRST_COLUMN
from simulation.rule import live
from tests.simulation.deals.deals import MICROSOFT, economy_without_deals, world_of

FIRST = FIRST_COLUMN["vehicles"]
META = MICROSOFT + 3
MADE = (4, 5)
"""numbers of the vehicles that the economy makes"""


def economy_short_of_money(**lacks: float) -> Economy:
    """Hyperscalers whose plans lack so much of own money (USD bn); the others lack nothing. Lenders have plenty."""
    economy = economy_without_deals(vehicle_part=0.5, vehicle_share=0.5, vehicle_smallest=1.0)
    world = world_of(economy)
    world["parameters"]["endogenous_deals"] = 1.0
    world["exchange"]["withdrawal"] = 0.0
    clouds = economy.kinds["clouds"]
    for number, name in enumerate(economy.names["clouds"]):
        cloud = clouds[number]
        cloud["planned_orders"] = cloud["pipeline"] = cloud["other_capex"] = cloud["operating_cash_flow"] = 0.0
        cloud["sites"] = cloud["sites_unpaid"] = cloud["decided"] = 0.0
        cloud["account"]["cash"] = cloud["money_target"] = 100.0
        cloud["money_target"] += lacks.get(name, 0.0)
        cloud["cash_flow_year"] = 1e4
    economy.kinds["venture_funds"]["account"]["cash"] = 1e3
    economy.kinds["credit_funds"]["promised"] = 1e3
    economy.kinds["insurers"]["account"]["cash"] = 1e4
    return economy


def raised(economy: Economy, cloud: int) -> float:
    """What a cloud has got for compute that it sold to vehicles (USD bn)."""
    return float(economy.state[1]["cash"][cloud]) - 100.0


def test_hyperscalers_raise_a_part_of_what_they_lack_through_vehicles_before_they_sell_bonds() -> None:
    economy = economy_short_of_money(Microsoft=10.0)
    draw_on_vehicles(*economy.state)
    assert raised(economy, MICROSOFT) == pytest.approx(5.0)
    vehicle = economy.kinds["vehicles"][MADE[0]]
    assert int(vehicle["lessee"]) == MICROSOFT
    assert float(vehicle["guarantee"]) == pytest.approx(0.5 * 0.8 * 5.0)


def test_where_bonds_do_not_reach_vehicles_raise_all_of_it() -> None:
    economy = economy_short_of_money(Microsoft=10.0)
    economy.kinds["clouds"]["cash_flow_year"][0] = 0.0
    world_of(economy)["debtors"]["debt"][MICROSOFT] = 100.0  # as much as it has money
    draw_on_vehicles(*economy.state)
    assert raised(economy, MICROSOFT) == pytest.approx(10.0)


def test_the_few_vehicles_go_to_those_who_lack_most() -> None:
    economy = economy_short_of_money(Microsoft=4.0, Alphabet=12.0, Meta=8.0)
    draw_on_vehicles(*economy.state)
    assert {int(economy.kinds["vehicles"][k]["lessee"]) for k in MADE} == {MICROSOFT + 1, META}


def economy_with_a_lease_that_ends(worth_renewing: bool) -> tuple[Economy, Any]:
    """Meta leases a gigawatt whose lenders are owed 40; it has guaranteed 30. No cloud needs used compute."""
    economy = economy_without_deals()
    world, accounts = world_of(economy), economy.state[1]
    open_dues(*economy.state)
    vehicle = live(economy.kinds["vehicles"])[MADE[0]]
    vehicle["alive"], vehicle["lessee"], vehicle["power"], vehicle["guarantee"] = 1.0, META, 1.0, 30.0
    vehicle["quarters_left"], vehicle["undrawn"] = 0.0, 0.0
    worth = float(world["market"]["spot"] - world["parameters"]["opex"] * world["market"]["system_price"])
    vehicle["rent"] = (0.9 if worth_renewing else 1.1) * worth
    fund = accounts[FIRST_COLUMN["credit_funds"]]
    lend(world["ledger"], fund, accounts[FIRST + MADE[0]], 40.0, 0.02, 20.0, PRIVATE_CREDIT, PRIVATE_CREDIT_TRADES)
    economy.kinds["clouds"]["online"][3] += 1.0
    economy.kinds["clouds"]["planned_need"] = 0.0
    return economy, vehicle


def test_a_lease_that_is_worth_its_rent_goes_on_for_a_year() -> None:
    economy, vehicle = economy_with_a_lease_that_ends(worth_renewing=True)
    bill_rents(*economy.state)
    assert float(vehicle["quarters_left"]) == 4.0
    assert float(vehicle["rent"]) > 0.0


def test_what_is_given_back_and_finds_no_buyer_is_made_good_by_the_user_up_to_its_guarantee() -> None:
    economy, vehicle = economy_with_a_lease_that_ends(worth_renewing=False)
    online = float(economy.kinds["clouds"]["online"][3])
    economy.state[1]["cash"][META] = 0.0  # it owes it whatever it has
    end_leases(world_of(economy), economy.state[1])
    clearing = world_of(economy)["clearing"]
    dues = clearing["dues"][: int(clearing["n_dues"])]
    due = dues[(dues["payer"] == META) & (dues["purpose"] == GUARANTEES)]
    assert due["amount"].tolist() == pytest.approx([30.0])
    assert float(vehicle["power"]) == pytest.approx(1.0), "idle"
    assert float(economy.kinds["clouds"]["online"][3]) == pytest.approx(online - 1.0)
