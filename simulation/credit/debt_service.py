"""Debt service: interest, and maturing debt that is rolled over or must be repaid."""

import math

from simulation import randomness as draw_purpose
from simulation.books.instruments import CORPORATE_BONDS, GOVERNMENT_BONDS, VENDOR_LOANS
from simulation.books.ledger import market_value, place_among
from simulation.books.purposes import INTEREST_ON_GOVERNMENT_BONDS, INTEREST_ON_LOANS, SECTOR_LETTERS
from simulation.books.verbs import grant_loan, pay, repay_loan
from simulation.chronicle import REFUSED_ROLLOVER
from simulation.credit.lenders import NOTHING, TREASURY_MATURITY, bank_of, borrowing_rate, over_limit, spare_money
from simulation.obligations.collateral import collateral_of
from simulation.obligations.debts import interest_purpose, principal_purpose, seniority
from simulation.obligations.dues import BANK_LOAN, SECURED, debt_seen, note_blow, owe
from simulation.randomness import uniform
from simulation.registry import COLUMNS
from simulation.rule import rule

HOUSEHOLDS = list(SECTOR_LETTERS).index("H")
BANKS = list(SECTOR_LETTERS).index("B")
VEHICLES = list(SECTOR_LETTERS).index("S")
PLENTY = 1.5  # times the money that an owner of compute wants to hold
REPAID = 0.5  # of what it holds beyond, in a quarter


@rule
def rollover_chance(cover, loan_to_value, stress, refusals, p):
    """Chance that maturing debt is rolled over: a logit in debt-service cover, collateral, stress and what others
    do."""
    score = p.rollover_cover_weight * (cover - p.rollover_cover_centre)
    score += p.rollover_collateral_weight * (p.rollover_collateral_centre - loan_to_value)
    score -= p.rollover_stress_weight * stress + p.rollover_refusal_weight * refusals
    return 1.0 / (1.0 + math.exp(-min(max(score, -30.0), 30.0)))


@rule
def measure_debt(world, accounts, firms):
    """Debt of everybody, from the claims and loans themselves."""
    w = world[0]
    ledger = w.ledger
    for k in range(len(accounts)):
        w.debtors[k].debt = accounts[k].loan
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer < len(accounts) and CORPORATE_BONDS <= claim.instrument <= VENDOR_LOANS:
            w.debtors[claim.issuer].debt += claim.amount
    for bank in w.banks:
        bank.ai_loans = 0.0
    for k in range(len(accounts)):
        behind = place_among(w.venture_funds, k) >= 0 or place_among(w.credit_funds, k) >= 0
        if accounts[k].loan > 0.0 and (w.debtors[k].watched > 0.5 or behind):
            bank_of(w, accounts[k]).ai_loans += accounts[k].loan
    for k in range(len(accounts)):
        w.debtors[k].off_balance = 0.0
    for vehicle in w.vehicles:
        if vehicle.alive > 0.5 and vehicle.lessee >= 0:
            w.debtors[vehicle.lessee].off_balance += w.debtors[vehicle.account.column].debt


@rule
def pay_interest(world, accounts, firms):
    """Interest on every claim and loan. What the AI sector owes is paid when payments due are cleared; what a fund has
    no money for is added to its loan, as brokers and lenders on a line do."""
    w = world[0]
    ledger = w.ledger
    macro = w.macro
    government = w.governments[0]
    government.debt = 0.0
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.amount <= 0.0:
            continue
        due = claim.rate * claim.amount
        if claim.instrument == GOVERNMENT_BONDS:
            pay(ledger, accounts[claim.issuer], accounts[claim.holder], due, INTEREST_ON_GOVERNMENT_BONDS)
            claim.rate += (macro.bond_rate - claim.rate) / TREASURY_MATURITY
            government.debt += claim.amount
        elif claim.instrument <= VENDOR_LOANS:
            purpose = interest_purpose(claim.instrument)
            owe(w, claim.issuer, claim.holder, due, seniority(claim.instrument), purpose, k, 0)
    for k in range(len(accounts)):
        account = accounts[k]
        if account.loan <= 0.0 or ledger.sector[k] == HOUSEHOLDS or ledger.sector[k] == BANKS:
            continue
        due = account.loan * macro.loan_rate_quarter
        if w.debtors[k].watched > 0.5:
            owe(w, k, account.lender, due, SECURED, INTEREST_ON_LOANS, BANK_LOAN, 0)
        else:
            bank = bank_of(w, account).account
            grant_loan(ledger, account, bank, max(due - max(account.cash, 0.0), 0.0))
            pay(ledger, account, bank, due, INTEREST_ON_LOANS)


@rule
def roll_over(world, accounts, firms):
    """A part of every debt of the AI sector matures; it is rolled over at today's rate, or must be repaid."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    refused = 0.0
    asked = 1e-12
    elapsed = w.opening_quarter + w.quarter
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.amount <= 1e-9 or not CORPORATE_BONDS <= claim.instrument <= VENDOR_LOANS:
            continue
        if w.debtors[claim.issuer].relief_left > 0.0:
            continue  # lenders have extended what matures
        due = claim.amount / max(claim.maturity, 1.0)
        cover, loan_to_value = standing_of(w, accounts, claim.issuer)
        chance = rollover_chance(cover, loan_to_value, w.macro.stress, w.market.refusals, p)
        on_lease = ledger.sector[claim.issuer] == VEHICLES
        if not on_lease:
            asked += due
        if on_lease or must_shrink(w, claim.holder):
            chance = 0.0  # a lease pays a vehicle's debt back; a fund above its limit rolls nothing over
        draw = uniform(w.seed, draw_purpose.ROLL_OVER, elapsed, claim.issuer * COLUMNS + claim.holder)
        if draw < chance:
            spread = p.bond_spread if claim.instrument == CORPORATE_BONDS else p.spread_other + p.private_premium
            claim.rate += (borrowing_rate(w, spread) - claim.rate) / max(claim.maturity, 1.0)
        else:
            refused += 0.0 if on_lease else due
            purpose = principal_purpose(claim.instrument)
            owe(w, claim.issuer, claim.holder, due, seniority(claim.instrument), purpose, k, 1)
            if not on_lease:
                note_blow(w, claim.issuer, claim.holder, REFUSED_ROLLOVER, due)
    w.market.refusals = refused / asked


@rule
def must_shrink(w, column):
    """Whether a lender is a private-credit fund above its leverage limit."""
    number = place_among(w.credit_funds, column)
    return number >= 0 and over_limit(w, w.credit_funds[number]) > NOTHING


@rule
def standing_of(w, accounts, column):
    """Debt-service cover and loan-to-value of a debtor. Lenders look to the enterprise where the market gives it value,
    to the collateral where it does not."""
    debtor = w.debtors[column]
    if debtor.watched < 0.5:
        return 2.0, 0.5
    mark = collateral_of(w, accounts[column])
    equity = market_value(w.ledger, column)
    debt = debt_seen(w, column)
    return debtor.cover, debt / max(mark, debt + equity, 1e-9)


@rule
def repay_part(w, owner):
    """An owner of compute that owes its bank and holds more money than it needs repays a part."""
    extra = spare_money(owner.account.cash, PLENTY * owner.money_target)
    if owner.account.loan > 0.0 and extra > 0.0:
        repay_loan(w.ledger, owner.account, bank_of(w, owner.account).account, REPAID * extra)


@rule
def repay_from_plenty(world, accounts, firms):
    """Those who owe a bank and hold more money than they need repay a part."""
    w = world[0]
    for cloud in w.clouds:
        repay_part(w, cloud)
    for buyer in w.other_buyers:
        repay_part(w, buyer)
