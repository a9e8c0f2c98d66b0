"""Prices of private shares: set anew whenever money changes hands, otherwise stale until they are overdue."""

import math

from simulation.books.ledger import market_value
from simulation.books.verbs import reprice
from simulation.rule import rule
from simulation.valuation.appraisal import growth_seen, growth_value, market_potential, potential_earnings

MOST_MOOD = 1.0  # log: how far from their value listed firms' prices carry a lab's


@rule
def lab_value(world, lab):
    """What a lab would fetch (USD bn): potential earnings on the scale of all labs, growing as reported or, looked
    through, as end revenue, at what the market pays for a dollar of value in listed AI firms."""
    w = world[0]
    p = w.parameters
    earnings = potential_earnings(
        4.0 * w.market.end_demand, market_potential(world), lab.market_share, p.potential_margin
    )
    value = growth_value(world, w.exchange.securities[lab.account.column], earnings, growth_seen(world))
    return value * math.exp(min(max(w.exchange.value_gap, -MOST_MOOD), MOST_MOOD))


@rule
def pre_money(world, lab):
    """What a lab is worth to those who buy new shares (USD bn): its value, at most a step away from the last mark.
    Whoever comes later in the quarter pays what the first has paid."""
    w = world[0]
    p = w.parameters
    mark = market_value(w.ledger, lab.account.column)
    if lab.mark_age == 0.0:
        return mark
    step = lab_value(world, lab) / max(mark, 1e-9)
    return mark * min(max(step, p.round_step_down), p.round_step_up)


@rule
def price_round(world, lab):
    """New money sets the price of a lab's shares, whether investors bring it or a supplier does."""
    w = world[0]
    reprice(w.ledger, lab.account.column, pre_money(world, lab) / w.ledger.issued[lab.account.column])
    lab.mark_age = 0.0


@rule
def refresh_marks(world, accounts, firms):
    """Marks older than `stale_mark_quarters` move with listed peers, by `stale_beta`."""
    w = world[0]
    p = w.parameters
    for lab in w.labs:
        if lab.alive > 0.5 and lab.mark_age > p.stale_mark_quarters:
            move = min(max(p.stale_beta * (math.log(w.exchange.index) - math.log(lab.peer_index)), -1.0), 1.0)
            reprice(w.ledger, lab.account.column, w.ledger.price[lab.account.column] * math.exp(move))
            lab.mark_age = 0.0
        if lab.mark_age == 0.0:
            lab.peer_index = w.exchange.index
        lab.mark_age += 1.0
