"""Vehicles of record: whom they lease to, when their lenders begin to pay, how much and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulation.registry import NAMES
from simulation.vintages.facts import KnownDeal, assumed, known_deals
from simulation.vintages.services_opening import partners_of

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening


class VehicleOfRecord(NamedTuple):
    """One vehicle: the party it stands under in the table of deals, its user, and the terms of its lease."""

    name: str
    party: str
    user: str
    lease_quarters: float
    draw_quarters: float


# Meta's leases run on bonds to 2049, so that the line is drawn as sites are built. A lab owns no compute here: what a
# vehicle holds for xAI its largest provider runs.
_OF_RECORD = (
    VehicleOfRecord("Abilene vehicle", "Abilene vehicle", "Oracle", assumed("abilene_lease"), assumed("abilene_draw")),
    VehicleOfRecord(
        "Oracle site vehicle",
        "Oracle-leased sites",
        "Oracle",
        assumed("oracle_sites_lease"),
        assumed("oracle_sites_draw"),
    ),
    VehicleOfRecord(
        "Hyperion vehicle", "Meta Hyperion vehicle", "Meta", assumed("hyperion_lease"), assumed("hyperion_draw")
    ),
    VehicleOfRecord("xAI vehicle", "xAI vehicle", "xAI", assumed("xai_lease"), assumed("xai_draw")),
)


def open_vehicles(opening: Opening) -> None:
    """Enter the vehicles that start after the vintage's date; none of record is older."""
    for place in _OF_RECORD:
        deal = _deal_of(place.party)
        begins = max(deal.start, deal.announced)
        if place.name == "Hyperion vehicle":  # paid for while it is built, from the deal on; complete in 2029
            begins = deal.announced
        vehicle = opening.w["vehicles"][NAMES["vehicles"].index(place.name)]
        user = place.user
        if user in NAMES["labs"]:
            user = max(partners_of(opening, user).items(), key=lambda part: part[1])[0]
        vehicle["lessee"] = opening.column("clouds", NAMES["clouds"].index(user))
        vehicle["known"] = 1.0
        vehicle["starts_in"] = max(begins - int(opening.w["opening_quarter"]), 1)
        vehicle["undrawn"] = deal.amount
        vehicle["draw"] = deal.amount / place.draw_quarters
        vehicle["quarters_left"] = place.lease_quarters


def _deal_of(party: str) -> KnownDeal:
    """The deal that a vehicle was made for; its sponsor's own stake, which is small, is a part of the amount."""
    own = assumed("largest_sponsors_stake")
    return next(deal for deal in known_deals() if party in (deal.giver, deal.taker) and deal.amount > own)
