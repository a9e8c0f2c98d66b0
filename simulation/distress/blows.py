"""Blows that an experiment deals to one named agent: a fine, or a scandal that costs it value and customers."""

import math

from simulation.books.ledger import market_value, place_among
from simulation.books.purposes import FINES
from simulation.books.verbs import pay, reprice
from simulation.chronicle import FINE, NOBODY, SCANDAL, tell
from simulation.rule import rule


@rule
def strike(world, accounts, firms):
    """Fines and scandals of the quarter. Failures wait until payments are settled."""
    w = world[0]
    for column in range(len(accounts)):
        debtor = w.debtors[column]
        if debtor.fine > 0.0:
            # A fine cannot take what is not there.
            amount = min(debtor.fine, max(accounts[column].cash, 0.0))
            pay(w.ledger, accounts[column], w.governments[0].account, amount, FINES)
            debtor.fine = 0.0
            if amount > 0.0:
                tell(w.chronicle, FINE, column, w.governments[0].account.column, amount, 0.0)
        if debtor.scandal > 0.0:
            value = market_value(w.ledger, column)
            reprice(w.ledger, column, w.ledger.price[column] * (1.0 - debtor.scandal))
            lose_customers(w, column, 1.0 - debtor.scandal)
            tell(w.chronicle, SCANDAL, column, NOBODY, debtor.scandal * value, 0.0)
            debtor.scandal = 0.0


@rule
def lose_customers(w, column, kept):
    """Buyers of AI services, labs that reserve compute and clouds that order chips turn from an agent, so that a part
    of its market share is kept."""
    p = w.parameters
    # In a logit with memory, this much less attraction keeps that part of the share at once and in the long run.
    aversion = (1.0 - p.share_memory) * math.log(kept) / p.quality_weight
    lab, cloud, maker = place_among(w.labs, column), place_among(w.clouds, column), place_among(w.chip_makers, column)
    if lab >= 0:
        w.labs[lab].quality_intercept += aversion
        w.labs[lab].quality += aversion
        w.labs[lab].market_share *= kept
    elif cloud >= 0:
        w.clouds[cloud].service_intercept += aversion
        w.clouds[cloud].service_share *= kept
        for j in range(len(w.labs)):
            keep_part(w.market.partner_share[j], cloud, kept)
    elif maker >= 0:
        for k in range(w.market.usual_maker_share.shape[1]):
            keep_part(w.market.usual_maker_share[:, k], maker, kept)


@rule
def keep_part(shares, k, kept):
    """Leave one member `kept` of its share; the others take the rest in proportion, if there are any."""
    others = 0.0
    for j in range(len(shares)):
        if j != k:
            others += shares[j]
    if others <= 0.0:
        return
    grown = 1.0 + (1.0 - kept) * shares[k] / others
    for j in range(len(shares)):
        shares[j] *= kept if j == k else grown
