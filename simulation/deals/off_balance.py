"""Commitments that stand in no balance sheet: reported, never summed with what is owned and owed."""

import numpy as np

from simulation.deals.commitments import committed_parts, on_order_for
from simulation.obligations.contracts import backlog_of, served_shares
from simulation.obligations.deal_register import PURCHASE_COMMITMENT, WARRANT
from simulation.registry import MAKERS
from simulation.rule import rule


@rule
def still_promised(w, shares, committed, deal):
    """What is left of a deal (USD bn): not of warrants, which are a claim, nor of purchases that stand in the order
    book already, whoever has ordered for the customer."""
    if deal.open < 0.5 or deal.kind == WARRANT:
        return 0.0
    left = deal.amount - deal.done
    if deal.kind == PURCHASE_COMMITMENT:
        left -= on_order_for(w, shares, committed, deal) * w.chip_makers[deal.supplier].price
    return max(left, 0.0)


@rule
def left_of_deals(w):
    """What is left of every deal (USD bn, an array)."""
    shares = served_shares(w)
    committed = committed_parts(w, shares)
    left = np.zeros(w.deals.n_deals)
    for number in range(w.deals.n_deals):
        left[number] = still_promised(w, shares, committed, w.deals.deals[number])
    return left


@rule
def hidden_commitments(w):
    """Chip orders, compute contracts, leases with their guarantees, and money promised in deals (USD bn)."""
    market = w.market
    hidden = 0.0
    for maker in range(MAKERS):
        hidden += market.on_order[maker].sum() * w.chip_makers[maker].price
    for k in range(market.n_contracts):
        hidden += backlog_of(market.contracts[k])
    for vehicle in w.vehicles:
        if vehicle.lessee >= 0:
            hidden += vehicle.rent * max(vehicle.quarters_left, 0.0) + vehicle.guarantee + vehicle.undrawn
    return hidden + left_of_deals(w).sum()
