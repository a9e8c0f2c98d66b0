"""Circularity, measured: every unit of AI revenue is traced to end demand, core business, outside finance or a
supplier's own money.

Linear flow tracing. Every agent that buys in the AI sector has a purse: what it has taken in lately, by source, fading
over eight quarters. What it pays carries the shares of its purse, so a stake of a chip maker in a lab reaches the lab's
cloud as rent and comes back to the maker as orders for chips. Money that comes home counts as core business."""

from typing import NamedTuple

import numpy as np

from simulation.books.purposes import N_PURPOSES, PURPOSES
from simulation.obligations.supplier_money import SOURCES, VEHICLES, is_vehicle
from simulation.registry import MAKERS, SUPPLIERS, columns_of
from simulation.rule import rule

END_DEMAND = 0
CORE_BUSINESS = 1
OUTSIDE_FINANCE = 2
FIRST_SUPPLIER = 3  # then one source for every column of the AI sector
_TRADED = -1
_NO_MONEY = -2  # rebates are paid in warrants, and warrants in shares: nothing to spend

MEMORY = 8.0  # quarters over which a purse forgets
PRECISION = 1e-12
SWEEPS = 50


# Money runs from labs to clouds and makers: in this order a few sweeps settle the shares.
BUYERS = np.array([*columns_of("labs"), *columns_of("clouds"), *VEHICLES, *columns_of("other_buyers")])
SECTOR = np.array([*range(SUPPLIERS), *VEHICLES])

_NUMBER = {
    "end demand": END_DEMAND,
    "core business": CORE_BUSINESS,
    "outside finance": OUTSIDE_FINANCE,
    "trade": _TRADED,
    "no money": _NO_MONEY,
}
_ORIGIN = np.array([_NUMBER[row.origin] for row in PURPOSES])


@rule
def remember_supplier_money(w, supplier, customer, amount, quarters_ago):
    """Enter money that a supplier put into a customer before the opening, as much as is still remembered."""
    w.market.purse[customer, FIRST_SUPPLIER + supplier] += amount * (1.0 - 1.0 / MEMORY) ** quarters_ago


@rule
def open_purses(world, accounts, firms):
    """At the opening a purse is the money at hand: of core business for those who have one, else of investors."""
    w = world[0]
    for cloud in w.clouds:
        source = CORE_BUSINESS if cloud.core_revenue > 0.0 else OUTSIDE_FINANCE
        w.market.purse[cloud.account.column, source] += max(cloud.account.cash, 0.0)
    for lab in w.labs:
        w.market.purse[lab.account.column, OUTSIDE_FINANCE] += max(lab.account.cash, 0.0)
    for buyer in w.other_buyers:
        w.market.purse[buyer.account.column, OUTSIDE_FINANCE] += max(buyer.account.cash, 0.0)


@rule
def enter_receipts(w):
    """Fade every purse by a quarter and enter what came from outside the sector and what suppliers put in. What nobody
    in the table of trade has paid for is the value of other buyers' own use: their core business."""
    purse = w.market.purse
    finance = np.zeros(len(purse))
    own_use = np.zeros(len(purse))
    for column in BUYERS:
        for source in range(SOURCES):
            purse[column, source] *= 1.0 - 1.0 / MEMORY
    for purpose in range(N_PURPOSES):
        enter_receipts_of_purpose(purse, _ORIGIN[purpose], w.ledger.received[purpose], finance, own_use)
    for payer in range(len(purse)):
        enter_receipts_from(w.market, payer, finance, own_use)
    for column in BUYERS:
        purse[column, CORE_BUSINESS] += max(own_use[column], 0.0)
        purse[column, OUTSIDE_FINANCE] += max(finance[column], 0.0)


@rule
def enter_receipts_of_purpose(purse, origin, received, finance, own_use):
    """Enter what all were paid under one purpose: at its source, or where it is still to be told whose money it was."""
    if origin == _NO_MONEY:
        return
    for column in BUYERS:
        if origin == OUTSIDE_FINANCE:
            finance[column] += received[column]
        elif origin == _TRADED:
            own_use[column] += received[column]
        else:
            purse[column, origin] += received[column]


@rule
def enter_receipts_from(market, payer, finance, own_use):
    """Enter what one has paid to all in trade, and as a supplier: that is not outside finance."""
    for column in BUYERS:
        supplied = market.supplier_money[payer, column]
        if supplied > 0.0:
            finance[column] -= supplied
            if payer < SUPPLIERS:
                market.purse[column, FIRST_SUPPLIER + payer] += supplied
        bought = market.trade[payer, column]
        if bought > 0.0:
            own_use[column] -= bought
            if payer >= SUPPLIERS and not is_vehicle(payer):
                market.purse[column, END_DEMAND] += bought


@rule
def handed_on(market, payer, payee):
    """Money that carries the payer's shares: for compute, leases and chips, and what a vehicle pays on (USD bn)."""
    amount = market.trade[payer, payee]
    if is_vehicle(payer):
        amount += market.supplier_money[payer, payee]
    return amount


class Payments(NamedTuple):
    """Payments in the sector listed by who is paid, since most pairs have none: who pays, how much (USD bn), and how
    many do."""

    payer: np.ndarray
    amount: np.ndarray
    payers: np.ndarray


@rule
def payments_handed_on(market):
    """List what every buyer was handed on in the quarter."""
    size = len(market.trade)
    payments = Payments(
        np.empty((size, len(SECTOR)), np.uint32), np.empty((size, len(SECTOR))), np.zeros(size, np.uint32)
    )
    for payer in SECTOR:
        for column in BUYERS:
            amount = handed_on(market, payer, column)
            if amount > 0.0:
                place = payments.payers[column]
                payments.payer[column, place] = payer
                payments.amount[column, place] = amount
                payments.payers[column] = place + 1
    return payments


@rule
def shares_after_trade(market, payments, column, mix):
    """Put into `mix` the purse of a column with what its customers' payments carry. Returns the sum (USD bn)."""
    for source in range(SOURCES):
        mix[source] = market.purse[column, source]
    for k in range(payments.payers[column]):
        payer = payments.payer[column, k]
        amount = payments.amount[column, k]
        for source in range(SOURCES):
            mix[source] += amount * market.carried[payer, source]
    if column < SUPPLIERS:
        mix[CORE_BUSINESS] += mix[FIRST_SUPPLIER + column]
        mix[FIRST_SUPPLIER + column] = 0.0
    return mix.sum()


@rule
def settle_shares(market):
    """Shares that all payments of the quarter carry, solved together: who is paid with a mix pays with it. A chip
    maker needs no compute: what it pays to those who buy its chips is its own money."""
    market.carried[:MAKERS, :] = 0.0
    for maker in range(MAKERS):
        market.carried[maker, FIRST_SUPPLIER + maker] = 1.0
    payments = payments_handed_on(market)
    mix = np.zeros(SOURCES)
    for _ in range(SWEEPS):
        change = 0.0
        for column in BUYERS:
            total = shares_after_trade(market, payments, column, mix)
            if total <= 0.0:
                mix[OUTSIDE_FINANCE] = 1.0
                total = 1.0
            for source in range(SOURCES):
                share = mix[source] / total
                change = max(change, abs(share - market.carried[column, source]))
                market.carried[column, source] = share
        if change < PRECISION:
            break
    for column in BUYERS:
        shares_after_trade(market, payments, column, mix)
        market.purse[column, :] = mix


@rule
def supplier_share(market, payer):
    """Share of an agent's payments that is some supplier's own money."""
    return market.carried[payer, FIRST_SUPPLIER:].sum()


@rule
def circular_sales(market, seller):
    """Sales of the quarter bought with a supplier's own money, and with the seller's own (USD bn)."""
    circular = 0.0
    own = 0.0
    for payer in SECTOR:
        amount = market.trade[payer, seller]
        if amount > 0.0:
            circular += amount * supplier_share(market, payer)
            own += amount * market.carried[payer, FIRST_SUPPLIER + seller]
    return circular, own


@rule
def forget(agent, purse):
    """Who has failed leaves no money to a successor."""
    if agent.alive < 0.5:
        purse[agent.account.column, :] = 0.0


@rule
def trace_money(world, accounts, firms):
    """Trace the quarter's AI revenue to its sources: circular revenue of every chip maker and cloud, and their sum."""
    w = world[0]
    market = w.market
    enter_receipts(w)
    settle_shares(market)
    market.circular = 0.0
    market.circular_own = 0.0
    for maker in w.chip_makers:
        maker.circular_revenue, maker.circular_own = circular_sales(market, maker.account.column)
        market.circular += maker.circular_revenue
        market.circular_own += maker.circular_own
    for cloud in w.clouds:
        cloud.circular_revenue, cloud.circular_own = circular_sales(market, cloud.account.column)
        market.circular += cloud.circular_revenue
        market.circular_own += cloud.circular_own
        forget(cloud, market.purse)
    for lab in w.labs:
        forget(lab, market.purse)
    for vehicle in w.vehicles:
        forget(vehicle, market.purse)


@rule
def concentration(w):
    """Herfindahl index of reported AI revenue over chip makers, clouds and labs."""
    squares = 0.0
    total = 1e-12
    for maker in w.chip_makers:
        squares += maker.ai_revenue**2
        total += maker.ai_revenue
    for cloud in w.clouds:
        squares += (cloud.rental_revenue + cloud.service_revenue) ** 2
        total += cloud.rental_revenue + cloud.service_revenue
    for lab in w.labs:
        squares += lab.revenue**2
        total += lab.revenue
    return squares / total**2


@rule
def largest_customer(market, seller):
    """What a seller's largest customer paid it in the quarter (USD bn)."""
    most = 0.0
    for payer in range(len(market.trade)):
        most = max(most, market.trade[payer, seller])
    return most


@rule
def dependence(w):
    """Part of chip makers' and clouds' AI revenue that comes from each one's largest customer."""
    largest = 0.0
    total = 1e-12
    for maker in w.chip_makers:
        largest += largest_customer(w.market, maker.account.column)
        total += maker.ai_revenue
    for cloud in w.clouds:
        largest += largest_customer(w.market, cloud.account.column)
        total += cloud.rental_revenue + cloud.service_revenue
    return largest / total
