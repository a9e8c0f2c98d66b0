"""What government buys, pays for or asks of the AI sector: public compute and open models, foundries and grids,
liability of those who sell AI services, contracts open to all clouds. What it gives, it pays."""

import math

from simulation.books.instruments import CAPITAL
from simulation.books.purposes import INVESTMENT_CREDIT, LIABILITY, ORDINARY_INVESTMENT, PUBLIC_COMPUTE
from simulation.books.verbs import add_asset, pay, pay_in
from simulation.rule import rule


@rule
def public_need(w):
    """Compute that government wants to rent at any price (GW): for public use, and to train open models."""
    return w.levers.public_compute + w.levers.open_weights


@rule
def rent_public_compute(w, gigawatts, free):
    """Government pays the spot rent for what it gets of the clouds' free compute; its models learn from their part."""
    market = w.market
    market.public_training *= 1.0 - w.parameters.training_decay
    if gigawatts <= 0.0:
        return
    market.public_training += gigawatts * w.levers.open_weights / public_need(w)
    government = w.governments[0].account
    for cloud in w.clouds:
        if cloud.rentable > 0.0:
            rent = gigawatts * market.spot * cloud.rentable / free
            cloud.rental_revenue += pay(w.ledger, government, cloud.account, rent, PUBLIC_COMPUTE)
    w.ledger.memo[PUBLIC_COMPUTE] += gigawatts * market.spot


@rule
def open_models_lead(market):
    """Quality that publicly trained open models add to the fringe (log points): by as much as public training adds to
    that of the labs."""
    return math.log(1.0 + market.public_training / max(market.training_total, 1e-9))


@rule
def fund_foundry(w, maker):
    """Government pays for plant that lets a maker ship more; the maker builds it at home."""
    growth = w.levers.foundry_subsidy
    if growth <= 0.0 or maker.alive < 0.5:
        return
    ledger = w.ledger
    cost = w.parameters.foundry_cost * 4.0 * maker.supply * growth
    pay(ledger, w.governments[0].account, maker.account, cost, INVESTMENT_CREDIT)
    pay_in(ledger, ledger.goods, maker.account, cost, ORDINARY_INVESTMENT)
    add_asset(ledger, maker.account, CAPITAL, cost)


@rule
def cost_of_grid(w):
    """What government spends on power and connections for compute (USD bn a quarter)."""
    return w.levers.grid_investment * w.parameters.grid_cost * w.macro.price_level


@rule
def pay_liability(world, accounts, firms):
    """Sellers of AI services pay households for harm, a part of what they have just sold."""
    w = world[0]
    part = w.levers.liability
    if part <= 0.0:
        return
    for household in w.households:
        for lab in w.labs:
            if lab.alive > 0.5:
                pay(w.ledger, lab.account, household.account, part * lab.revenue * household.transfer_share, LIABILITY)
        for cloud in w.clouds:
            if cloud.service_revenue > 0.0:
                damages = part * cloud.service_revenue * household.transfer_share
                pay(w.ledger, cloud.account, household.account, damages, LIABILITY)


@rule
def partner_part(w, lab, cloud):
    """Part of a lab's new contracts that goes to a cloud: its partners have most of it, as far as exclusive
    partnerships are allowed; the rest goes to all by capacity."""
    open_part = w.levers.open_partnerships
    by_capacity = w.clouds[cloud].online / w.market.online
    return (1.0 - open_part) * w.market.partner_share[lab, cloud] + open_part * by_capacity
