"""The life of deals: those of record enter on their dates, progress is counted, and what is over leaves the
register."""

import math

from simulation.books.ledger import place_among
from simulation.chronicle import DEAL_AGREED, NOBODY, tell
from simulation.deals.stakes import is_supplier
from simulation.obligations.contracts import contract_rent, rent_trend, served_shares, sign
from simulation.obligations.deal_register import (
    BACKSTOP,
    COMPUTE_COMMITMENT,
    DEALS,
    EQUITY_STAKE,
    OPEN,
    OVER,
    PURCHASE_COMMITMENT,
    WARRANT,
)
from simulation.rule import rule

MOST_TRANCHES = 8


@rule
def is_alive(w, column):
    """Whether an agent still does business; investors always do."""
    maker, cloud, lab = place_among(w.chip_makers, column), place_among(w.clouds, column), place_among(w.labs, column)
    if maker >= 0:
        return w.chip_makers[maker].alive > 0.5
    if cloud >= 0:
        return w.clouds[cloud].alive > 0.5
    return lab < 0 or w.labs[lab].alive > 0.5


@rule
def advance_deals(world, accounts, firms):
    """Deals of record are agreed on their dates; those agreed move on by a quarter; what ends or loses a party is
    over."""
    w = world[0]
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.open == OVER:
            continue
        if not (is_alive(w, deal.supplier) and is_alive(w, deal.customer)):
            deal.open = OVER
        elif deal.open == OPEN:
            if deal.starts_in > 0.0:
                deal.starts_in -= 1.0
            else:
                deal.quarters_left -= 1.0
            if deal.quarters_left < 0.0 and (deal.kind == BACKSTOP or deal.kind == PURCHASE_COMMITMENT):
                deal.open = OVER
        else:
            deal.starts_in -= 1.0
            if deal.starts_in <= 0.0:
                agree(w, deal)


@rule
def agree(w, deal):
    """A deal of record comes into force, unless the experiment leaves it out."""
    p = w.parameters
    deal.open = OVER
    if p.known_deals < 0.5 or (deal.kind == WARRANT and p.warrants < 0.5):
        return
    amount = deal.amount
    if deal.kind == COMPUTE_COMMITMENT:
        sign_commitment(w, deal)
    else:
        deal.open = OPEN
        deal.starts_in = deal.lead
        if deal.kind == EQUITY_STAKE and is_supplier(deal.supplier):
            deal.amount *= p.stake_scale
            amount = deal.amount
        elif deal.kind == WARRANT:
            grant(w, deal)
            amount = deal.number * deal.reference
    tell(w.chronicle, DEAL_AGREED, deal.supplier, deal.customer, amount, deal.gigawatts)


@rule
def grant(w, deal):
    """Fix the number of warrants and the share price from which their targets are counted."""
    deal.reference = w.ledger.price[deal.supplier]
    if deal.amount > 0.0:
        deal.number = deal.amount * w.ledger.issued[deal.supplier]
    else:
        # Shares of a given worth (USD bn), handed over at once: a warrant whose one tranche has vested.
        deal.number /= deal.reference
        deal.amount = deal.number / w.ledger.issued[deal.supplier]
        deal.delivered = deal.gigawatts


@rule
def sign_commitment(w, deal):
    """A compute commitment of record becomes take-or-pay contracts. Its amount is spread evenly over its duration and,
    where it is large, over contracts that start one a quarter; each buys as many gigawatts as the amount pays for at
    the rent reckoned for the day its service begins."""
    p = w.parameters
    tranches = min(max(math.ceil(deal.amount / p.contract_tranche), 1), MOST_TRANCHES)
    provider = place_among(w.clouds, deal.supplier)
    for k in range(tranches):
        starts_in = deal.lead + k + 1.0
        price = contract_rent(w) * rent_trend(p, starts_in)
        gigawatts = deal.amount / tranches / (deal.quarters * price)
        sign(w, deal.customer, provider, gigawatts, price, starts_in, deal.quarters, deal.firm, 1.0, NOBODY)


@rule
def shipped_for(w, shares, maker, customer):
    """Chips of a maker delivered for a customer in the quarter: to itself, or to the clouds that serve it by its part
    in them (adjusted GW)."""
    cloud, lab = place_among(w.clouds, customer), place_among(w.labs, customer)
    if cloud >= 0:
        return w.market.shipped[maker, cloud]
    total = 0.0
    if lab >= 0:
        for k in range(len(w.clouds)):
            total += shares[lab, k] * w.market.shipped[maker, k]
    return total


@rule
def online_for(w, shares, customer):
    """Compute that came online for a customer in the quarter (adjusted GW)."""
    cloud, lab = place_among(w.clouds, customer), place_among(w.labs, customer)
    if cloud >= 0:
        return w.clouds[cloud].came_online
    total = 0.0
    if lab >= 0:
        for k in range(len(w.clouds)):
            total += shares[lab, k] * w.clouds[k].came_online
    return total


@rule
def count_progress(world, accounts, firms):
    """Physical gigawatts that have come online or been delivered under every deal that depends on them."""
    w = world[0]
    shares = served_shares(w)
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.open != OPEN or deal.starts_in > 0.0 or deal.gigawatts <= 0.0:
            continue
        if deal.kind == EQUITY_STAKE:
            deal.delivered += online_for(w, shares, deal.customer) * w.market.physical
        elif deal.kind == WARRANT and deal.supplier < len(w.chip_makers):
            deal.delivered += shipped_for(w, shares, deal.supplier, deal.customer) * w.market.physical
        elif deal.kind == PURCHASE_COMMITMENT:
            shipped = shipped_for(w, shares, deal.supplier, deal.customer)
            deal.delivered += shipped * w.market.physical
            deal.done += shipped * w.chip_makers[deal.supplier].price
            if deal.delivered >= deal.gigawatts:
                deal.open = OVER


@rule
def close_deals(world, accounts, firms):
    """What is over makes room in the register."""
    register = world[0].deals
    kept = 0
    for number in range(register.n_deals):
        deal = register.deals[number]
        if deal.open != OVER:
            if kept != number:
                register.deals[kept] = deal
            kept += 1
    register.n_deals = kept


@rule
def open_deal(w, kind, supplier, customer, amount, gigawatts, quarters, firm):
    """Enter a deal that the economy makes, or add it to one of the same parties that runs; with the register full, to
    none."""
    register = w.deals
    for number in range(register.n_deals):
        deal = register.deals[number]
        same = deal.kind == kind and deal.supplier == supplier and deal.customer == customer
        if same and deal.open == OPEN and deal.known < 0.5:
            deal.firm = (deal.firm * deal.amount + firm * amount) / (deal.amount + amount)
            deal.amount += amount
            deal.gigawatts += gigawatts
            deal.quarters_left = max(deal.quarters_left, quarters)
            return
    if register.n_deals >= DEALS:
        return
    deal = register.deals[register.n_deals]
    deal.kind = kind
    deal.supplier = supplier
    deal.customer = customer
    deal.known = 0.0
    deal.open = OPEN
    deal.amount = amount
    deal.done = 0.0
    deal.gigawatts = gigawatts
    deal.delivered = 0.0
    deal.starts_in = 0.0
    deal.lead = 0.0
    deal.number = 0.0
    deal.rebated = 0.0
    deal.quarters = quarters
    deal.quarters_left = quarters
    deal.target = 0.0
    deal.reference = 0.0
    deal.firm = firm
    register.n_deals += 1
