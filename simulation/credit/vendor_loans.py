"""Vendor loans: where private credit stops, makers lend neoclouds a part of what they pay for chips. The sales are
theirs, and so is the loss if the customer fails."""

import numpy as np

from simulation.agents.clouds import equipment_to_order
from simulation.books.instruments import VENDOR_LOANS
from simulation.books.purposes import VENDOR_LOAN_TRADES
from simulation.books.verbs import lend
from simulation.chronicle import VENDOR_LOAN, tell
from simulation.obligations.dues import liquid
from simulation.obligations.supplier_money import note_supplier_money
from simulation.rule import rule
from simulation.technology.leads import likely_arrival

VENDOR_LOAN_MATURITY = 12.0  # quarters
SMALLEST = 1e-6  # USD bn


@rule
def lent_to_customers(ledger, maker):
    """Vendor loans of a maker that stand (column, USD bn)."""
    total = 0.0
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.instrument == VENDOR_LOANS and claim.holder == maker:
            total += claim.amount
    return total


@rule
def chip_bill(w, m, k, cloud):
    """What a cloud is likely to pay a maker next quarter: a part of what is on order and of what it plans (USD bn)."""
    market = w.market
    orders = (
        market.on_order[m, k] + equipment_to_order(cloud, max(cloud.planned_orders, 0.0)) * market.maker_share[m, k]
    )
    return orders * likely_arrival(market) * w.chip_makers[m].price


@rule
def vendor_offers(w, lacks):
    """What each maker would lend each cloud (USD bn, makers by clouds): a part of its chip bill, within the maker's
    free cash and the limit on its loans over a year's sales. Who lacks less than all makers offer takes the same part
    of every offer."""
    p = w.parameters
    offers = np.zeros((len(w.chip_makers), len(w.clouds)))
    if p.endogenous_deals < 0.5 or lacks.sum() <= 0.0:
        return offers
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        for k in range(len(w.clouds)):
            bill = chip_bill(w, m, k, w.clouds[k])
            offers[m, k] = min(p.circularity * p.vendor_loan_share * bill, lacks[k])
        limit = p.vendor_loan_limit * 4.0 * maker.ai_revenue - lent_to_customers(w.ledger, maker.account.column)
        room = max(min(limit, liquid(w, maker.account) - maker.money_target), 0.0)
        offers[m] *= min(room / max(offers[m].sum(), 1e-12), 1.0)
    for k in range(len(w.clouds)):
        offers[:, k] *= min(lacks[k] / max(offers[:, k].sum(), 1e-12), 1.0)
    return offers


@rule
def lend_as_vendors(w, lacks, rate):
    """Makers lend neoclouds what these lack (USD bn, by cloud) and private credit does not lend. Returns the money
    lent, by cloud."""
    offers = vendor_offers(w, lacks)
    lent = np.zeros(len(w.clouds))
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m].account
        for k in range(len(w.clouds)):
            amount = offers[m, k]
            if amount > SMALLEST:
                cloud = w.clouds[k].account
                note_supplier_money(w, maker.column, cloud.column, amount)
                lent[k] += lend(
                    w.ledger, maker, cloud, amount, rate, VENDOR_LOAN_MATURITY, VENDOR_LOANS, VENDOR_LOAN_TRADES
                )
                tell(w.chronicle, VENDOR_LOAN, maker.column, cloud.column, amount, 0.0)
    return lent
