"""What members of the AI sector are delivered, by kind: each delivery is counted from its quantity when it is made and
must show up as paid, or as unpaid by somebody who was let off or failed. Nothing that was used vanishes from the bill.
"""

from typing import NamedTuple

import numpy as np

from simulation.books import purposes
from simulation.rule import record, rule

CHIPS_DELIVERED = 0
SHELLS_BUILT = 1
POWER_USED = 2
WORK_DONE = 3
INPUTS_USED = 4
COMPUTE_SERVED = 5
ASSETS_LEASED = 6


class Delivery(NamedTuple):
    """One kind of delivery and the purposes under which it is paid."""

    name: str
    paid_as: tuple[int, ...]


DELIVERIES: tuple[Delivery, ...] = (
    Delivery("chips", (purposes.CHIPS,)),
    Delivery("shells", (purposes.AI_STRUCTURES, purposes.AI_STRUCTURES_IMPORTED)),
    Delivery("power", (purposes.POWER,)),
    Delivery("work", (purposes.WAGES,)),
    Delivery("inputs", (purposes.INPUTS,)),
    Delivery("compute services", (purposes.COMPUTE_RENTAL,)),
    Delivery("leased assets", (purposes.LEASE_RENT,)),
)
N_DELIVERIES = len(DELIVERIES)

DELIVERY_OF = np.full(purposes.N_PURPOSES, -1)
"""Kind of delivery that a purpose pays, -1 for none."""
for _kind, _delivery in enumerate(DELIVERIES):
    DELIVERY_OF[list(_delivery.paid_as)] = _kind


def deliveries_record(columns: int) -> np.dtype:
    """Layout of the deliveries of a quarter, by kind and column (USD bn)."""
    return record(delivered=("f8=0", (N_DELIVERIES, columns)), unpaid=("f8=0", (N_DELIVERIES, columns)))


@rule
def deliver(ledger, customer, kind, value):
    """Count what a customer has been delivered, from its quantity and price (USD bn), whatever it pays."""
    ledger.deliveries.delivered[kind, customer.column] += value


@rule
def leave_unpaid(ledger, column, purpose, amount):
    """Count what a customer will not pay of what it was delivered: it was let off, has failed, or another pays."""
    if DELIVERY_OF[purpose] >= 0:
        ledger.deliveries.unpaid[DELIVERY_OF[purpose], column] += amount
