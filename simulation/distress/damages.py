"""Damages: what the customer who fails owes for the contract it no longer keeps."""

from simulation.rule import rule


@rule
def take_or_pay_damages(
    quarters_left: float, gigawatts: float, contract_price: float, spot: float, quarters_of_damages: float
) -> float:
    """What the provider loses by letting the capacity at spot, for `damage_quarters` or what is left of the contract:
    quarters x GW x (contract price - spot), prices in USD bn per GW and quarter. Nothing where spot is higher.

    The injured side is to be put where performance would have put it, less what it can earn elsewhere (for goods:
    Uniform Commercial Code 2-708); a landlord's claim in bankruptcy is capped likewise (11 U.S.C. 502(b)(6))."""
    quarters = max(min(quarters_left, quarters_of_damages), 0.0)
    return quarters * gigawatts * max(contract_price - spot, 0.0)
