"""The web of a quarter: its edges add up to the books they are drawn from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.books.instruments import CORPORATE_BONDS, PRIVATE_CREDIT
from simulation.deals.off_balance import hidden_commitments, left_of_deals
from simulation.errors import CircuitError
from simulation.measurement.web import COMMITTED, END_USERS, OWES, OWNS, PAYS, RELATIONS, revenue_edges
from simulation.obligations.deal_register import (
    BACKSTOP,
    EQUITY_STAKE,
    PURCHASE_COMMITMENT,
    WARRANT,
)
from simulation.registry import FIRST_COLUMN, NAMES
from tests.simulation.deals.deals import AMD, economy_without_deals, enter

NO_DEALS = Scenario.load("baseline").with_parameters(known_deals=0.0, endogenous_deals=0.0)
NVIDIA = 0
MICROSOFT = FIRST_COLUMN["clouds"]
OPENAI = FIRST_COLUMN["labs"]
VEHICLE = FIRST_COLUMN["vehicles"]


@pytest.fixture(scope="module")
def economy() -> Economy:
    return Economy(NO_DEALS, seed=1, quarters=4, firms=20).run()


def test_edges_are_of_four_relations_largest_first_and_no_part_exceeds_the_whole(economy: Economy) -> None:
    web = economy.web()
    assert list(dict.fromkeys(web["relation"])) == list(RELATIONS)
    for _, edges in web.groupby("relation"):
        assert edges["amount"].is_monotonic_decreasing
    assert (web["amount"] > 0.0).all()
    assert (web["circular"] <= web["amount"] + 1e-9).all()
    assert (web["own"] <= web["circular"] + 1e-9).all()
    assert not web.duplicated(["relation", "source", "target", "what"]).any()


def test_every_payment_is_traced_to_its_four_sources(economy: Economy) -> None:
    web = economy.web()
    sales = revenue_edges(web)
    assert sales[["end", "core", "finance", "circular"]].sum(axis=1).to_numpy() == pytest.approx(
        sales["amount"].to_numpy()
    )


def test_payments_add_up_to_the_revenue_that_the_sector_reports(economy: Economy) -> None:
    for quarter in (1, 4):
        web = economy.web(quarter)
        sales = revenue_edges(web).query("what != 'lease rent'")
        # The rent that other buyers take for open models is no revenue that the sector reports.
        sales = sales[~sales["target"].isin(NAMES["other_buyers"])]
        reported = economy.history["reported_revenue"].iloc[quarter - 1]
        assert sales["amount"].sum() == pytest.approx(reported, rel=1e-6)
        assert sales["circular"].sum() / reported == pytest.approx(economy.history["circularity"].iloc[quarter - 1])
        end = sales.loc[sales["source"] == END_USERS, "amount"].sum()
        assert end == pytest.approx(economy.history["end_demand_revenue"].iloc[quarter - 1], rel=1e-6)


def test_what_is_owned_and_owed_is_what_the_balance_sheets_show(economy: Economy) -> None:
    web, sheet = economy.web(), economy.balance_sheet(by="agent")
    owned = web[(web["relation"] == OWNS) & (web["target"] == "AMD")]["amount"].sum()
    assert owned == pytest.approx(-sheet.loc["listed_equity", "AMD"], rel=1e-6)
    owed = web[(web["relation"] == OWES) & (web["source"] == "Oracle")]["amount"].sum()
    assert owed == pytest.approx(-sheet.loc[["corporate_bonds", "private_credit", "bank_loans"], "Oracle"].sum())


def test_contracts_and_orders_make_the_hidden_commitments(economy: Economy) -> None:
    web = economy.web()
    committed = web[web["relation"] == COMMITTED]
    assert {"compute contract", "chip order"} <= set(committed["what"])
    assert committed["amount"].sum() == pytest.approx(economy.history["hidden_commitments"].iloc[-1], rel=1e-6)


def test_each_seller_comes_with_its_three_largest_customers(economy: Economy) -> None:
    table = economy.dependence()
    for _, rows in table.groupby("seller"):
        assert list(rows["rank"]) == list(range(1, len(rows) + 1))
        assert rows["amount"].is_monotonic_decreasing
        assert rows["share"].sum() <= 1.0 + 1e-9
    first = table[table["rank"] == 1].set_index("seller")
    assert first.loc["Broadcom", "customer"] == "Alphabet"
    makers = [name for name in first.index if name in economy.names["chip_makers"] + economy.names["clouds"]]
    largest = first.loc[makers]
    revenue = economy.history[["chip_revenue", "reported_revenue", "lab_revenue"]].iloc[-1]
    dependence = largest["amount"].sum() / (revenue["reported_revenue"] - revenue["lab_revenue"])
    assert economy.history["dependence"].iloc[-1] == pytest.approx(dependence, rel=1e-6)


def test_the_opening_has_a_web_without_payments_and_without_books_there_is_none(economy: Economy) -> None:
    assert PAYS not in set(economy.web(0)["relation"])
    assert {OWNS, OWES, COMMITTED} <= set(economy.web(0)["relation"])
    with pytest.raises(CircuitError, match="keep_books=True"):
        Economy(NO_DEALS, quarters=1, firms=10, keep_books=False).web()


def world_of(economy: Economy) -> Any:
    return economy.state[0][0]


def test_what_is_left_of_a_deal_is_promised_until_it_is_closed_and_a_warrant_is_a_claim() -> None:
    economy = economy_without_deals()
    stake = {"amount": 100.0, "done": 10.0}
    enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, **stake)
    enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, **stake, open=0.0)
    enter(economy, WARRANT, NVIDIA, OPENAI, **stake)
    assert left_of_deals(world_of(economy)) == pytest.approx([90.0, 0.0, 0.0])


def test_chips_on_order_under_a_promise_are_not_promised_again_whoever_ordered_them() -> None:
    """Microsoft has ordered .3 GW of AMD at 20 a GW: half of its compute serves OpenAI, so a third of that is under
    OpenAI's promise and two thirds under its own."""
    economy = economy_without_deals()
    world = world_of(economy)
    market = world["market"]
    market["n_contracts"] = 1
    contract = market["contracts"][0]
    contract["customer"], contract["provider"], contract["quarters_left"], contract["gigawatts"] = OPENAI, 0, 8.0, 1.0
    clouds = economy.kinds["clouds"]
    clouds["online"][0], clouds["waiting"][0], clouds["pipeline"][0] = 2.0, 0.0, 0.0
    world["chip_makers"]["price"][AMD] = 20.0
    market["reserved"][:] = 0.0
    before = hidden_commitments(world)
    market["reserved"][AMD, 0] = 0.3
    enter(economy, PURCHASE_COMMITMENT, AMD, OPENAI, amount=9.0)
    assert left_of_deals(world) == pytest.approx([3.0]), "all .3 GW, 6 bn, while nobody else has promised"
    enter(economy, PURCHASE_COMMITMENT, AMD, MICROSOFT, amount=9.0)
    assert left_of_deals(world) == pytest.approx([9.0 - 2.0, 9.0 - 4.0])
    assert hidden_commitments(world) - before == pytest.approx(12.0), "what is on order was counted before"


def test_deals_leases_and_guarantees_are_commitments_and_edges() -> None:
    economy = Economy(NO_DEALS, seed=1, quarters=1, firms=10)
    economy.step()
    world = world_of(economy)
    world["vehicles"]["lessee"] = -1
    world["deals"]["n_deals"] = 0
    before = hidden_commitments(world)
    for kind in (EQUITY_STAKE, BACKSTOP):
        enter(economy, kind, NVIDIA, OPENAI, amount=7.0, done=2.0)
    vehicle = {"alive": 1.0, "lessee": MICROSOFT, "rent": 0.5, "quarters_left": 20.0, "guarantee": 3.0, "undrawn": 1.0}
    for name, value in vehicle.items():
        world["vehicles"][name][0] = value
    assert hidden_commitments(world) - before == pytest.approx(2 * 5.0 + 0.5 * 20.0 + 3.0 + 1.0)
    economy._keep_books(1)
    web = economy.web(2).set_index("what")
    assert web.loc["lease", ["source", "target", "amount"]].tolist() == ["Microsoft", "Abilene vehicle", 10.0]
    assert web.loc["residual guarantee", "amount"] == pytest.approx(3.0)
    for kind in ("equity stake", "backstop"):
        assert web.loc[kind, ["source", "target"]].tolist() == ["Nvidia", "OpenAI"]
        assert web.loc[kind, "circular"] == web.loc[kind, "amount"] == pytest.approx(5.0)


def test_loans_of_the_sector_name_borrower_and_lender(economy: Economy) -> None:
    ledger = world_of(economy)["ledger"]
    claims = ledger["claims"][: int(ledger["n_claims"])]
    names = economy.column_names
    for claim in claims[np.isin(claims["instrument"], (CORPORATE_BONDS, PRIVATE_CREDIT)) & (claims["amount"] > 1e-6)]:
        edges = economy.web().query("relation == 'owes'")
        pair = (edges["source"] == names[claim["issuer"]]) & (edges["target"] == names[claim["holder"]])
        assert edges[pair]["amount"].sum() >= claim["amount"] - 1e-9
