"""Payments due are settled as one fixed point: relief, payments, failures and what follows, until no more fail."""

import numpy as np

from simulation.books.ledger import market_value
from simulation.books.purposes import BANKRUPTCY_COSTS, LOANS
from simulation.books.verbs import grant_loan, pay, redeem, repay_loan
from simulation.chronicle import DEFAULT, EXPERIMENT, FORCED_FAILURE, INSOLVENCY, NOBODY, OWN_MEANS, UNPAID_DUES
from simulation.credit.lenders import ai_room, bank_of, lend_on_ai, part_met
from simulation.distress.clearing import SOLVENT, clear_dues
from simulation.distress.liquidation import close_estate, liquidate
from simulation.distress.public_backstops import bail_out, save_insolvent, stand_in
from simulation.distress.workout import grant_relief
from simulation.errors import CircuitError
from simulation.obligations.dues import (
    BANK_LOAN,
    DISTRESS_MEMORY,
    SECURED,
    credit_limit,
    is_rent,
    liquid,
    lose_rent,
    note_blow,
    owe,
)
from simulation.rule import rule

NEGLIGIBLE = 1e-9  # USD bn


@rule
def settle(world, accounts, firms):
    """Everybody pays what is due; who cannot, even with its bank's help and its creditors' relief, fails. Its debts
    fall due, its assets are sold, its contracts end, which may bring down others: until nobody else fails."""
    w = world[0]
    exchange = w.exchange
    clearing = w.clearing
    exchange.credit_losses = 0.0
    exchange.losses_of_banks = 0.0
    exchange.losses_of_credit_funds = 0.0
    clearing.damages = 0.0
    clearing.costs = 0.0
    clearing.forced_loss = 0.0
    exchange.failed_weight = 0.0
    receiver = w.receivers[0]
    receiver.offered = 0.0
    receiver.price_factor = 1.0
    book_overdrafts(w, accounts)
    save_insolvent(w, accounts)
    failures = name_insolvent(w)
    if failures > 0:
        liquidate(w, accounts)
        stand_in(w, accounts)
    help_the_short(w, accounts)
    if failures == 0 and not anybody_lacks(w, accounts):
        pay_in_full(w, accounts)
    else:
        failures += settle_with_defaults(w, accounts)
    for debtor in w.debtors:
        debtor.receivable = 0.0
        debtor.payable = 0.0
    exchange.failures = failures
    exchange.recent_failures = DISTRESS_MEMORY * exchange.recent_failures + exchange.failed_weight
    clearing.calm_quarters = clearing.calm_quarters + 1.0 if failures == 0 else 0.0


@rule
def book_overdrafts(w, accounts):
    """Bills of the quarter are paid before its receipts are in: what an account lacks by then is an overdraft of the
    bank, due at once."""
    for k in range(len(accounts)):
        account = accounts[k]
        if w.debtors[k].watched > 0.5 and account.cash < 0.0:
            drawn = grant_loan(w.ledger, account, bank_of(w, account).account, -account.cash)
            owe(w, k, account.lender, drawn, SECURED, LOANS, BANK_LOAN, 1)


@rule
def lacks(w, account):
    """Whether a watched debtor could not pay all it owes even if everybody paid it in full."""
    return w.debtors[account.column].watched > 0.5 and liquid(w, account) < -NEGLIGIBLE


@rule
def anybody_lacks(w, accounts):
    """Whether any watched debtor is short."""
    short = 0
    for k in range(len(accounts)):
        short += lacks(w, accounts[k])
    return short > 0


@rule
def help_the_short(w, accounts):
    """Those who could not pay even if everybody paid them turn to their bank, then to their creditors, then to
    government. At each all are looked at before any is helped, so that nobody comes first."""
    lack = lacks_of_all(w, accounts)
    asked = np.zeros(len(accounts))
    for k in range(len(accounts)):
        asked[k] = min(lack[k], unused_credit(w, k))
    part = part_lent(w, accounts, asked)
    for k in range(len(accounts)):
        if asked[k] > 0.0:
            lend_on_ai(w, bank_of(w, accounts[k]), accounts[k], part[k] * asked[k])
    if w.parameters.clearing > 0.5:
        lack = lacks_of_all(w, accounts)
        for k in range(len(accounts)):
            if lack[k] > 0.0:
                grant_relief(w, accounts, k, -lack[k])
    lack = lacks_of_all(w, accounts)
    for k in range(len(accounts)):
        if lack[k] > 0.0 and w.debtors[k].in_default < 0.5:
            bail_out(w, accounts[k], lack[k])


@rule
def lacks_of_all(w, accounts):
    """What each watched debtor is short of, whatever others pay (USD bn)."""
    lack = np.zeros(len(accounts))
    for k in range(len(accounts)):
        if lacks(w, accounts[k]):
            lack[k] = -liquid(w, accounts[k])
    return lack


@rule
def part_lent(w, accounts, asked):
    """Part of what each asks of its bank (USD bn, by column) that the bank lends: all who ask one bank get the same."""
    total = np.zeros(len(accounts))
    for k in range(len(accounts)):
        total[accounts[k].lender] += asked[k]
    part = np.zeros(len(accounts))
    for k in range(len(accounts)):
        if asked[k] > 0.0:
            part[k] = part_met(total[accounts[k].lender], ai_room(w, bank_of(w, accounts[k])))
    return part


@rule
def unused_credit(w, column):
    """What a bank would still lend to a going business, as far as its cash flow carries debt (USD bn)."""
    return max(credit_limit(w, column) - w.debtors[column].debt, 0.0)


@rule
def name_insolvent(w):
    """Those that fail whatever they can pay: insolvent for `insolvency_quarters`, or made to fail by an experiment."""
    insolvent = 0
    for column in range(len(w.debtors)):
        debtor = w.debtors[column]
        debtor.in_default = 0.0
        debtor.proceeds = 0.0
        debtor.unsold = 0.0
        debtor.heir = -1
        if debtor.watched < 0.5:
            continue
        if debtor.forced > 0.5:
            debtor.cause = FORCED_FAILURE
            debtor.blow_channel = EXPERIMENT
            debtor.blow_by = NOBODY
            debtor.blow = 0.0
        elif debtor.thin_quarters >= w.parameters.insolvency_quarters:
            debtor.cause = INSOLVENCY
        else:
            continue
        enter_default(w, column, 0)
        insolvent += 1
    return insolvent


@rule
def weight_among_its_kind(w, column):
    """Shares and debts of an agent over the mean of its sector's members: how much its failure says of them."""
    total = 0.0
    members = 0.0
    for k in range(len(w.debtors)):
        if w.ledger.sector[k] == w.ledger.sector[column] and w.debtors[k].watched > 0.5:
            total += market_value(w.ledger, k) + w.debtors[k].debt
            members += 1.0
    own = market_value(w.ledger, column) + w.debtors[column].debt
    return own * members / total if total > 0.0 else 1.0


@rule
def enter_default(w, column, generation):
    """Mark a failure and what it is put down to: a failure that a failed agent's blow brought about is one generation
    on."""
    debtor = w.debtors[column]
    w.exchange.failed_weight += weight_among_its_kind(w, column)
    debtor.in_default = 1.0
    debtor.failed_quarter = w.quarter
    debtor.failed_loss = 0.0
    debtor.generation = generation
    if debtor.blow <= NEGLIGIBLE and debtor.cause != FORCED_FAILURE:
        debtor.blow_channel = OWN_MEANS
        debtor.blow_by = NOBODY
    by = debtor.blow_by
    if by >= 0 and by != column and debtor.blow > NEGLIGIBLE and w.debtors[by].failed_quarter > 0.0:
        debtor.generation = max(debtor.generation, w.debtors[by].generation + 1)


@rule
def pay_in_full(w, accounts):
    """The usual quarter: all dues are paid."""
    for k in range(w.clearing.n_dues):
        w.clearing.dues[k].paid = w.clearing.dues[k].amount
        pay_due(w, accounts, w.clearing.dues[k])


@rule
def pay_due(w, accounts, due):
    """Pay what clearing has found of one due."""
    if due.paid <= 0.0:
        return
    ledger = w.ledger
    payer = accounts[due.payer]
    payee = accounts[due.payee]
    if due.principal == 1 and due.claim == BANK_LOAN:
        repay_loan(ledger, payer, payee, due.paid)
    elif due.principal == 1:
        redeem(ledger, ledger.claims[due.claim], payee, payer, due.paid, due.purpose)
    else:
        pay(ledger, payer, payee, due.paid, due.purpose)
    if is_rent(due):
        w.market.trade[due.payer, due.payee] += due.paid


@rule
def settle_with_defaults(w, accounts):
    """Clear until no new default, pay, and close the estates. Returns the number of failures found."""
    clearing = w.clearing
    p = w.parameters
    n = len(accounts)
    kept = p.default_cost
    generation = np.zeros(n, np.int64)
    destroyed = np.zeros(n)
    failures = 0
    # Every pass names a failure, saves somebody who then can pay, or is the last: no agent fails twice, and between two
    # failures nobody needs saving twice.
    for _ in range((n + 1) ** 2):
        dues = clearing.n_dues
        paid = np.zeros(dues)
        clear_list(w, accounts, kept, paid, generation, destroyed)
        new, saved = name_unable(w, accounts, paid, generation)
        failures += new
        if new > 0:
            liquidate(w, accounts)
            stand_in(w, accounts)
        elif saved == 0:
            break
    else:
        raise CircuitError("payments due could not be settled: rescues go on without end. Report the scenario and seed")
    for k in range(dues):
        clearing.dues[k].paid = paid[k]
        pay_due(w, accounts, clearing.dues[k])
        correct_for_unpaid(w, clearing.dues[k])
    for k in range(n):
        if w.debtors[k].in_default > 0.5:
            costs = min(destroyed[k], max(accounts[k].cash, 0.0))
            clearing.costs += pay(w.ledger, accounts[k], w.households[0].account, costs, BANKRUPTCY_COSTS)
    for k in range(n):
        if w.debtors[k].in_default > 0.5:
            close_estate(w, accounts, k)
    return failures


@rule
def clear_list(w, accounts, kept, paid, generation, destroyed):
    """Clear the list of dues as it stands. Those outside the AI sector, and those liquidated with enough to pay, pay in
    full. A going business that lacks no more than rounding is not in default: nobody would lend it so little."""
    clearing = w.clearing
    dues = clearing.n_dues
    payer = np.zeros(dues, np.int64)
    payee = np.zeros(dues, np.int64)
    priority = np.zeros(dues, np.int64)
    amount = np.zeros(dues)
    for k in range(dues):
        payer[k] = clearing.dues[k].payer
        payee[k] = clearing.dues[k].payee
        priority[k] = clearing.dues[k].priority
        amount[k] = clearing.dues[k].amount
    means = np.zeros(len(accounts))
    for k in range(len(accounts)):
        means[k] = max(accounts[k].cash, 0.0) if w.debtors[k].watched > 0.5 else 1e12
        if w.debtors[k].in_default < 0.5:
            means[k] += NEGLIGIBLE
    clear_dues(payer, payee, priority, amount, means, kept, kept, paid, generation, destroyed)


@rule
def name_unable(w, accounts, paid, generation):
    """Those whom clearing finds unable to pay fail, unless banks or government save them or, with clearing off, banks
    carry them whatever they are worth. Returns the numbers of those who fail and of those who were saved."""
    new = 0
    saved = 0
    latest = last_generation_to_fail(w, generation)
    lack = np.zeros(len(accounts))
    asked = np.zeros(len(accounts))
    for k in range(len(accounts)):
        if is_failing(w, k, generation) and generation[k] <= latest:
            lack[k] = shortfall(w, accounts[k], paid)
            asked[k] = lack[k] if lack[k] <= unused_credit(w, k) else 0.0
    part = part_lent(w, accounts, asked)
    for k in range(len(accounts)):
        if not is_failing(w, k, generation) or generation[k] > latest:
            continue
        if generation[k] > 0 and w.parameters.clearing < 0.5:
            carry(w, accounts[k], lack[k])
            saved += 1
            continue
        if part[k] >= 1.0:  # a part of what is lacking would save nobody
            lend_on_ai(w, bank_of(w, accounts[k]), accounts[k], lack[k])
            saved += 1
        elif bail_out(w, accounts[k], lack[k]):
            saved += 1
        else:
            blame_unpaid(w, k, paid)
            w.debtors[k].cause = DEFAULT
            enter_default(w, k, generation[k])
            new += 1
    return new, saved


@rule
def is_failing(w, column, generation):
    """Whether clearing finds that a going business cannot pay."""
    debtor = w.debtors[column]
    return generation[column] != SOLVENT and debtor.in_default < 0.5 and debtor.watched > 0.5


@rule
def last_generation_to_fail(w, generation):
    """Who fails at once. Where government stands behind the sector, those whom others bring down are looked at again
    once it has stood in for the others."""
    if w.levers.contract_guarantee <= 0.0 and w.levers.bail_out <= 0.0:
        return len(generation)
    first = len(generation)
    for k in range(len(generation)):
        if is_failing(w, k, generation):
            first = min(first, generation[k])
    return first


@rule
def shortfall(w, account, paid):
    """What a debtor lacks to pay all it owes when others pay it what clearing has found (USD bn)."""
    lack = -account.cash
    for k in range(len(paid)):
        due = w.clearing.dues[k]
        if due.payer == account.column:
            lack += due.amount
        elif due.payee == account.column:
            lack -= paid[k]
    return lack


@rule
def carry(w, account, lack):
    """With clearing off, a debtor whom others' failures leave short is carried by its bank: no chain in a quarter."""
    grant_loan(w.ledger, account, bank_of(w, account).account, lack)


@rule
def blame_unpaid(w, column, paid):
    """Note who owed this debtor most of what it was not paid."""
    for k in range(len(paid)):
        due = w.clearing.dues[k]
        if due.payee == column and paid[k] < due.amount:
            note_blow(w, column, due.payer, UNPAID_DUES, due.amount - paid[k])


@rule
def correct_for_unpaid(w, due):
    """What was not paid is lost to the payee: rent is no revenue, and the blow is the payer's."""
    unpaid = due.amount - due.paid
    if unpaid <= 0.0:
        return
    lose_rent(w, due, unpaid)
    if due.purpose != LOANS and due.principal == 0:
        w.debtors[due.payer].failed_loss += unpaid
    note_blow(w, due.payee, due.payer, UNPAID_DUES, unpaid)
