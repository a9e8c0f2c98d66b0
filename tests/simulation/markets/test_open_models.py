"""Open models run and train on the compute of other buyers, and are paid for from abroad."""

from __future__ import annotations

import math

import pytest

from simulation import Economy
from simulation.books.purposes import COMPUTE_RENTAL
from simulation.markets.compute import serve_spot
from simulation.markets.open_models import pay_for_open_models, plan_open_models
from simulation.vintages.facts import assumed
from tests.simulation.deals.deals import economy_without_deals, world_of


def economy_of_open_models(**parameters: float) -> Economy:
    """Spending of 30 at home and 9 abroad on the labs and clouds, a quarter of all on open models at a price of 0.5;
    the labs train with 8 GW; a unit of services takes 0.2 GW."""
    economy = economy_without_deals(**parameters)
    market = world_of(economy)["market"]
    market["home_demand"], market["foreign_demand"] = 30.0, 9.0
    market["fringe_share"], market["fringe_price"] = 0.25, 0.5
    market["service_compute"], market["efficiency"] = 0.2, 1.0
    market["open_training"] = 2.0
    economy.kinds["labs"]["training_done"] = [5.0, 2.0, 1.0, 0.0, 0.0]
    economy.kinds["other_buyers"]["rental_share"] = [0.5, 0.3, 0.2]
    return economy


def test_open_models_take_compute_for_what_they_sell_and_follow_the_labs_training_with_a_lag() -> None:
    economy = economy_of_open_models(fringe_training=1.0, fringe_lag=3)
    plan_open_models(*economy.state)
    sales = 0.25 * (30.0 + 9.0 / 0.75)  # what sellers at home sell abroad is three quarters of all
    inference, training = sales / 0.5 * 0.2, 2.0 + (8.0 - 2.0) / 3.0
    market = world_of(economy)["market"]
    assert float(market["open_training"]) == pytest.approx(training)
    assert float(market["open_model_need"]) == pytest.approx(inference + training)
    needs = economy.kinds["other_buyers"]["service_need"]
    assert needs == pytest.approx([0.5 * 8.2, 0.3 * 8.2, 0.2 * 8.2])


def test_twice_as_efficient_models_take_half_the_compute_for_the_same_sales() -> None:
    needs = []
    for efficiency in (1.0, 2.0):
        economy = economy_of_open_models(fringe_training=0.5)
        world_of(economy)["market"]["efficiency"] = efficiency
        world_of(economy)["market"]["open_training"] = 4.0
        plan_open_models(*economy.state)
        needs.append(float(world_of(economy)["market"]["open_model_need"]) - 4.0)
    assert needs[1] == pytest.approx(0.5 * needs[0])


def test_an_owner_short_of_compute_divides_it_as_it_is_needed() -> None:
    economy = economy_of_open_models()
    buyers = economy.kinds["other_buyers"]
    buyers["online"], buyers["own_need"], buyers["service_need"] = 6.0, [2.0, 2.0, 6.0], [2.0, 6.0, 6.0]
    serve_spot(*economy.state)
    assert buyers["own_use"] == pytest.approx([2.0, 1.5, 3.0])
    assert buyers["rented"] == pytest.approx([2.0, 4.5, 3.0])


def test_abroad_pays_the_spot_rent_for_what_open_models_use() -> None:
    economy = economy_of_open_models()
    world, accounts, _ = economy.state
    buyers = economy.kinds["other_buyers"]
    world[0]["market"]["spot"] = 3.0
    buyers["rented"] = [2.0, 1.0, 0.5]
    column = int(economy.kinds["rest_of_world"]["account"]["column"][0])
    before = float(accounts["cash"][column])
    earned = buyers["rental_revenue"].copy()
    pay_for_open_models(*economy.state)
    assert float(accounts["cash"][column]) == pytest.approx(before - 10.5)
    assert buyers["rental_revenue"] - earned == pytest.approx([6.0, 3.0, 1.5])
    assert float(world[0]["ledger"]["paid"][COMPUTE_RENTAL, column]) >= 10.5


@pytest.mark.parametrize("vintage", ["2022Q4", "2024Q4"])
def test_at_the_opening_other_buyers_use_what_they_have_at_the_target(vintage: str) -> None:
    economy = Economy(seed=1, vintage=vintage, quarters=1, firms=10, keep_books=False)
    buyers, market = economy.kinds["other_buyers"], world_of(economy)["market"]
    target = float(world_of(economy)["parameters"]["target_utilisation"])
    assert buyers["own_need"] + buyers["service_need"] == pytest.approx(target * buyers["online"])
    assert (buyers["own_need"] > 0.0).all()
    trained = float(economy.kinds["labs"]["training_need"].sum())
    assert float(market["open_training"]) == pytest.approx(trained * math.exp(-3.0 * assumed("frontier_growth")))
