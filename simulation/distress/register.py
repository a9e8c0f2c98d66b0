"""What debtors owe: a standing for every column of the books, and the list of payments due in a quarter."""

from __future__ import annotations

from simulation.books.ledger import COLUMNS
from simulation.rule import record, rule

# Priority of payments: all of a class before any of the next. Wages, power and tax are paid before, day by day.
SECURED = 0
LEASES = 1
UNSECURED = 2
DAMAGES = 3
CLASSES = 4

DUES = 1024  # payments due in one quarter that the list can hold

DEBTOR = record(
    watched="f8",  # one for those whose payments are cleared: the AI sector and its vehicles
    alive="f8",
    debt="f8",
    secured="f8",
    cover="f8",
    collateral="f8",
    receivable="f8",
    payable="f8",
    short="f8",
    thin_quarters="f8",
    new_money="f8",
    relief_left="f8",
    relief_cut="f8",
    relief_given="f8",
    forced="f8",
    in_default="f8",
    generation="i8",
    failed_quarter="f8",
    failed_loss="f8",
)

DUE = record(
    payer="i8",
    payee="i8",
    priority="i8",
    purpose="i8",
    claim="i8",
    contract="i8",
    principal="i8",
    amount="f8",
    paid="f8",
)

CLEARING = record(dues=(DUE, (DUES,)), n_dues="i8", calm_quarters="f8", damages="f8", costs="f8", recovered="f8")


@rule
def owe(w, payer, payee, amount, priority, purpose, claim, contract, principal):
    """Enter a payment that is due this quarter (USD bn). `claim` and `contract` say what it is due on, -1 for none;
    `principal` is one if it pays a claim or loan back."""
    if amount <= 0.0:
        return
    clearing = w.clearing
    if clearing.n_dues >= DUES:
        raise RuntimeError("the list of payments due is full: raise DUES in simulation/distress/register.py")
    due = clearing.dues[clearing.n_dues]
    due.payer = payer
    due.payee = payee
    due.priority = priority
    due.purpose = purpose
    due.claim = claim
    due.contract = contract
    due.principal = principal
    due.amount = amount
    due.paid = 0.0
    clearing.n_dues += 1
    w.debtors[payer].payable += amount
    w.debtors[payee].receivable += amount


@rule
def liquid(w, account):
    """Money of an agent with what it is owed this quarter and without what it owes (USD bn)."""
    debtor = w.debtors[account.column]
    return account.cash + debtor.receivable - debtor.payable


@rule
def open_dues(world, accounts, firms):
    """Nothing is due at the start of a quarter."""
    w = world[0]
    w.clearing.n_dues = 0
    for k in range(COLUMNS):
        w.debtors[k].receivable = 0.0
        w.debtors[k].payable = 0.0
        w.debtors[k].new_money = 0.0
