"""Deals of record enter the register: each waits there for the date on which it was agreed.

What was agreed before a vintage's date stands at its opening already, as shareholdings and contracts; only what was
still to be paid of it is entered here. Loans, joint ventures and vehicles' leases open with the vehicles."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.dates import VINTAGES
from simulation.deals.stakes import is_supplier
from simulation.measurement.circularity import remember_supplier_money
from simulation.obligations.deal_register import (
    BACKSTOP,
    COMPUTE_COMMITMENT,
    EQUITY_STAKE,
    OPEN,
    PURCHASE_COMMITMENT,
    WAITING,
    WARRANT,
)
from simulation.registry import FIRST_COLUMN, NAMES
from simulation.rule import live, rule
from simulation.state import WORLD
from simulation.vintages.facts import Facts, KnownDeal, assumed, fixed, known_deals
from simulation.vintages.unsaid import unsaid

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening

_KINDS = {
    "equity stake": EQUITY_STAKE,
    "warrant": WARRANT,
    "compute commitment": COMPUTE_COMMITMENT,
    "chip purchase": PURCHASE_COMMITMENT,
    "capacity backstop": BACKSTOP,
}
_BUYER_FIRST = (COMPUTE_COMMITMENT, PURCHASE_COMMITMENT)  # the file names the buyer of these first
_COLUMNS = {
    name: FIRST_COLUMN[kind] + k
    for kind in ("chip_makers", "clouds", "labs", "venture_funds")
    for k, name in enumerate(NAMES[kind])
}
_GROUPS = {
    "other neoclouds": NAMES["clouds"][6:],
    # Meta rents out nothing.
    "cloud providers": [name for name in NAMES["clouds"][:6] if name != "Meta"],
}
_PAID_OVER = {("SoftBank", "OpenAI"): assumed("softbanks_stake_in_openai")}


def open_deals(opening: Opening) -> None:
    """Fill the register of a vintage: what is still to be paid, and every later deal with its date. What suppliers have
    paid into customers before the opening is in the customers' purses as far as purses remember."""
    p, register = opening.p, opening.w["deals"]
    of_record, purses = _of_record(opening.vintage)
    deals = register["deals"][: len(of_record)]
    register["n_deals"] = len(of_record)
    deals[:] = of_record
    deals["firm"] *= p["firm_share"]
    untold = deals["quarters"] == 0.0
    deals["quarters"][untold] = deals["quarters_left"][untold] = p["take_or_pay_quarters"]
    opening.w["market"]["purse"] = purses


@cache
def _of_record(vintage: str) -> tuple[np.ndarray, np.ndarray]:
    """Deals of record as a vintage finds them, and the purses that they have filled. Of a deal, `firm` is one where it
    binds and `quarters` zero where no duration is told: both are for the parameters to say."""
    world = unsaid(WORLD, 1)
    for deal in known_deals():
        for supplier, customer, part in _parties(deal):
            _enter(vintage, world, deal, supplier, customer, part)
    register = world[0]["deals"]
    return fixed(register["deals"][: int(register["n_deals"])]), fixed(world[0]["market"]["purse"])


def _remember(elapsed: int, world: np.ndarray, known: KnownDeal, supplier: int, customer: int, paid: float) -> None:
    """Put what a supplier has paid before the opening, in equal tranches, into the customer's purse."""
    since = elapsed - known.start
    tranches = min(int(assumed("staged_stake")) if "staged" in known.conditions else 1, since + 1)
    remember_tranches(live(world), supplier, customer, paid, tranches, since)


@rule
def remember_tranches(world: Any, supplier: int, customer: int, paid: float, tranches: int, since: int) -> None:
    """Enter what a supplier has paid in equal tranches, one a quarter, the first `since` quarters ago."""
    w = world[0]
    if is_supplier(supplier):
        for k in range(tranches):
            remember_supplier_money(w, supplier, customer, paid / tranches, float(since - k))


@cache
def _parties(deal: KnownDeal) -> list[tuple[int, int, float]]:
    """Columns of supplier and customer and the part of the amount, one for each member of a group; none where a party
    or the kind of the deal has no place in this register."""
    if deal.kind not in _KINDS:
        return []
    first, second = (_GROUPS.get(name, [name]) for name in (deal.giver, deal.taker))
    pairs = [(one, other) for one in first for other in second if one in _COLUMNS and other in _COLUMNS]
    if _KINDS[deal.kind] in _BUYER_FIRST:
        pairs = [(other, one) for one, other in pairs]
    return [(_COLUMNS[supplier], _COLUMNS[customer], 1.0 / len(pairs)) for supplier, customer in pairs]


def _enter(vintage: str, world: np.ndarray, known: KnownDeal, supplier: int, customer: int, part: float) -> None:
    """Put one deal of record into the register if it is still to come or to be paid."""
    register = world[0]["deals"]
    elapsed = VINTAGES[vintage].elapsed
    agreed = known.announced - elapsed
    lead = known.start - known.announced
    amount = known.amount * part
    kind = _KINDS[known.kind]
    if agreed <= 0:
        amount = Facts.load(vintage).get(
            known.giver, f"still_to_pay_{known.taker.lower()}"
        )  # promised before, paid after
        if kind == EQUITY_STAKE:
            _remember(elapsed, world, known, supplier, customer, known.amount * part - amount)
    gift = kind == EQUITY_STAKE and FIRST_COLUMN["clouds"] <= supplier < customer and known.giver == "CoreWeave"
    if lead < 0 or (amount <= 0.0 and kind != WARRANT):
        return
    deal = register["deals"][int(register["n_deals"])]
    register["n_deals"] += 1
    deal["kind"], deal["supplier"], deal["customer"], deal["known"] = kind, supplier, customer, 1.0
    deal["amount"], deal["gigawatts"] = amount, known.gigawatts
    deal["open"], deal["starts_in"] = (OPEN, 0.0) if agreed <= 0 else (WAITING, agreed)
    deal["lead"] = lead
    deal["quarters"] = known.quarters
    deal["firm"] = float(known.agreed)
    deal["target"] = 1.0
    if kind == EQUITY_STAKE and known.gigawatts == 0.0:
        staged = assumed("staged_stake") if "staged" in known.conditions else 1.0
        deal["quarters"] = _PAID_OVER.get((known.giver, known.taker), staged)
        if agreed <= 0:
            deal["quarters"] = assumed("rest_of_old_stakes")
    if gift:
        # Stock that CoreWeave gave its customer with the contract: warrants that vest at once.
        deal["kind"], deal["number"], deal["amount"], deal["gigawatts"] = WARRANT, amount, 0.0, 1.0
    elif kind == WARRANT:
        deal["amount"] = assumed("amd_warrant_part")
        deal["target"] = assumed("amd_warrant_at_last_target") / assumed("amd_warrant_at_announcement")
    deal["quarters_left"] = deal["quarters"]
