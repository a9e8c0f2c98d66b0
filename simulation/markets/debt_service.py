"""Debt service: interest, and maturing debt that is rolled over or must be repaid."""

from __future__ import annotations

import math

import numpy as np

from simulation import randomness as draw_purpose
from simulation.books.instruments import (
    CORPORATE_BONDS,
    FIRST_TANGIBLE,
    GOVERNMENT_BONDS,
    PRIVATE_CREDIT,
    SHELLS,
)
from simulation.books.purposes import (
    CORPORATE_BOND_TRADES,
    INTEREST_ON_CORPORATE_BONDS,
    INTEREST_ON_GOVERNMENT_BONDS,
    INTEREST_ON_LOANS,
    INTEREST_ON_PRIVATE_CREDIT,
    PRIVATE_CREDIT_TRADES,
)
from simulation.books.verbs import pay, redeem, repay_loan
from simulation.markets.credit import TREASURY_MATURITY, bank_of, borrowing_rate
from simulation.randomness import uniform
from simulation.rule import rule


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
    """Debt of everybody in the AI sector, from the claims themselves."""
    w = world[0]
    ledger = w.ledger
    owed = np.zeros(len(accounts))
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.instrument != GOVERNMENT_BONDS and claim.issuer < len(owed):
            owed[claim.issuer] += claim.amount
    for maker in w.chip_makers:
        maker.debt = owed[maker.account.column] + maker.account.loan
    for cloud in w.clouds:
        cloud.debt = owed[cloud.account.column] + cloud.account.loan
    for lab in w.labs:
        lab.debt = owed[lab.account.column] + lab.account.loan
    for buyer in w.other_buyers:
        buyer.debt = owed[buyer.account.column] + buyer.account.loan


@rule
def pay_interest(world, accounts, firms):
    """Interest on every claim and loan, and deposit interest of everybody but firms, whose money is for payments."""
    w = world[0]
    ledger = w.ledger
    macro = w.macro
    government = w.governments[0]
    government.debt = 0.0
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.amount <= 0.0:
            continue
        issuer = accounts[claim.issuer]
        holder = accounts[claim.holder]
        due = claim.rate * claim.amount
        if claim.instrument == GOVERNMENT_BONDS:
            pay(ledger, issuer, holder, due, INTEREST_ON_GOVERNMENT_BONDS)
            claim.rate += (macro.bond_rate - claim.rate) / TREASURY_MATURITY
            government.debt += claim.amount
        elif claim.instrument == CORPORATE_BONDS:
            pay(ledger, issuer, holder, min(due, max(issuer.cash, 0.0)), INTEREST_ON_CORPORATE_BONDS)
            note_unpaid(w, claim.issuer, due, issuer.cash)
        elif claim.instrument == PRIVATE_CREDIT:
            pay(ledger, issuer, holder, min(due, max(issuer.cash, 0.0)), INTEREST_ON_PRIVATE_CREDIT)
            note_unpaid(w, claim.issuer, due, issuer.cash)
    for k in range(len(accounts)):
        account = accounts[k]
        if account.loan > 0.0 and ledger.sector[k] != 5 and ledger.sector[k] != 10:
            due = account.loan * macro.loan_rate_quarter
            pay(
                ledger,
                account,
                bank_of(w, account).account,
                min(due, max(account.cash, 0.0)),
                INTEREST_ON_LOANS,
            )
            note_unpaid(w, k, due, account.cash)


@rule
def note_unpaid(w, column, due, cash):
    """Remember a payment that money did not reach for: the payer fails at clearing."""
    if cash > 1e-9 or due <= 0.0:
        return
    first = w.clouds[0].account.column
    if first <= column < first + len(w.clouds):
        w.clouds[column - first].unpaid += due
    first = w.labs[0].account.column
    if first <= column < first + len(w.labs):
        w.labs[column - first].unpaid += due
    first = w.chip_makers[0].account.column
    if first <= column < first + len(w.chip_makers):
        w.chip_makers[column - first].unpaid += due


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
        if claim.amount <= 1e-9 or claim.instrument == GOVERNMENT_BONDS:
            continue
        if claim.instrument != CORPORATE_BONDS and claim.instrument != PRIVATE_CREDIT:
            continue
        due = claim.amount / max(claim.maturity, 1.0)
        cover, loan_to_value = standing_of(w, claim.issuer)
        chance = rollover_chance(cover, loan_to_value, w.macro.stress, w.market.refusals, p)
        asked += due
        draw = uniform(w.seed, draw_purpose.ROLL_OVER, elapsed, claim.issuer * 64 + claim.holder)
        if draw < chance:
            spread = p.bond_spread if claim.instrument == CORPORATE_BONDS else p.spread_other + p.private_premium
            claim.rate += (borrowing_rate(w, spread) - claim.rate) / max(claim.maturity, 1.0)
        else:
            refused += due
            issuer = accounts[claim.issuer]
            purpose = CORPORATE_BOND_TRADES if claim.instrument == CORPORATE_BONDS else PRIVATE_CREDIT_TRADES
            holder = accounts[claim.holder]
            redeem(ledger, claim, holder, issuer, min(due, max(issuer.cash, 0.0)), purpose)
            note_unpaid(w, claim.issuer, due, issuer.cash)
    w.market.refusals = refused / asked


@rule
def standing_of(w, column):
    """Debt-service cover and loan-to-value of an AI borrower. Others are taken as sound."""
    first = w.clouds[0].account.column
    if first <= column < first + len(w.clouds):
        cloud = w.clouds[column - first]
        mark = (cloud.online + cloud.waiting) * w.market.it_price + cloud.account.tangible[SHELLS - FIRST_TANGIBLE]
        equity = w.ledger.issued[column] * w.ledger.price[column]
        # Lenders look to the enterprise where the market gives it value, to the collateral where it does not.
        return cloud.cover, cloud.debt / max(mark, cloud.debt + equity, 1e-9)
    first = w.chip_makers[0].account.column
    if first <= column < first + len(w.chip_makers):
        maker = w.chip_makers[column - first]
        return maker.cover, maker.debt / max(maker.debt + w.ledger.issued[column] * w.ledger.price[column], 1e-9)
    return 2.0, 0.5


@rule
def repay_from_plenty(world, accounts, firms):
    """Those who owe a bank and hold more money than they need repay a part."""
    w = world[0]
    for cloud in w.clouds:
        extra = cloud.account.cash - 1.5 * cloud.money_target
        if cloud.account.loan > 0.0 and extra > 0.0:
            repay_loan(w.ledger, cloud.account, bank_of(w, cloud.account).account, 0.5 * extra)
    for buyer in w.other_buyers:
        extra = buyer.account.cash - 1.5 * buyer.money_target
        if buyer.account.loan > 0.0 and extra > 0.0:
            repay_loan(w.ledger, buyer.account, bank_of(w, buyer.account).account, 0.5 * extra)
    for fund in w.credit_funds:
        extra = fund.account.cash - 2.0 * w.parameters.credit_fund_buffer * max(fund.net_assets, 0.0)
        if fund.account.loan > 0.0 and extra > 0.0:
            repay_loan(w.ledger, fund.account, bank_of(w, fund.account).account, 0.5 * extra)
