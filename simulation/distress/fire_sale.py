"""Fire sales: what used compute fetches when many must sell.

Sellers in distress meet buyers who are short of money at the same time, so the price falls below value in best use
(Shleifer and Vishny 1992). The lower price marks everybody's collateral, and lenders roll over less of what is lent
against it.
"""

from __future__ import annotations

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
