"""What government gives it pays, and what it asks somebody pays: one record, worked by hand, or one short run."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.public_policy import open_models_lead, partner_part
from simulation.scenario import Path

CALM = Scenario.load("baseline").with_switches(withdrawal=False)
QUARTERS = 3


@cache
def run(*shocks: Path) -> Economy:
    return Economy(CALM.with_shocks(*shocks), seed=1, quarters=QUARTERS, firms=20).run()


def flow(economy: Economy, row: str, column: str) -> float:
    return float(economy.transaction_flows()[column][row])


def test_government_pays_its_part_of_what_firms_spend_on_ai_and_they_spend_more() -> None:
    supported = run(Path("adoption_support", 2, 0.25))
    spent = -(flow(supported, "ai_services", "firms") + flow(supported, "ai_services_imported", "firms"))
    assert flow(supported, "adoption_support", "firms") == pytest.approx(0.25 * spent)
    assert flow(supported, "adoption_support", "governments") == pytest.approx(-0.25 * spent)
    assert spent > -(flow(run(), "ai_services", "firms") + flow(run(), "ai_services_imported", "firms"))


def test_government_pays_the_spot_rent_for_public_compute() -> None:
    economy = run(Path("public_compute", 2, 0.1))
    rent = flow(economy, "public_compute", "clouds")
    assert -flow(economy, "public_compute", "governments") == pytest.approx(rent)
    assert 0.0 < rent <= 0.1 * float(economy.series["spot_price"][-1]) * (1.0 + 1e-9)


def test_public_training_adds_to_the_fringe_what_more_training_adds_to_a_lab() -> None:
    market = np.rec.array([(3.0, 1.0)], dtype=[("training_total", "f8"), ("public_training", "f8")])
    assert open_models_lead(market[0]) == pytest.approx(math.log(4.0 / 3.0))
    market["public_training"] = 0.0
    assert open_models_lead(market[0]) == 0.0


def test_sellers_pay_households_a_part_of_what_they_sell() -> None:
    economy = run(Path("liability", 2, 0.1))
    sold = float(economy.series["end_demand_revenue"][-1])
    assert flow(economy, "liability", "households") == pytest.approx(0.1 * sold)
    assert flow(economy, "liability", "labs") + flow(economy, "liability", "clouds") == pytest.approx(-0.1 * sold)


def test_a_foundry_subsidy_pays_for_plant_at_home_that_ships_more_after_the_lag() -> None:
    economy = run(Path("foundry_subsidy", 2, 0.05))
    first, plain = economy.transaction_flows(2), run().transaction_flows(2)
    paid = first.loc["investment_credit", "chip_makers"]
    assert paid > 0.0
    assert first.loc["investment_credit", "governments"] == pytest.approx(-paid)
    more = plain.loc["ordinary_investment", "chip_makers"] - first.loc["ordinary_investment", "chip_makers"]
    assert more == pytest.approx(paid)
    coming = [each.kinds["chip_makers"]["supply_coming"].sum() for each in (economy, run())]
    assert coming[0] > coming[1]


def test_a_grid_costs_what_its_gigawatts_cost() -> None:
    economy = run(Path("grid_investment", 3, 1.5))
    more = float(economy.series["government_purchases"][-1] - run().series["government_purchases"][-1])
    assert more == pytest.approx(1.5 * 2.0 * float(economy.series["price_level"][-1]), rel=1e-3)


def test_open_partnerships_share_out_contracts_by_capacity() -> None:
    world = run().state[0]
    market = world[0]["market"]
    clouds = range(len(run().names["clouds"]))
    before = float(world[0]["levers"]["open_partnerships"])
    try:
        world[0]["levers"]["open_partnerships"] = 1.0
        parts = [partner_part(world[0], 0, cloud) for cloud in clouds]
    finally:
        world[0]["levers"]["open_partnerships"] = before
    assert parts == pytest.approx(list(world[0]["clouds"]["online"] / market["online"]))
    assert [partner_part(world[0], 0, cloud) for cloud in clouds] == pytest.approx(list(market["partner_share"][0]))


def test_a_bank_at_its_limit_lends_no_more_on_ai() -> None:
    banned = run(Path("bank_ai_limit", 1, -1.0))
    for quarter in range(1, QUARTERS + 1):
        loans = banned.transaction_flows(quarter).loc["loans"]
        assert loans["credit_funds"] <= 1e-9
        assert loans["venture_funds"] <= 1e-9


def test_sovereign_funds_put_more_into_rounds_of_labs() -> None:
    put_in = [
        -sum(float(each.transaction_flows(q).loc["private_rounds", "rest_of_world"]) for q in range(1, QUARTERS + 1))
        for each in (run(Path("sovereign_money", 1, 4.0)), run())
    ]
    assert put_in[0] > put_in[1]


@pytest.mark.parametrize(
    ("lever", "size"),
    [("adoption_support", 0.25), ("public_compute", 0.1), ("liability", 0.1), ("foundry_subsidy", 0.05)],
)
def test_what_one_side_pays_the_other_receives(lever: str, size: float) -> None:
    economy = run(Path(lever, 2, size))
    assert float(economy.series["worst_residual"].max()) < 1e-9
    assert economy.transaction_flows()["sum"].abs().max() < 1e-6
