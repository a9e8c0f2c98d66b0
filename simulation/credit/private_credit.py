"""Private-credit funds between their investors and their banks: leverage limit, redemptions, gates."""

import numpy as np

from simulation.agents.funds import credit_fund_flow, payable_redemptions
from simulation.books.purposes import FUND_FLOWS
from simulation.books.verbs import repay_loan, retire_shares
from simulation.credit import lenders
from simulation.credit.covenants import marked_loss
from simulation.rule import rule


@rule
def repay_line(w, fund, amount):
    """A fund repays its bank line out of spare money. Returns what was repaid."""
    amount = min(amount, lenders.spare_money_of_fund(w, fund), fund.account.loan)
    if amount <= 0.0:
        return 0.0
    return repay_loan(w.ledger, fund.account, lenders.bank_of(w, fund.account).account, amount)


@rule
def repay_lines(world, accounts, firms):
    """A line is a revolving credit: money that has not been lent repays it."""
    w = world[0]
    for fund in w.credit_funds:
        repay_line(w, fund, fund.account.loan)


@rule
def keep_leverage_limit(world, accounts, firms):
    """Funds whom losses or a new rule have left above their leverage limit repay out of spare money and call capital
    for the rest, unless their gate is shut. Those still above it roll nothing over."""
    w = world[0]
    for fund in w.credit_funds:
        repay_line(w, fund, lenders.over_limit(w, fund))
        excess = lenders.over_limit(w, fund)
        if excess > lenders.NOTHING and fund.net_assets > lenders.NOTHING and fund.gated < 0.5:
            # A call raises net assets as it lowers debt, so that a part of the excess is enough.
            called = lenders.call_capital(w, fund, excess / lenders.leverage_limit(w))
            repay_loan(w.ledger, fund.account, lenders.bank_of(w, fund.account).account, called)


@rule
def pay_redemptions(w, fund, most):
    """A fund pays redemptions that wait, up to `most`, out of its money and its bank line. Returns what was paid."""
    bank = lenders.bank_of(w, fund.account)
    amount = min(fund.waiting, most, payable_redemptions(fund, lenders.ai_room(w, bank), lenders.leverage_limit(w)))
    if amount <= 0.0:
        return 0.0
    lenders.lend_on_ai(w, bank, fund.account, max(amount - max(fund.account.cash, 0.0), 0.0))
    paid = retire_shares(w.ledger, fund.account, w.insurers[0].account, amount, FUND_FLOWS)
    fund.waiting -= paid
    return paid


@rule
def return_seen(w, accounts, fund):
    """Return of the quarter as a fund's investors see it: loans stand in the books at par until a borrower fails, but
    who looks takes off what they have come to lack of backing."""
    before = fund.marked_loss
    fund.marked_loss = marked_loss(w, accounts, fund.account.column)
    return fund.return_quarter - (fund.marked_loss - before) / max(fund.net_assets, lenders.NOTHING)


@rule
def move_credit_money(world, accounts, firms):
    """Investors promise money to private-credit funds or ask for it back, by the return that they see. What is asked
    above the gate, or above what a fund has and may borrow, waits, and the gate is shut; new money takes the place of
    redemptions that wait."""
    w = world[0]
    p = w.parameters
    insurer = w.insurers[0].account
    gate = max(p.redemption_gate + w.levers.gate, 0.0)
    shut = 0.0
    total = 1e-12
    flows = np.zeros(len(w.credit_funds))
    for k in range(len(w.credit_funds)):
        fund = w.credit_funds[k]
        flow = credit_fund_flow(return_seen(w, accounts, fund), p)
        if w.exchange.withdrawal > 0.5:
            flow = min(flow - p.credit_flow_base, 0.0)
        if fund.net_assets > -lenders.NOTHING:  # nobody adds to a fund that owes more than it owns
            flows[k] = flow * (fund.net_assets + (fund.promised if flow > 0.0 else 0.0))
    new_part = lenders.part_met(
        np.maximum(flows, 0.0).sum(), lenders.PLACEABLE * lenders.spare_money(insurer.cash, lenders.promised_money(w))
    )
    for k in range(len(w.credit_funds)):
        fund = w.credit_funds[k]
        worth = max(fund.net_assets, 0.0)
        fund.waiting = min(fund.waiting + max(-flows[k], 0.0), worth)
        new = new_part * max(flows[k], 0.0)
        fund.promised += max(new - fund.waiting, 0.0)
        fund.waiting = max(fund.waiting - new, 0.0)
        spared = w.debtors[fund.account.column].spared > 0.5
        fund.paid_out = pay_redemptions(w, fund, worth if spared else gate * worth)
        fund.gated = 1.0 if fund.waiting > lenders.NOTHING and not spared else 0.0
        shut += fund.gated * worth
        total += worth
    w.exchange.gated = shut / total
