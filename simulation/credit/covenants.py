"""Covenants: what private lenders may do before an owner of compute has missed a payment.

A loan against compute is lent on what the compute would fetch and on what contracts will bring. Where debt comes above
a part of both, because prices fall or a customer is gone, what the owner can spare repays it; where cash does not cover
the debt service either, the loan is called, and its lenders decide at clearing whether they extend it or the owner
fails."""

from simulation.agents.clouds import NEOCLOUD
from simulation.books.instruments import PRIVATE_CREDIT
from simulation.books.purposes import PRIVATE_CREDIT_TRADES
from simulation.credit.lenders import part_met, spare_money
from simulation.obligations.collateral import backing_of
from simulation.obligations.debts import principal_due
from simulation.obligations.dues import SECURED, liquid, owe
from simulation.rule import rule


@rule
def secured_debt(ledger, column):
    """Private credit that an owner owes (USD bn)."""
    total = 0.0
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == column and claim.instrument == PRIVATE_CREDIT:
            total += claim.amount
    return total


@rule
def part_called(debt, backing, cover, spare, p):
    """Part of its private credit that an owner must repay now: none while debt is within its limit over what backs it;
    what it can spare where it is above, until it is within again; all of it where cash does not cover debt service
    either."""
    excess = debt - p.covenant_loan_to_value * backing
    if debt <= 0.0 or excess <= 0.0:
        return 0.0
    if cover < p.covenant_cover:
        return 1.0
    return min(excess, max(spare, 0.0)) / debt


@rule
def enforce_covenants(world, accounts, firms):
    """Lenders read every neocloud's covenants and call what they may. Those who have granted relief wait until it is
    over."""
    w = world[0]
    for cloud in w.clouds:
        column = cloud.account.column
        if cloud.kind != NEOCLOUD or cloud.alive < 0.5 or w.debtors[column].relief_left > 0.0:
            continue
        debt = secured_debt(w.ledger, column)
        spare = spare_money(liquid(w, cloud.account), cloud.money_target)
        part = part_called(debt, backing_of(w, cloud.account), w.debtors[column].cover, spare, w.parameters)
        if part > 0.0:
            call_loans(w, column, part)


@rule
def call_loans(w, column, part):
    """A part of every loan falls due, beyond what has matured this quarter."""
    for k in range(w.ledger.n_claims):
        claim = w.ledger.claims[k]
        if claim.issuer == column and claim.instrument == PRIVATE_CREDIT:
            called = min(part * claim.amount, claim.amount - principal_due(w, column, k))
            owe(w, column, claim.holder, called, SECURED, PRIVATE_CREDIT_TRADES, k, 1)


@rule
def marked_loss(w, accounts, holder):
    """What the private credit that a fund has lent is above what backs it (USD bn): what those who look at its books
    reckon it may lose."""
    total = 0.0
    for k in range(w.ledger.n_claims):
        claim = w.ledger.claims[k]
        if claim.holder == holder and claim.instrument == PRIVATE_CREDIT and claim.amount > 0.0:
            covered = part_met(secured_debt(w.ledger, claim.issuer), backing_of(w, accounts[claim.issuer]))
            total += (1.0 - covered) * claim.amount
    return total
