"""Lenders to the AI sector: banks, insurers with bond funds, private-credit funds; what each of them can lend, at which
rate."""

import math

from simulation.agents.funds import call_needed, unused_line
from simulation.books.instruments import CORPORATE_BONDS, GOVERNMENT_BONDS, PRIVATE_CREDIT
from simulation.books.purposes import CORPORATE_BOND_TRADES, FUND_FLOWS, GOVERNMENT_BOND_TRADES, PRIVATE_CREDIT_TRADES
from simulation.books.verbs import claim_between, grant_loan, issue_shares, lend, trade_claim
from simulation.disturbances.declared import FUNDING
from simulation.disturbances.process import inverse
from simulation.rule import rule

BOND_MATURITY = 28.0  # quarters
LOAN_MATURITY = 20.0
TREASURY_MATURITY = 24.0
NOTHING = 1e-9  # USD bn: rounding
PLACEABLE = 0.5  # of an investor's money, at once: nobody puts all of it into one thing


@rule
def bank_of(w, account):
    """The bank that lends to this account."""
    return w.banks[account.lender - w.banks[0].account.column]


@rule
def spare_money(money, target):
    """Money above what its owner keeps (USD bn)."""
    return max(money - target, 0.0)


@rule
def ai_room(w, bank):
    """What a bank may still lend to AI firms and the funds behind them (USD bn): nothing while it does not lend, and
    no more than keeps such loans within their limit among all its loans."""
    if bank.lends < 0.5:
        return 0.0
    limit = max(w.parameters.bank_ai_limit + w.levers.bank_ai_limit, 0.0)
    if limit >= 1.0:
        return math.inf
    return max(limit * bank.loans - bank.ai_loans, 0.0) / (1.0 - limit)


@rule
def lend_on_ai(w, bank, borrower, amount):
    """A bank lends to an AI firm or a fund behind it, within its limit. Returns the money lent."""
    amount = max(min(amount, ai_room(w, bank)), 0.0)
    bank.ai_loans += amount
    bank.loans += amount
    return grant_loan(w.ledger, borrower, bank.account, amount)


@rule
def sell_treasuries(w, seller, amount):
    """Sell government bonds to the central bank, the dealer of last resort, to have money. Returns what was got."""
    central = w.central_banks[0].account
    number = claim_between(w.ledger, GOVERNMENT_BONDS, seller.column, w.governments[0].account.column)
    if number < 0 or amount <= 0.0:
        return 0.0
    return trade_claim(w.ledger, w.ledger.claims[number], seller, central, amount, GOVERNMENT_BOND_TRADES)


@rule
def money_of_insurers(w, amount):
    """What insurers and bond funds can pay at once of an amount (USD bn): they sell government bonds where money is
    short."""
    insurer = w.insurers[0].account
    sell_treasuries(w, insurer, amount - insurer.cash)
    return min(amount, max(insurer.cash, 0.0))


@rule
def issue_bond(w, issuer, amount, rate):
    """Insurers and bond funds take a corporate bond. Returns the money."""
    amount = money_of_insurers(w, amount)
    if amount <= 0.0:
        return 0.0
    insurer = w.insurers[0].account
    return lend(w.ledger, insurer, issuer, amount, rate, BOND_MATURITY, CORPORATE_BONDS, CORPORATE_BOND_TRADES)


@rule
def lend_privately(w, borrower, amount, rate):
    """Private-credit funds lend by what they can place. What their own money does not reach they draw on their bank
    line and, at its limit, call from their investors. Returns the money lent."""
    room = private_credit_room(w)
    if room <= 0.0 or amount <= 0.0:
        return 0.0
    share = min(1.0, amount / room)
    total = 0.0
    for fund in w.credit_funds:
        part = share * credit_room(w, fund)
        if part <= 0.0:
            continue
        spare = spare_money_of_fund(w, fund)
        if part > spare:
            part = spare + raise_money(w, fund, part - spare)
        total += lend(
            w.ledger, fund.account, borrower, part, rate, LOAN_MATURITY, PRIVATE_CREDIT, PRIVATE_CREDIT_TRADES
        )
    return total


@rule
def leverage_limit(w):
    """Largest assets over net assets of private-credit funds."""
    return max(w.parameters.credit_fund_leverage * w.levers.private_credit_leverage, 1.0)


@rule
def spare_money_of_fund(w, fund):
    """Money of a private-credit fund above its buffer (USD bn)."""
    return spare_money(fund.account.cash, w.parameters.credit_fund_buffer * max(fund.net_assets, 0.0))


@rule
def over_limit(w, fund):
    """What a private-credit fund owes its bank above its leverage limit (USD bn)."""
    return max(-unused_line(fund, max(fund.net_assets, 0.0), leverage_limit(w)), 0.0)


@rule
def credit_room(w, fund):
    """What a fund can lend this quarter (USD bn): none while its gate is shut or it owes more than it owns; else its
    spare money, what its investors have promised, and what both let it borrow."""
    if fund.gated > 0.5 or fund.net_assets < -NOTHING:
        return 0.0
    line = unused_line(fund, fund.net_assets + fund.promised, leverage_limit(w))
    line = min(line, ai_room(w, bank_of(w, fund.account)))
    return max(spare_money_of_fund(w, fund) + fund.promised + line, 0.0)


@rule
def private_credit_room(w):
    """What all private-credit funds can lend this quarter (USD bn)."""
    room = 0.0
    for fund in w.credit_funds:
        room += credit_room(w, fund)
    return room


@rule
def raise_money(w, fund, lack):
    """A fund draws on its bank line, and calls what the limit, or the bank, leaves open. Returns the money raised."""
    call = call_needed(fund, lack, leverage_limit(w))
    drawn = lend_on_ai(w, bank_of(w, fund.account), fund.account, lack - call)
    return drawn + call_capital(w, fund, lack - drawn)


@rule
def call_capital(w, fund, amount):
    """Investors pay in what they have promised. Returns the money."""
    amount = money_of_insurers(w, min(amount, fund.promised))
    if amount <= 0.0:
        return 0.0
    paid = issue_shares(w.ledger, fund.account, w.insurers[0].account, amount, FUND_FLOWS)
    fund.promised -= paid
    fund.net_assets += paid
    return paid


@rule
def promised_money(w):
    """What investors have promised private-credit funds and keep at hand until it is called (USD bn)."""
    total = 0.0
    for fund in w.credit_funds:
        total += fund.promised
    return total


@rule
def borrowing_rate(w, spread):
    """Rate a quarter of new debt at a yearly spread that widens with stress."""
    p = w.parameters
    return 0.25 * (w.macro.policy_rate + spread * inverse(w.luck, FUNDING) * (1.0 + p.stress_widening * w.macro.stress))


@rule
def placeable(account):
    """What an investor can place at once (USD bn)."""
    return PLACEABLE * max(account.cash, 0.0)


@rule
def part_met(asked, available):
    """Part of what all ask for together that is available; all get the same part of what each asks."""
    return min(max(available, 0.0) / max(asked, NOTHING), 1.0)
