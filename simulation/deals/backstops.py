"""Backstops: a supplier has promised to rent what its customer cannot sell."""

import numpy as np

from simulation.books.deliveries import COMPUTE_SERVED, deliver
from simulation.books.ledger import place_among
from simulation.books.purposes import COMPUTE_RENTAL
from simulation.chronicle import BACKSTOP_CALLED, tell
from simulation.obligations.deal_register import BACKSTOP, OPEN, OVER
from simulation.obligations.dues import LEASES, NO_CLAIM, owe
from simulation.rule import rule

SMALLEST = 1e-9  # USD bn


@rule
def backstop_due(w, deal):
    """What a guarantor owes for what its customer has not rented out, at the spot rent, up to what was promised
    (USD bn)."""
    if deal.kind != BACKSTOP or deal.open != OPEN or deal.starts_in > 0.0:
        return 0.0
    cloud = w.clouds[place_among(w.clouds, deal.customer)]
    return min(max(cloud.rentable - cloud.rented, 0.0) * w.market.spot, deal.amount - deal.done)


@rule
def call_backstops(world, accounts, firms):
    """What a provider has not rented out goes to its guarantors at the spot rent. It is rent like any other: due this
    quarter, and unpaid only if the guarantor fails."""
    w = world[0]
    dues = np.zeros(w.deals.n_deals)
    called = np.zeros(len(w.debtors))
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        dues[number] = backstop_due(w, deal)
        called[deal.customer] += dues[number]
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if dues[number] <= SMALLEST:
            continue
        cloud = w.clouds[place_among(w.clouds, deal.customer)]
        unsold = max(cloud.rentable - cloud.rented, 0.0) * w.market.spot
        amount = dues[number] * min(unsold / called[deal.customer], 1.0)
        cloud.rental_revenue += amount
        owe(w, deal.supplier, deal.customer, amount, LEASES, COMPUTE_RENTAL, NO_CLAIM, 0)
        deliver(w.ledger, accounts[deal.supplier], COMPUTE_SERVED, amount)
        deal.done += amount
        tell(w.chronicle, BACKSTOP_CALLED, deal.supplier, deal.customer, amount, amount / w.market.spot)
        if deal.done >= deal.amount - SMALLEST:
            deal.open = OVER
    for cloud in w.clouds:
        cloud.rented += min(called[cloud.account.column] / w.market.spot, max(cloud.rentable - cloud.rented, 0.0))
