"""Commitments that stand in no balance sheet: reported, never summed with what is owned and owed."""

from __future__ import annotations

from simulation.deals.register import PURCHASE_COMMITMENT, WARRANT
from simulation.rule import rule
from simulation.state import CLOUDS, FIRST_COLUMN, MAKERS, OTHER_BUYERS

FIRST_CLOUD = FIRST_COLUMN["clouds"]
FIRST_OTHER_BUYER = FIRST_COLUMN["other_buyers"]


@rule
def buyer_number(column):
    """Place of a column among the buyers of chips, clouds first; -1 for those who buy none."""
    if FIRST_CLOUD <= column < FIRST_CLOUD + CLOUDS:
        return column - FIRST_CLOUD
    if FIRST_OTHER_BUYER <= column < FIRST_OTHER_BUYER + OTHER_BUYERS:
        return CLOUDS + column - FIRST_OTHER_BUYER
    return -1


@rule
def still_promised(w, deal):
    """What is left of a deal (USD bn): not of warrants, which are a claim, nor of purchases that stand in the order
    book already."""
    if deal.open < 0.5 or deal.kind == WARRANT:
        return 0.0
    left = deal.amount - deal.done
    if deal.kind == PURCHASE_COMMITMENT and deal.supplier < MAKERS:
        buyer = buyer_number(deal.customer)
        if buyer >= 0:
            left -= w.market.on_order[deal.supplier, buyer] * w.chip_makers[deal.supplier].price
    return max(left, 0.0)


@rule
def hidden_commitments(w):
    """Chip orders, compute contracts, leases with their guarantees, and money promised in deals (USD bn)."""
    market = w.market
    hidden = 0.0
    for maker in range(MAKERS):
        hidden += market.on_order[maker].sum() * w.chip_makers[maker].price
    for k in range(market.n_contracts):
        contract = market.contracts[k]
        hidden += contract.gigawatts * contract.price * max(contract.quarters_left, 0.0)
    for vehicle in w.vehicles:
        if vehicle.lessee >= 0:
            hidden += vehicle.rent * max(vehicle.quarters_left, 0.0) + vehicle.guarantee + vehicle.undrawn
    for k in range(w.deals.n_deals):
        hidden += still_promised(w, w.deals.deals[k])
    return hidden
