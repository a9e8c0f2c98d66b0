"""Warrants that a supplier gives a customer for buying: they vest as purchases are delivered and the share price passes
its marks, and cost nearly nothing to exercise.

They are consideration paid to a customer, so their fair value at grant counts against the supplier's revenue as the
purchases are delivered (ASC 606-10-32-25), whether they vest or not.

An example: 1,000 shares at 100; 100 penny warrants, a sixth for every GW delivered; the price mark is reached with
probability .5. Every GW costs the supplier 100/6 x 100 x .5 = 833 of revenue. After 2 GW, the mark reached for both
tranches, 33.3 warrants have vested: exercised, they are 33.3/1,033.3 = 3.2% of the company. The customer carries the
vested ones at their full worth, 33.3 x 100, and the other 66.7 at half, together 6,667."""

import math

import numpy as np

from simulation.rule import rule

WHOLE = 1e-9
"""Part of a tranche by which a delivery may miss it by rounding."""


@rule
def vest(
    vested: np.ndarray, delivered: float, gigawatts_per_tranche: float, share_price: float, marks: np.ndarray
) -> int:
    """Vest every tranche whose delivery is complete and whose price mark is reached. Returns how many are new.

    Tranche k needs (k + 1) x gigawatts_per_tranche delivered since the grant and a share price of marks[k]. `vested`
    holds a flag per tranche and is changed in place; what has vested stays so when the price falls."""
    complete = math.floor(delivered / gigawatts_per_tranche + WHOLE)
    new = 0
    for k in range(min(complete, len(vested))):
        if not vested[k] and share_price >= marks[k]:
            vested[k] = True
            new += 1
    return new


@rule
def intrinsic_value(share_price: float, strike: float) -> float:
    """What the right to buy one share at the strike is worth now."""
    return max(share_price - strike, 0.0)


@rule
def fair_value(unvested: float, share_price: float, strike: float, probability: float) -> float:
    """Fair value of unvested warrants whose price mark is reached with a probability. A penny strike leaves the option
    no time value; that the customer takes delivery is not priced in, since it decides that itself."""
    return unvested * probability * intrinsic_value(share_price, strike)


@rule
def carrying_value(vested: float, unvested: float, share_price: float, strike: float, probability: float) -> float:
    """Value at which the holder carries its warrants and the issuer owes them: the vested at full worth, the unvested
    at the probability of their price mark."""
    return vested * intrinsic_value(share_price, strike) + fair_value(unvested, share_price, strike, probability)


@rule
def contra_revenue(value_at_grant: float, delivered: float, gigawatts: float) -> float:
    """What counts against the supplier's revenue for a delivery (GW): its part of the fair value at grant, spread over
    the gigawatts of the deal. Later share prices do not change it (ASC 606-10-32-25, ASC 718)."""
    return value_at_grant * delivered / gigawatts if gigawatts > 0.0 else 0.0


@rule
def exercised(vested: float, share_price: float, strike: float) -> float:
    """New shares for vested warrants, exercised without cash: as many as are worth what the warrants are worth beyond
    the strike, none where the share is not worth more than that."""
    return vested * intrinsic_value(share_price, strike) / share_price if share_price > strike else 0.0


@rule
def dilution(shares: float, new_shares: float) -> float:
    """Part of the company that holders of new shares own, and old holders give up."""
    return new_shares / (shares + new_shares) if new_shares > 0.0 else 0.0
