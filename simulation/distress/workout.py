"""Relief: creditors of a debtor that is short let it off a part of its rents and extend its loans, if that leaves them
more than its failure."""

import numpy as np

from simulation.chronicle import NOBODY, RELIEF, tell
from simulation.distress.relief import cut_needed, grants_relief
from simulation.obligations.collateral import collateral_of
from simulation.obligations.dues import SECURED, is_rent, lose_rent, take_off
from simulation.rule import rule


@rule
def grant_relief(w, accounts, column, money):
    """Ask all who are owed money this quarter by a debtor with so much money after all dues (USD bn, below zero). Loans
    that mature are extended first; what rent must be cut beyond that, up to the largest cut, is cut for some
    quarters."""
    p = w.parameters
    clearing = w.clearing
    debtor = w.debtors[column]
    if debtor.in_default > 0.5 or debtor.relief_left > 0.0:
        return
    principal = 0.0
    rents = 0.0
    other = 0.0
    for k in range(clearing.n_dues):
        due = clearing.dues[k]
        if due.payer != column:
            continue
        if due.principal == 1:
            principal += due.amount
        elif is_rent(due):
            rents += due.amount
        else:
            other += due.amount
    means = money + debtor.payable - other  # what is there for rents once loans are extended
    cut = cut_needed(rents, means, p.relief_cut)
    if cut <= 0.0 and means < rents - 1e-9:
        return
    if not creditors_agree(w, accounts, column, cut, principal, rents, means):
        return
    debtor.relief_left = p.relief_quarters
    debtor.relief_cut = cut
    forgiven = 0.0
    for k in range(clearing.n_dues):
        due = clearing.dues[k]
        if due.payer == column and due.principal == 1:
            take_off(w, due, due.amount)
        elif due.payer == column and is_rent(due):
            rent = cut * due.amount
            take_off(w, due, rent)
            lose_rent(w, due, rent)
            forgiven += rent
    tell(w.chronicle, RELIEF, column, NOBODY, forgiven * p.relief_quarters + principal, 0.0)


@rule
def creditors_agree(w, accounts, column, cut, principal, rents, means):
    """A vote by value of this quarter's dues. With relief a creditor gets its due less the cut as long as the debtor
    lasts, and what failure would leave it otherwise; without relief it gets what failure leaves it now."""
    p = w.parameters
    clearing = w.clearing
    account = accounts[column]
    owed = max(w.debtors[column].debt, principal)
    estate = p.default_cost * (max(account.cash, 0.0) + (1.0 - p.fire_sale) * collateral_of(w, account))
    secured = min(estate / max(owed, 1e-9), 1.0)
    rest = min(max(estate - owed, 0.0) / max(rents * p.relief_quarters, 1e-9), 1.0)
    lasts = min(max(means, 0.0) / max(rents * (1.0 - cut), 1e-9), 1.0) if rents > 0.0 else 1.0
    number = 0
    for k in range(clearing.n_dues):
        if clearing.dues[k].payer == column:
            number += 1
    claims = np.zeros(number)
    without = np.zeros(number)
    relieved = np.zeros(number)
    i = 0
    for k in range(clearing.n_dues):
        due = clearing.dues[k]
        if due.payer != column:
            continue
        now = secured if due.priority == SECURED else rest
        kept = 1.0 - cut if is_rent(due) else 1.0
        claims[i] = due.amount
        without[i] = due.amount * now
        relieved[i] = due.amount * (lasts * kept + (1.0 - lasts) * now)
        i += 1
    return grants_relief(claims, without, relieved)
