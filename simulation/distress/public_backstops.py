"""Government behind the AI sector: bail-outs of key players and guarantees of what failed customers owe."""

import numpy as np

from simulation.books.deliveries import leave_unpaid
from simulation.books.purposes import DAMAGES, GUARANTEES, RESCUES
from simulation.books.verbs import pay
from simulation.chronicle import BAIL_OUT, GUARANTEE_PAID, tell
from simulation.distress.solvency import book_equity
from simulation.obligations.dues import NO_CLAIM, is_rent, owe, take_off
from simulation.rule import rule


@rule
def is_key_player(w, column):
    """Whether so much of all that is due this quarter is due from one agent that its failure would be felt by all."""
    total = 0.0
    own = 0.0
    for k in range(w.clearing.n_dues):
        due = w.clearing.dues[k]
        total += due.amount
        if due.payer == column:
            own += due.amount
    return own > 0.0 and own >= w.parameters.key_player_share * total


@rule
def bail_out(w, account, lack):
    """Government grants a key player what it lacks, if that is not more than it will spend on one, and whom an
    experiment keeps going whatever it lacks. Returns whether it is saved."""
    most = w.levers.bail_out * w.macro.gdp
    spared = w.debtors[account.column].spared > 0.5
    if not spared and (most <= 0.0 or lack > most or not is_key_player(w, account.column)):
        return False
    government = w.governments[0].account
    pay(w.ledger, government, account, lack, RESCUES)
    tell(w.chronicle, BAIL_OUT, account.column, government.column, lack, 0.0)
    return True


@rule
def save_insolvent(w, accounts):
    """Key players that would fail because they owe more than they own are given what brings their books to zero."""
    for k in range(len(accounts)):
        debtor = w.debtors[k]
        if w.levers.bail_out <= 0.0 and debtor.spared < 0.5:
            continue
        if debtor.watched < 0.5 or debtor.forced > 0.5 or debtor.thin_quarters < w.parameters.insolvency_quarters:
            continue
        if bail_out(w, accounts[k], max(-book_equity(w, accounts[k]), 0.0)):
            debtor.thin_quarters = 0.0


@rule
def stand_in(w, accounts):
    """Government pays a part of the rents and damages that failed customers owe and takes the claims over: what the
    estate pays on them goes to government."""
    part = w.levers.contract_guarantee
    if part <= 0.0:
        return
    government = w.governments[0].account
    guaranteed = np.zeros(len(accounts))
    for k in range(w.clearing.n_dues):
        due = w.clearing.dues[k]
        backed = is_rent(due) or due.purpose == DAMAGES
        if due.backed > 0.5 or w.debtors[due.payer].in_default < 0.5 or not backed:
            continue
        amount = part * due.amount
        due.backed = 1.0
        take_off(w, due, amount)
        if is_rent(due):
            leave_unpaid(w.ledger, due.payer, due.purpose, amount)
        pay(w.ledger, government, accounts[due.payee], amount, GUARANTEES)
        guaranteed[due.payer] += amount
        owe(w, due.payer, government.column, amount, due.priority, GUARANTEES, NO_CLAIM, 0)
    for column in range(len(accounts)):
        if guaranteed[column] > 0.0:
            tell(w.chronicle, GUARANTEE_PAID, column, government.column, guaranteed[column], 0.0)
