"""Open-weight models need compute too: enterprise, sovereign and foreign clouds train and run them.

The fringe sells what it can at little above the cost of compute, and follows the frontier some quarters behind. So the
compute of the other buyers grows with the demand for AI and with the training of the labs, not by itself."""

from simulation.books.purposes import COMPUTE_RENTAL
from simulation.books.verbs import pay
from simulation.rule import rule


@rule
def fringe_sales(market):
    """What home and abroad spend on open models (USD bn a quarter)."""
    abroad = market.foreign_demand / max(1.0 - market.fringe_share, 1e-9)
    return market.fringe_share * (market.home_demand + abroad)


@rule
def plan_open_models(world, accounts, firms):
    """Open models take compute for what they sell, and in training follow a part of what the labs train with."""
    w = world[0]
    p = w.parameters
    market = w.market
    training = 0.0
    for lab in w.labs:
        if lab.alive > 0.5:
            training += lab.training_done
    market.open_training += (p.fringe_training * training - market.open_training) / p.fringe_lag
    inference = 0.0
    if market.fringe_price > 0.0:
        inference = fringe_sales(market) / market.fringe_price * market.service_compute / market.efficiency
    market.open_model_need = inference + market.open_training
    for buyer in w.other_buyers:
        buyer.service_need = buyer.rental_share * market.open_model_need


@rule
def host_open_models(buyer):
    """An owner divides its compute between its own use and open models as they need it. Sets GW in own use and rented
    out."""
    needed = buyer.own_need + buyer.service_need
    used = min(needed, buyer.online)
    buyer.own_use = used * (buyer.own_need / needed) if needed > 0.0 else 0.0
    buyer.rented = used - buyer.own_use


@rule
def pay_for_open_models(world, accounts, firms):
    """Those who offer open models, abroad, pay the spot rent for the compute they use."""
    w = world[0]
    abroad = w.rest_of_world[0].account
    for buyer in w.other_buyers:
        rent = pay(w.ledger, abroad, buyer.account, buyer.rented * w.market.spot, COMPUTE_RENTAL)
        buyer.rental_revenue += rent
        w.market.trade[abroad.column, buyer.account.column] += rent
