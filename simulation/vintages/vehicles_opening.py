"""Vehicles of record: whom they lease to, when their lenders begin to pay, how much and for how long."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from simulation.dates import VINTAGES
from simulation.registry import FIRST_COLUMN, NAMES
from simulation.vintages.facts import KnownDeal, assumed, known_deals
from simulation.vintages.services_opening import partners_of

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening


class VehicleOfRecord(NamedTuple):
    """One vehicle, as the registry orders them: the party it stands under in the table of deals, its user, and the
    terms of its lease."""

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
    lessee, starts_in, undrawn, draw = _of_record(opening.vintage)
    vehicles = opening.w["vehicles"][: len(_OF_RECORD)]
    vehicles["known"] = 1.0
    vehicles["lessee"], vehicles["starts_in"], vehicles["undrawn"], vehicles["draw"] = lessee, starts_in, undrawn, draw
    vehicles["quarters_left"] = [place.lease_quarters for place in _OF_RECORD]


@cache
def _of_record(vintage: str) -> tuple[tuple[float, ...], ...]:
    """Of each vehicle of record: its lessee's column, the quarters until it begins, what is promised to it, and how
    much of that it draws a quarter."""
    rows = []
    for place in _OF_RECORD:
        deal = _deal_of(place.party)
        begins = max(deal.start, deal.announced)
        if place.name == "Hyperion vehicle":  # paid for while it is built, from the deal on; complete in 2029
            begins = deal.announced
        user = place.user
        if user in NAMES["labs"]:
            user = max(partners_of(vintage, user).items(), key=lambda part: part[1])[0]
        lessee = FIRST_COLUMN["clouds"] + NAMES["clouds"].index(user)
        starts_in = max(begins - VINTAGES[vintage].elapsed, 1)
        rows.append((lessee, starts_in, deal.amount, deal.amount / place.draw_quarters))
    return tuple(zip(*rows, strict=True))


def _deal_of(party: str) -> KnownDeal:
    """The deal that a vehicle was made for; its sponsor's own stake, which is small, is a part of the amount."""
    own = assumed("largest_sponsors_stake")
    return next(deal for deal in known_deals() if party in (deal.giver, deal.taker) and deal.amount > own)
