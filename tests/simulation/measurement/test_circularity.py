"""Money that a supplier puts into its own customer comes back as sales, and is found again wherever it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation import Economy, Phase, Scenario
from simulation.books.deliveries import CHIPS_DELIVERED, COMPUTE_SERVED, deliver
from simulation.books.instruments import COMPUTE, CORPORATE_BONDS, INVENTORY
from simulation.books.purposes import (
    AI_SERVICES,
    CHIPS,
    COMPUTE_RENTAL,
    CORPORATE_BOND_TRADES,
    IMPORTED_PARTS,
    LEASE_RENT,
    PRIVATE_ROUNDS,
)
from simulation.books.verbs import acquire, add_asset, issue_shares, lend, pay
from simulation.incomes.statements import tally_surplus
from simulation.measurement import circularity
from simulation.measurement.circularity import (
    CORE_BUSINESS,
    END_DEMAND,
    FIRST_SUPPLIER,
    OUTSIDE_FINANCE,
    remember_supplier_money,
    trace_money,
)
from simulation.obligations.dues import open_dues
from simulation.obligations.supplier_money import note_supplier_money, open_supplier_money
from simulation.plan import begin
from simulation.registry import FIRST_COLUMN
from simulation.rule import rule

NO_DEALS = Scenario.load("baseline").with_parameters(known_deals=0.0, endogenous_deals=0.0)
MAKER, OTHER_MAKER = 0, 1
CLOUD, SECOND_CLOUD = FIRST_COLUMN["clouds"] + 6, FIRST_COLUMN["clouds"] + 7  # neoclouds: nothing but AI
LAB, SECOND_LAB = FIRST_COLUMN["labs"] + 4, FIRST_COLUMN["labs"] + 3
OPENING = (begin, open_dues, open_supplier_money)
OPENAI = FIRST_COLUMN["labs"]
VEHICLE = FIRST_COLUMN["vehicles"]
FUND = FIRST_COLUMN["insurers"]
ABROAD = FIRST_COLUMN["rest_of_world"]


@rule
def journal(world, accounts, firms):
    """Section 9: the maker buys 10 of lab equity; the lab pays a cloud 6; the cloud sells a bond of 2 and buys chips
    for 8; the maker pays 2.4 abroad."""
    w = world[0]
    ledger = w.ledger
    maker, cloud, lab = accounts[MAKER], accounts[CLOUD], accounts[LAB]
    stake = issue_shares(ledger, lab, maker, 10.0, PRIVATE_ROUNDS)
    note_supplier_money(w, MAKER, LAB, stake)
    w.market.trade[LAB, CLOUD] += pay(ledger, lab, cloud, 6.0, COMPUTE_RENTAL)
    lend(ledger, accounts[FUND], cloud, 2.0, 0.01, 28.0, CORPORATE_BONDS, CORPORATE_BOND_TRADES)
    w.market.trade[CLOUD, MAKER] += acquire(ledger, cloud, maker, 8.0, CHIPS, COMPUTE)
    pay(ledger, maker, accounts[ABROAD], 2.4, IMPORTED_PARTS)
    add_asset(ledger, maker, INVENTORY, 2.4)
    deliver(ledger, lab, COMPUTE_SERVED, 6.0)
    deliver(ledger, cloud, CHIPS_DELIVERED, 8.0)
    ledger.memo[CHIPS] += 8.0
    for firm in w.chip_makers:
        firm.ai_revenue = ledger.received[CHIPS, firm.account.column]
        firm.parts_used = 0.0
    for firm in w.clouds:
        firm.rental_revenue = ledger.received[COMPUTE_RENTAL, firm.account.column]
        firm.service_revenue = 0.0
    for firm in w.labs:
        firm.revenue = 0.0
    w.market.reported = 14.0
    w.market.end_demand = 0.0
    w.totals.surplus = 0.0


def economy_of(*steps: Callable[..., None]) -> Economy:
    """An economy whose members come with empty purses and whose quarter is these steps and nothing else."""
    economy = Economy(NO_DEALS, seed=1, quarters=8, firms=10)
    economy.state[0][0]["market"]["purse"] = 0.0
    economy.plan[:] = [Phase("quarter", "what happens", (*OPENING, *steps, tally_surplus))]
    return economy


@pytest.fixture(scope="module")
def told() -> Economy:
    economy = economy_of(journal)
    economy.step()
    return economy


def market_of(economy: Economy) -> Any:
    return economy.state[0][0]["market"]


def test_the_journal_of_circular_deals_reports_fourteen_of_which_twelve_are_circular_and_none_is_end_demand(
    told: Economy,
) -> None:
    cloud, maker = told.kinds["clouds"][6], told.kinds["chip_makers"][0]
    assert told.series["reported_revenue"][0] == 14.0
    assert told.series["end_demand_revenue"][0] == 0.0
    assert cloud["circular_revenue"] == pytest.approx(6.0)
    assert maker["circular_revenue"] == pytest.approx(6.0), "two of the eight are the bond's"
    assert told.series["circularity"][0] == pytest.approx(12.0 / 14.0)


def test_in_the_narrow_sense_only_the_seller_whose_own_money_came_back_is_circular(told: Economy) -> None:
    assert told.kinds["clouds"]["circular_own"][6] == 0.0
    assert told.kinds["chip_makers"]["circular_own"][0] == pytest.approx(6.0)
    assert told.series["circularity_own"][0] == pytest.approx(6.0 / 14.0)


def test_two_of_the_eight_that_the_maker_sold_are_outside_finance(told: Economy) -> None:
    chips = told.web().query("what == 'chips'").iloc[0]
    assert chips["amount"] == pytest.approx(8.0)
    assert chips["finance"] == pytest.approx(2.0)
    assert chips["circular"] == chips["own"] == pytest.approx(6.0)


def test_the_circular_deal_makes_no_money_for_the_sector_and_the_books_close(told: Economy) -> None:
    change = told.transaction_flows(by="agent").loc["change_of_money"]
    names = told.column_names
    assert [-change[names[k]] for k in (MAKER, LAB, CLOUD)] == pytest.approx([-4.4, 4.0, 0.0])
    sector = told.ai_sector_cash_flow().groupby("group")["net"].sum()
    assert sector["outside debt"] == pytest.approx(2.0)
    assert sector["outside costs"] == pytest.approx(-2.4)
    assert sector.sum() == pytest.approx(-0.4)
    assert told.residuals["residual"].max() <= 1e-9


def test_revenue_of_the_journal_is_concentrated_in_two_sellers_with_one_customer_each(told: Economy) -> None:
    assert told.series["concentration"][0] == pytest.approx((6.0**2 + 8.0**2) / 14.0**2)
    assert told.series["dependence"][0] == pytest.approx(1.0)
    table = told.dependence().set_index("seller")
    assert table.loc["Nvidia", "customer"] == told.column_names[CLOUD]
    assert table.loc["Nvidia", "share"] == pytest.approx(1.0)
    assert table.loc["Nvidia", "circular"] == pytest.approx(0.75)


@rule
def spend_again(world, accounts, firms):
    """A quarter later the lab, still living on the stake, rents for 1, and the cloud buys chips for 1."""
    w = world[0]
    w.market.trade[CLOUD, MAKER] += acquire(w.ledger, accounts[CLOUD], accounts[MAKER], 1.0, CHIPS, COMPUTE)
    w.ledger.memo[CHIPS] += 1.0
    deliver(w.ledger, accounts[CLOUD], CHIPS_DELIVERED, 1.0)
    deliver(w.ledger, accounts[LAB], COMPUTE_SERVED, 1.0)
    w.market.trade[LAB, CLOUD] += pay(w.ledger, accounts[LAB], accounts[CLOUD], 1.0, COMPUTE_RENTAL)


def test_a_stake_is_remembered_when_it_is_spent_later() -> None:
    economy = economy_of(journal)
    economy.step()
    economy.plan[:] = [Phase("quarter", "later", (*OPENING, spend_again, tally_surplus))]
    economy.step()
    assert economy.kinds["clouds"]["circular_revenue"][6] == pytest.approx(1.0)
    # The cloud's purse: seven eighths of 6 from the maker and 2 from the bond, and 1 of rent.
    assert economy.kinds["chip_makers"]["circular_own"][0] == pytest.approx((7 / 8 * 6 + 1) / (7 / 8 * 8 + 1))


# --- by hand: a world in which only receipts and trade are written ---------------------------------------------


def traced(write: Callable[[Any], None]) -> Any:
    """The market after one quarter of receipts and trade that `write` enters, starting from empty purses."""
    economy = Economy(NO_DEALS, seed=1, quarters=1, firms=10, keep_books=False)
    world = economy.state[0][0]
    market, ledger = world["market"], world["ledger"]
    market["purse"] = market["trade"] = market["supplier_money"] = 0.0
    ledger["received"] = 0.0
    write(world)
    ledger["received"][COMPUTE_RENTAL] += market["trade"][:, CLOUD_COLUMNS].sum(axis=0) @ ONE_PER_CLOUD
    trace_money(*economy.state)
    return world


CLOUD_COLUMNS = np.arange(FIRST_COLUMN["clouds"], FIRST_COLUMN["labs"])
ONE_PER_CLOUD = np.eye(64)[CLOUD_COLUMNS]


def test_what_end_users_pay_a_lab_reaches_the_maker_as_end_demand() -> None:
    def write(world: Any) -> None:
        world["ledger"]["received"][AI_SERVICES, LAB] = 5.0
        world["market"]["trade"][LAB, CLOUD] = 4.0
        world["market"]["trade"][CLOUD, MAKER] = 3.0

    world = traced(write)
    assert world["market"]["carried"][CLOUD][END_DEMAND] == pytest.approx(1.0)
    assert world["market"]["circular"] == 0.0


def test_money_of_one_maker_spent_on_chips_of_another_is_circular_for_the_sector_but_not_for_the_seller() -> None:
    def write(world: Any) -> None:
        note_supplier_money(world, MAKER, CLOUD, 3.0)
        world["ledger"]["received"][PRIVATE_ROUNDS, CLOUD] = 4.0
        world["market"]["trade"][CLOUD, OTHER_MAKER] = 2.0

    world = traced(write)
    assert world["chip_makers"]["circular_revenue"][1] == pytest.approx(1.5), "three quarters of the money is a maker's"
    assert world["chip_makers"]["circular_own"][1] == 0.0


def test_money_that_has_come_home_is_the_firms_own_again() -> None:
    def write(world: Any) -> None:
        note_supplier_money(world, CLOUD, LAB, 2.0)
        world["ledger"]["received"][PRIVATE_ROUNDS, LAB] = 2.0
        world["market"]["trade"][LAB, CLOUD] = 2.0
        world["market"]["trade"][CLOUD, MAKER] = 1.0

    world = traced(write)
    assert world["clouds"]["circular_own"][6] == pytest.approx(2.0)
    assert world["market"]["carried"][CLOUD][CORE_BUSINESS] == pytest.approx(1.0)
    assert world["chip_makers"]["circular_revenue"][0] == 0.0


def test_clouds_that_rent_from_each_other_share_the_sources_of_their_money() -> None:
    def write(world: Any) -> None:
        world["ledger"]["received"][AI_SERVICES, CLOUD] = 6.0
        world["ledger"]["received"][PRIVATE_ROUNDS, SECOND_CLOUD] = 6.0
        world["market"]["trade"][CLOUD, SECOND_CLOUD] = 3.0
        world["market"]["trade"][SECOND_CLOUD, CLOUD] = 3.0

    # x = (6 + 3 y)/9 and y = 3 x/9: the share of end demand in the purses of the two.
    carried = traced(write)["market"]["carried"]
    assert carried[CLOUD][END_DEMAND] == pytest.approx(0.75)
    assert carried[SECOND_CLOUD][END_DEMAND] == pytest.approx(0.25)
    assert carried[SECOND_CLOUD][OUTSIDE_FINANCE] == pytest.approx(0.75)


def test_a_maker_that_rents_from_its_customer_pays_with_its_own_money() -> None:
    def write(world: Any) -> None:
        world["market"]["trade"][MAKER, CLOUD] = 2.0
        world["market"]["trade"][CLOUD, MAKER] = 1.0

    world = traced(write)
    assert world["clouds"]["circular_revenue"][6] == pytest.approx(2.0)
    assert world["chip_makers"]["circular_own"][0] == pytest.approx(1.0)


def test_a_vehicle_hands_on_what_a_supplier_put_into_it() -> None:
    def write(world: Any) -> None:
        world["vehicles"]["alive"][0] = 1.0
        note_supplier_money(world, MAKER, VEHICLE, 1.0)
        world["ledger"]["received"][PRIVATE_ROUNDS, VEHICLE] = 4.0
        note_supplier_money(world, VEHICLE, CLOUD, 4.0)
        world["market"]["trade"][CLOUD, MAKER] = 4.0

    assert traced(write)["chip_makers"]["circular_own"][0] == pytest.approx(1.0)


def test_what_outsiders_pay_for_compute_is_end_demand_and_own_use_of_other_buyers_their_core_business() -> None:
    buyer = FIRST_COLUMN["other_buyers"]

    def write(world: Any) -> None:
        world["market"]["trade"][FIRST_COLUMN["governments"], CLOUD] = 2.0
        world["ledger"]["received"][COMPUTE_RENTAL, buyer] = 3.0

    carried = traced(write)["market"]["carried"]
    assert carried[CLOUD][END_DEMAND] == pytest.approx(1.0)
    assert carried[buyer][CORE_BUSINESS] == pytest.approx(1.0)


def test_money_put_in_long_before_the_opening_is_mostly_forgotten() -> None:
    economy = Economy(NO_DEALS, seed=1, quarters=1, firms=10, keep_books=False)
    world = economy.state[0][0]
    world["market"]["purse"] = 0.0
    for ago in (0.0, 8.0):
        remember_supplier_money(world, CLOUD, LAB, 1.0, ago)
    assert world["market"]["purse"][LAB][FIRST_SUPPLIER + CLOUD] == pytest.approx(1.0 + (7.0 / 8.0) ** 8)


# --- in an economy -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["2022Q4", "2024Q4"])
def economy(request: pytest.FixtureRequest) -> Economy:
    return Economy(NO_DEALS, seed=2, vintage=request.param, quarters=12, firms=50)


def test_the_table_of_trade_is_what_the_ledger_has_posted_and_every_payment_is_traced(economy: Economy) -> None:
    traded = [COMPUTE_RENTAL, LEASE_RENT, CHIPS]
    sellers = [*range(FIRST_COLUMN["other_buyers"]), *range(VEHICLE, VEHICLE + 6)]
    while economy.quarter < economy.quarters:
        economy.step()
        market, ledger = market_of(economy), economy.state[0][0]["ledger"]
        assert market["trade"].sum(axis=0)[sellers] == pytest.approx(ledger["received"][traded].sum(axis=0)[sellers])
        payers = list(range(FIRST_COLUMN["households"]))
        assert market["trade"].sum(axis=1)[payers] == pytest.approx(ledger["paid"][traded].sum(axis=0)[payers])
        shares = np.array(market["carried"])[circularity.BUYERS]
        assert (shares >= 0.0).all()
        assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)))
        assert 0.0 <= market["circular_own"] <= market["circular"] + 1e-12 <= market["reported"]


def test_the_sectors_money_changes_by_what_comes_from_outside_alone(economy: Economy) -> None:
    economy.run()
    for quarter in range(1, economy.quarter + 1):
        flows = economy.ai_sector_cash_flow(quarter)
        sheets = (economy.balance_sheet(k) for k in (quarter, quarter - 1))
        members = ["chip_makers", "clouds", "labs", "other_buyers", "vehicles"]
        now, before = (sheet.loc["deposits", members].sum() for sheet in sheets)
        assert flows["net"].sum() == pytest.approx(now - before)
        assert flows.query("group == 'internal'")["net"].abs().max() == pytest.approx(0.0, abs=1e-9)


@rule
def buy_a_stake(world, accounts, firms):
    """Nvidia puts 5 bn into OpenAI."""
    w = world[0]
    stake = issue_shares(w.ledger, accounts[OPENAI], accounts[MAKER], 5.0, PRIVATE_ROUNDS)
    note_supplier_money(w, MAKER, OPENAI, stake)


def test_a_circular_deal_moves_money_inside_the_sector_and_makes_no_wealth_and_comes_back_as_sales() -> None:
    plain, circular = (Economy(NO_DEALS, seed=1, quarters=6, firms=20) for _ in range(2))
    circular.plan.insert(-2, Phase("stake", "a supplier buys into its customer's customer", (buy_a_stake,)))
    sheets = [economy.balance_sheet(by="agent") for economy in (plain, circular) if economy.step() is None]
    moved = (sheets[1] - sheets[0]).loc["deposits"]
    assert moved[["Nvidia", "OpenAI"]].tolist() == pytest.approx([-5.0, 5.0])
    assert (sheets[1] - sheets[0]).loc["net_worth"].abs().max() == pytest.approx(0.0, abs=1e-9)
    net = [economy.ai_sector_cash_flow().groupby("group")["net"].sum() for economy in (plain, circular)]
    assert net[1].to_dict() == pytest.approx(net[0].to_dict(), abs=1e-9)
    plain.run()
    circular.run()
    sales = [(x["circularity"] * x["reported_revenue"]).sum() for x in (plain.history, circular.history)]
    come_back = sales[1] - sales[0]  # without the stake some of what suppliers paid before the opening comes back
    assert come_back > 2.0 * 5.0, "the lab's cloud and the cloud's makers have both sold for that money"
    came_back = (circular.history["circularity_own"] - plain.history["circularity_own"]).iloc[-1]
    assert came_back > 0.002, "what large clouds do not mix with their own money reaches Nvidia again as orders"
    assert circular.residuals["residual"].max() <= 1e-9


def test_what_suppliers_paid_before_the_opening_is_in_the_labs_purses() -> None:
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10, keep_books=False)
    purse = economy.state[0][0]["market"]["purse"]
    microsoft, amazon, openai, anthropic = (
        economy.column_names.index(name) for name in ("Microsoft", "Amazon", "OpenAI", "Anthropic")
    )
    # 10 bn over eight quarters from 2023Q1 on, the last in 2024Q4: each fades by an eighth a quarter.
    assert purse[openai, FIRST_SUPPLIER + microsoft] == pytest.approx(sum(1.25 * 0.875**ago for ago in range(8)))
    # Of Amazon's 8 bn from 2023Q3 on, 4 are still to be paid.
    assert purse[anthropic, FIRST_SUPPLIER + amazon] == pytest.approx(sum(4.0 / 6.0 * 0.875**ago for ago in range(6)))
    early = Economy(Scenario.load("baseline"), seed=1, vintage="2022Q4", quarters=1, firms=10, keep_books=False)
    assert early.state[0][0]["market"]["purse"][:, FIRST_SUPPLIER:].sum() == 0.0
