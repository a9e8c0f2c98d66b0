"""Failure: who cannot pay draws on its bank if it is sound, or fails; creditors share what is there."""

from __future__ import annotations

from simulation.agents.clouds import COHORTS
from simulation.books.instruments import COMPUTE, CONSTRUCTION, CORPORATE_BONDS, FIRST_TANGIBLE, SHELLS
from simulation.books.purposes import CORPORATE_BOND_TRADES, PRIVATE_CREDIT_TRADES, RECOVERIES, USED_COMPUTE
from simulation.books.verbs import (
    depreciate,
    grant_loan,
    pay,
    redeem,
    repay_loan,
    reprice,
    trade_asset,
    write_off,
    write_off_loan,
)
from simulation.markets.credit import bank_of
from simulation.rule import rule


@rule
def emergency_line(w, account, lack, limit):
    """A bank lends to a sound customer that is short, up to a limit. Returns the money lent."""
    bank = bank_of(w, account)
    if bank.lends < 0.5:
        return 0.0
    amount = min(lack, max(limit - account.loan, 0.0))
    if amount <= 0.0:
        return 0.0
    return grant_loan(w.ledger, account, bank.account, amount)


@rule
def clear(world, accounts, firms):
    """A payer who could not pay draws on its bank if it is sound; otherwise it fails: creditors share what is there pro
    rata, the rest is written off on both sides, shares become worthless, contracts end, compute is sold."""
    w = world[0]
    p = w.parameters
    exchange = w.exchange
    exchange.credit_losses = 0.0
    failures = 0.0
    for k in range(len(w.clouds)):
        cloud = w.clouds[k]
        if cloud.alive > 0.5 and cloud.unpaid > 1e-9:
            limit = p.net_debt_ceiling * max(cloud.cash_flow_year, 0.0) - cloud.debt + cloud.account.loan
            cloud.unpaid -= emergency_line(w, cloud.account, cloud.unpaid, limit)
            if cloud.unpaid > 1e-9:
                sell_compute(w, accounts, k)
                cloud.failed_loss = fail(w, accounts, cloud.account)
                cloud.failed_quarter = w.quarter
                exchange.credit_losses += cloud.failed_loss
                end_contracts(w, -1, k)
                cloud.alive = 0.0
                failures += 1.0
        cloud.unpaid = 0.0
    for lab in w.labs:
        if lab.alive > 0.5 and lab.unpaid > 1e-9:
            lab.failed_loss = fail(w, accounts, lab.account)
            lab.failed_quarter = w.quarter
            exchange.credit_losses += lab.failed_loss
            end_contracts(w, lab.account.column, -1)
            lab.alive = 0.0
            lab.market_share = 0.0
            failures += 1.0
        lab.unpaid = 0.0
    for maker in w.chip_makers:
        if maker.alive > 0.5 and maker.unpaid > 1e-9:
            limit = p.net_debt_ceiling * max(maker.cash_flow_year, 0.0) - maker.debt + maker.account.loan
            maker.unpaid -= emergency_line(w, maker.account, maker.unpaid, limit)
        maker.unpaid = 0.0
    exchange.failures = failures
    exchange.recent_failures = 0.7 * exchange.recent_failures + failures


@rule
def fail(w, accounts, debtor):
    """Share the debtor's money among its creditors pro rata, write off the rest, take the value from its shares.
    Returns the loss of the creditors (USD bn)."""
    ledger = w.ledger
    column = debtor.column
    debts = debtor.loan
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == column:
            debts += claim.amount
    share = min(1.0, max(debtor.cash, 0.0) / debts) if debts > 0.0 else 0.0
    loss = 0.0
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == column and claim.amount > 0.0:
            purpose = CORPORATE_BOND_TRADES if claim.instrument == CORPORATE_BONDS else PRIVATE_CREDIT_TRADES
            redeem(ledger, claim, accounts[claim.holder], debtor, share * claim.amount, purpose)
            loss += write_off(ledger, claim, claim.amount)
    if debtor.loan > 0.0:
        bank = bank_of(w, debtor)
        repay_loan(ledger, debtor, bank.account, share * debtor.loan)
        written = write_off_loan(ledger, debtor, bank.account, debtor.loan)
        bank.losses += written
        loss += written
    # What is left of the money belongs to the owners.
    left = max(debtor.cash, 0.0)
    if left > 0.0:
        for holder in range(len(accounts)):
            number = ledger.shares[holder, column]
            if number > 0.0:
                pay(ledger, debtor, accounts[holder], left * number / ledger.issued[column], RECOVERIES)
    reprice(ledger, column, 1e-9)
    return loss


@rule
def end_contracts(w, customer, provider):
    """Contracts of a failed customer or provider leave the register."""
    market = w.market
    for k in range(market.n_contracts):
        contract = market.contracts[k]
        if contract.customer == customer or contract.provider == provider:
            contract.quarters_left = 0.0


@rule
def sell_compute(w, accounts, failed):
    """The failed cloud's compute goes to the survivor with most money, at a discount and as far as its money goes; the
    rest is scrapped. Proceeds are there for the creditors."""
    ledger = w.ledger
    seller = w.clouds[failed]
    buyer_number = -1
    for k in range(len(w.clouds)):
        if k == failed or w.clouds[k].alive < 0.5:
            continue
        if buyer_number < 0 or w.clouds[k].account.cash > w.clouds[buyer_number].account.cash:
            buyer_number = k
    power = seller.online + seller.waiting
    if buyer_number >= 0 and power > 0.0:
        buyer = w.clouds[buyer_number]
        mark = w.market.it_price * (1.0 - w.parameters.fire_sale)
        sold = min(power, 0.5 * max(buyer.account.cash, 0.0) / mark)
        price = sold * mark
        share = sold / power
        book = seller.account.tangible[COMPUTE - FIRST_TANGIBLE]
        depreciate(ledger, seller.account, COMPUTE, max(book - price, 0.0))
        sell_used(ledger, seller.account, buyer.account, price)
        buyer.online += share * seller.online
        buyer.waiting += share * seller.waiting
        buyer.shells += sold
        cohort = w.quarter % COHORTS
        buyer.cohort_power[cohort] += sold
        buyer.cohort_cost[cohort] += price
        buyer.cohort_book[cohort] += price
    depreciate(ledger, seller.account, COMPUTE, seller.account.tangible[COMPUTE - FIRST_TANGIBLE])
    depreciate(ledger, seller.account, SHELLS, seller.account.tangible[SHELLS - FIRST_TANGIBLE])
    depreciate(ledger, seller.account, CONSTRUCTION, seller.account.tangible[CONSTRUCTION - FIRST_TANGIBLE])
    seller.online = 0.0
    seller.waiting = 0.0
    seller.shells = 0.0
    seller.pipeline = 0.0
    seller.cohort_book[:] = 0.0
    seller.cohort_cost[:] = 0.0
    seller.cohort_power[:] = 0.0
    seller.sites[:] = 0.0
    w.market.on_order[:, failed] = 0.0


@rule
def sell_used(ledger, seller, buyer, price):
    """Used compute changes hands at a price: the buyer's asset at cost, the seller's book value gone."""
    from_books = seller.tangible[COMPUTE - FIRST_TANGIBLE]
    surplus = price - from_books
    if surplus > 0.0:
        # Sold above book value: the seller's books are written up to the price before the sale.
        depreciate(ledger, seller, COMPUTE, -surplus)
    trade_asset(ledger, seller, buyer, COMPUTE, price, USED_COMPUTE)
