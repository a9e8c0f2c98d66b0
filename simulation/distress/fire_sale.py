"""Fire sales: what used compute fetches when many must sell, and whom the lower price forces to sell next.

Sellers in distress meet buyers who are short of money at the same time, so the price falls below value in best use
(Shleifer and Vishny 1992); the lower price marks everybody's collateral, and those above their loan-to-value ceiling
must sell too (Cifuentes, Ferrucci and Shin 2005).
"""

from __future__ import annotations

import numpy as np

from simulation.rule import rule


@rule
def fire_sale_price(mark: float, offered: float, absorbable: float, depth: float, floor: float) -> float:
    """Price of an asset sold in distress: mark x max(floor, 1 - depth x offered/absorbable).

    Offered and absorbable are in units of the asset (GW): what is for sale and what buyers could take in a quarter;
    depth (`fire_sale`) is the part of the mark lost when the two are equal, floor (`fire_sale_floor`) what scrap and
    patience guarantee.
    """
    if offered <= 0.0:
        return mark
    if absorbable <= 0.0:
        return mark * floor
    return mark * max(floor, 1.0 - depth * offered / absorbable)


@rule
def forced_offer(units: float, debt: float, ceiling: float, price: float) -> float:
    """Units a borrower must sell at the price to bring its debt, paid down with the proceeds, back to the loan-to-value
    ceiling (below one): q with debt - q price = ceiling price (units - q); at most all it has."""
    value = price * units
    if debt <= ceiling * value:
        return 0.0
    return min((debt - ceiling * value) / (price * (1.0 - ceiling)), units) if price > 0.0 else units


@rule
def sell_down(
    units: np.ndarray,
    debts: np.ndarray,
    ceiling: float,
    mark: float,
    absorbable: float,
    depth: float,
    floor: float,
    rounds: int,
    offered: np.ndarray,
) -> float:
    """The spiral: offers set a price, the price marks all collateral, and those in breach offer more.

    `offered` comes in with what each holder must sell anyway and is raised to what it offers in the end; what is not
    collateral, or not the holder's to sell twice, stays out of `units`. Goes on for a number of rounds (one: the
    price of what must be sold anyway, and the offers it forces next) or until no offer rises. Offers only rise, so
    the price reached in the end is the highest that holds (Cifuentes, Ferrucci and Shin 2005). Returns the price.
    """
    price = mark
    for _ in range(rounds):
        total = 0.0
        for i in range(len(offered)):
            total += offered[i]
        price = fire_sale_price(mark, total, absorbable, depth, floor)
        raised = 0.0
        for i in range(len(units)):
            more = forced_offer(units[i], debts[i], ceiling, price) - offered[i]
            if more > 0.0:
                offered[i] += more
                raised += more
        if raised <= 1e-12 * total:
            break
    return price
