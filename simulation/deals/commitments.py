"""Purchase commitments: a customer promises to take a maker's chips. Labs own no compute, so the clouds that serve a
lab order for it; they pay a deposit, and damages where such orders are cancelled."""

import numpy as np

from simulation.books.instruments import PREPAYMENTS
from simulation.books.ledger import place_among
from simulation.books.purposes import DAMAGES, PREPAYMENT_TRADES
from simulation.books.verbs import claim_between, lend, redeem, write_off
from simulation.credit.lenders import part_met
from simulation.obligations.contracts import served_shares
from simulation.obligations.deal_register import OPEN, PURCHASE_COMMITMENT
from simulation.obligations.dues import DAMAGE_CLAIMS, NO_CLAIM, means_of, owe
from simulation.rule import rule

SMALLEST = 1e-9


@rule
def buyers_part(w, shares, customer, cloud):
    """Part of a cloud's orders that is for a customer: all of its own, or what serves a lab."""
    if customer == w.clouds[cloud].account.column:
        return 1.0
    lab = place_among(w.labs, customer)
    return shares[lab, cloud] if lab >= 0 else 0.0


@rule
def orders_for(w, shares, customer):
    """Equipment ordered this quarter for a customer (adjusted GW)."""
    total = 0.0
    for k in range(len(w.clouds)):
        total += buyers_part(w, shares, customer, k) * w.clouds[k].equipment_orders
    return total


@rule
def committed_parts(w, shares):
    """What the customers of all open commitments with a maker are of a cloud: array of makers by clouds."""
    parts = np.zeros((len(w.chip_makers), len(w.clouds)))
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.kind == PURCHASE_COMMITMENT and deal.open == OPEN:
            for k in range(len(w.clouds)):
                parts[deal.supplier, k] += buyers_part(w, shares, deal.customer, k)
    return parts


@rule
def part_of_reserved(w, shares, committed, deal, cloud):
    """Part of a cloud's reserved orders with a maker that belongs to one deal; deals of several customers share them
    by what they are of the cloud."""
    total = committed[deal.supplier, cloud]
    return buyers_part(w, shares, deal.customer, cloud) / total if total > 0.0 else 0.0


@rule
def on_order_for(w, shares, committed, deal):
    """Chips on order under a purchase commitment (adjusted GW)."""
    total = 0.0
    for k in range(len(w.clouds)):
        total += part_of_reserved(w, shares, committed, deal, k) * w.market.reserved[deal.supplier, k]
    return total


@rule
def wanted_now(w, shares, committed, deal):
    """Part of a customer's orders that a commitment asks for: what is still to be ordered of it, spread over
    what is left of its time."""
    orders = orders_for(w, shares, deal.customer)
    if orders <= SMALLEST:
        return 0.0
    left = (deal.gigawatts - deal.delivered) / w.market.physical - on_order_for(w, shares, committed, deal)
    return min(max(left, 0.0) / max(deal.quarters_left, 1.0) / orders, 1.0)


@rule
def reserve_orders(world, accounts, firms):
    """Orders turn towards the makers to whom purchases are promised, by as much as the promises ask; the rest
    goes to the usual ones."""
    w = world[0]
    market = w.market
    market.maker_share[:, :] = market.usual_maker_share
    shares = served_shares(w)
    committed = committed_parts(w, shares)
    wanted = np.zeros(w.deals.n_deals)
    asked = np.zeros(len(accounts))
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.kind == PURCHASE_COMMITMENT and deal.open == OPEN and deal.starts_in <= 0.0:
            wanted[number] = wanted_now(w, shares, committed, deal)
            asked[deal.customer] += wanted[number]
    for k in range(len(w.clouds)):
        turned = np.zeros(len(w.chip_makers))
        for number in range(w.deals.n_deals):
            if wanted[number] > 0.0:
                deal = w.deals.deals[number]
                part = buyers_part(w, shares, deal.customer, k)
                turned[deal.supplier] += part * wanted[number] / max(asked[deal.customer], 1.0)
        scale = 1.0 / max(turned.sum(), 1.0)
        for m in range(len(w.chip_makers)):
            usual = market.usual_maker_share[m, k]
            market.maker_share[m, k] = usual * (1.0 - scale * turned.sum()) + scale * turned[m]
            market.reserved[m, k] += scale * turned[m] * w.clouds[k].equipment_orders


@rule
def deposits_to_move(w):
    """What each cloud still has to deposit with each maker, below zero what it gets back (USD bn, makers by clouds):
    the deposit asked on what is on order under commitments, less what the maker holds."""
    moves = np.zeros((len(w.chip_makers), len(w.clouds)))
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        for k in range(len(w.clouds)):
            w.market.reserved[m, k] = min(w.market.reserved[m, k], w.market.on_order[m, k])
            wanted = w.parameters.contract_deposit * w.market.reserved[m, k] * maker.price
            number = claim_between(w.ledger, PREPAYMENTS, w.clouds[k].account.column, maker.account.column)
            moves[m, k] = wanted - (w.ledger.claims[number].amount if number >= 0 else 0.0)
    return moves


@rule
def settle_deposits(world, accounts, firms):
    """Clouds hold a deposit with every maker on what is on order under commitments: they add to it as they order, and
    get it back as chips are delivered and paid. Who has less money than it must move gives all the same part. The
    deposit of a failed cloud is the maker's, that with a failed maker is lost."""
    w = world[0]
    moves = deposits_to_move(w)
    paid = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        paid[k] = part_met(np.maximum(moves[:, k], 0.0).sum(), means_of(w, w.clouds[k].account))
    returned = np.zeros(len(w.chip_makers))
    for m in range(len(w.chip_makers)):
        returned[m] = part_met(np.maximum(-moves[m], 0.0).sum(), w.chip_makers[m].account.cash)
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        for k in range(len(w.clouds)):
            cloud = w.clouds[k]
            number = claim_between(w.ledger, PREPAYMENTS, cloud.account.column, maker.account.column)
            if min(cloud.alive, maker.alive) < 0.5:
                if number >= 0:
                    write_off(w.ledger, w.ledger.claims[number], w.ledger.claims[number].amount)
            elif moves[m, k] > SMALLEST:
                more = paid[k] * moves[m, k]
                lend(w.ledger, cloud.account, maker.account, more, 0.0, 0.0, PREPAYMENTS, PREPAYMENT_TRADES)
            elif moves[m, k] < -SMALLEST:
                back = -returned[m] * moves[m, k]
                redeem(w.ledger, w.ledger.claims[number], cloud.account, maker.account, back, PREPAYMENT_TRADES)


@rule
def withdraw_orders(w, m, k, power):
    """A cloud takes back chips on order with a maker; its deposit on them comes back, and it owes damages. Returns the
    damages (USD bn)."""
    market = w.market
    maker = w.chip_makers[m]
    cloud = w.clouds[k]
    power = min(power, market.reserved[m, k])
    if power <= 0.0:
        return 0.0
    value = power * maker.price
    number = claim_between(w.ledger, PREPAYMENTS, cloud.account.column, maker.account.column)
    if number >= 0:
        claim = w.ledger.claims[number]
        deposit = claim.amount * power / market.reserved[m, k]
        redeem(w.ledger, claim, cloud.account, maker.account, deposit, PREPAYMENT_TRADES)
    damages = w.parameters.contract_cancel_cost * value
    owe(w, cloud.account.column, maker.account.column, damages, DAMAGE_CLAIMS, DAMAGES, NO_CLAIM, 0)
    market.reserved[m, k] -= power
    market.on_order[m, k] -= power
    cloud.pipeline = max(cloud.pipeline - power, 0.0)
    return damages
