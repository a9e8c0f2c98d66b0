"""Vendor loans: where private credit stops, makers lend neoclouds a part of what they pay for chips. The sales are
theirs, and so is the loss if the customer fails."""

from __future__ import annotations

from simulation.agents.clouds import equipment_to_order
from simulation.books.instruments import VENDOR_LOANS
from simulation.books.ledger import place_among
from simulation.books.purposes import VENDOR_LOAN_TRADES
from simulation.books.verbs import lend
from simulation.chronicle import VENDOR_LOAN, tell
from simulation.deals.circularity import note_supplier_money
from simulation.distress.register import liquid
from simulation.markets.chips import likely_arrival
from simulation.rule import rule

VENDOR_LOAN_MATURITY = 12.0  # quarters


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
def lend_as_vendors(w, cloud, lack, rate):
    """Makers lend a neocloud a part of its chip bill, as far as it lacks money, within their free cash and the limit on
    their loans over a year's sales. Returns the money lent."""
    p = w.parameters
    if p.endogenous_deals < 0.5:
        return 0.0
    k = place_among(w.clouds, cloud.account.column)
    total = 0.0
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        limit = p.vendor_loan_limit * 4.0 * maker.ai_revenue - lent_to_customers(w.ledger, maker.account.column)
        free = liquid(w, maker.account) - maker.money_target
        amount = min(lack - total, p.circularity * p.vendor_loan_share * chip_bill(w, m, k, cloud), limit, free)
        if amount > 1e-6:
            note_supplier_money(w, maker.account.column, cloud.account.column, amount)
            total += lend(
                w.ledger,
                maker.account,
                cloud.account,
                amount,
                rate,
                VENDOR_LOAN_MATURITY,
                VENDOR_LOANS,
                VENDOR_LOAN_TRADES,
            )
            tell(w.chronicle, VENDOR_LOAN, maker.account.column, cloud.account.column, amount, 0.0)
    return total
