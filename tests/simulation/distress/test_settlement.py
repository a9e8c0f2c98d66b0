"""Payments due are settled, whatever rounding leaves of them."""

from __future__ import annotations

import pytest

from simulation import Economy
from simulation.books.purposes import COMPUTE_RENTAL
from simulation.distress.settlement import help_the_short, settle
from simulation.obligations.dues import LEASES, NO_CLAIM, open_dues, owe
from simulation.registry import FIRST_COLUMN
from tests.simulation.deals.deals import COREWEAVE, MICROSOFT, OPENAI, economy_without_deals, world_of

NEOCLOUD = COREWEAVE + 1


def economy_that_owes(dues: dict[int, float], money: float) -> Economy:
    """OpenAI is made to fail; neoclouds with so much money each owe Microsoft rent (USD bn, by column), and their bank
    lends to nobody."""
    economy = economy_without_deals(insolvency_quarters=4)
    world = world_of(economy)
    world["banks"]["lends"] = 0.0
    world["debtors"]["thin_quarters"] = 0.0
    world["debtors"]["forced"][OPENAI] = 1.0
    open_dues(*economy.state)
    for column, rent in dues.items():
        economy.state[1]["cash"][column] = money
        economy.kinds["clouds"]["cash_flow_year"][column - FIRST_COLUMN["clouds"]] = 1e3
        owe(world, column, MICROSOFT, rent, LEASES, COMPUTE_RENTAL, NO_CLAIM, 0)
    return economy


@pytest.mark.parametrize("lack", [1e-10, 5e-10])
def test_who_lacks_no_more_than_rounding_pays_and_settlement_ends(lack: float) -> None:
    economy = economy_that_owes({COREWEAVE: 1.0 + lack}, money=1.0)
    settle(*economy.state)
    assert float(world_of(economy)["exchange"]["failures"]) == 1.0, "OpenAI alone"
    dues = world_of(economy)["clearing"]["dues"]
    rent = dues[dues["payer"] == COREWEAVE][0]
    assert float(rent["paid"]) == float(rent["amount"])


def test_who_lacks_more_and_finds_no_lender_fails() -> None:
    economy = economy_that_owes({COREWEAVE: 2.0}, money=1.0)
    world_of(economy)["parameters"]["relief_cut"] = 0.0
    settle(*economy.state)
    assert float(world_of(economy)["exchange"]["failures"]) == 2.0


def test_customers_of_a_bank_that_cannot_lend_all_of_them_what_they_lack_get_the_same_part() -> None:
    economy = economy_that_owes({COREWEAVE: 2.0, NEOCLOUD: 4.0}, money=1.0)
    world = world_of(economy)
    world["parameters"]["clearing"] = 0.0
    world["debtors"]["debt"][[COREWEAVE, NEOCLOUD]] = 0.0
    world["banks"]["lends"] = 1.0
    world["parameters"]["bank_ai_limit"] = 0.5
    world["banks"]["loans"], world["banks"]["ai_loans"] = 10.0, 4.0  # room for (5 - 4) / .5 = 2 of the 4 they lack
    owed = {column: float(economy.state[1]["loan"][column]) for column in (COREWEAVE, NEOCLOUD)}
    help_the_short(world, economy.state[1])
    lent = [float(economy.state[1]["loan"][column]) - owed[column] for column in (COREWEAVE, NEOCLOUD)]
    assert lent == pytest.approx([0.5, 1.5])
