"""Backstops: a supplier has promised to rent what its customer cannot sell."""

from __future__ import annotations

from simulation.books.deliveries import COMPUTE_SERVED, deliver
from simulation.books.ledger import place_among
from simulation.books.purposes import COMPUTE_RENTAL
from simulation.books.verbs import pay
from simulation.chronicle import BACKSTOP_CALLED, tell
from simulation.deals.register import BACKSTOP, OPEN, OVER
from simulation.distress.register import liquid
from simulation.rule import rule


@rule
def call_backstops(world, accounts, firms):
    """What a provider has not rented out goes to its guarantor at the spot rent, up to what was promised."""
    w = world[0]
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.kind != BACKSTOP or deal.open != OPEN or deal.starts_in > 0.0:
            continue
        cloud = w.clouds[place_among(w.clouds, deal.customer)]
        unsold = max(cloud.rentable - cloud.rented, 0.0)
        money = max(liquid(w, accounts[deal.supplier]), 0.0)
        amount = min(unsold * w.market.spot, deal.amount - deal.done, money)
        if amount <= 1e-9:
            continue
        cloud.rented += amount / w.market.spot
        cloud.rental_revenue += pay(w.ledger, accounts[deal.supplier], cloud.account, amount, COMPUTE_RENTAL)
        w.ledger.memo[COMPUTE_RENTAL] += amount
        deliver(w.ledger, accounts[deal.supplier], COMPUTE_SERVED, amount)
        w.market.trade[deal.supplier, deal.customer] += amount
        deal.done += amount
        tell(w.chronicle, BACKSTOP_CALLED, deal.supplier, deal.customer, amount, amount / w.market.spot)
        if deal.done >= deal.amount - 1e-9:
            deal.open = OVER
