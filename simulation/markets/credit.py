"""Funding of AI investment: own cash, bonds, private credit, new shares; what is not funded is not ordered."""

from __future__ import annotations

import math

from simulation.agents.clouds import HOME_BUYER, NEOCLOUD, SITES
from simulation.agents.funds import call_needed, unused_line
from simulation.books.instruments import (
    CORPORATE_BONDS,
    GOVERNMENT_BONDS,
    PRIVATE_CREDIT,
)
from simulation.books.ledger import market_value
from simulation.books.purposes import (
    CORPORATE_BOND_TRADES,
    FUND_FLOWS,
    GOVERNMENT_BOND_TRADES,
    PRIVATE_CREDIT_TRADES,
    PRIVATE_ROUNDS,
    SHARE_ISSUES,
)
from simulation.books.verbs import (
    claim_between,
    grant_loan,
    issue_shares,
    lend,
    trade_claim,
)
from simulation.deals.vendor_loans import lend_as_vendors
from simulation.distress.register import debt_seen, liquid
from simulation.markets.chips import building_lead, likely_arrival
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
    amount = min(amount, ai_room(w, bank))
    bank.ai_loans += amount
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
    room = 0.0
    for fund in w.credit_funds:
        room += credit_room(w, fund)
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
    return 0.25 * (w.macro.policy_rate + spread * (1.0 + p.stress_widening * w.macro.stress))


@rule
def planned_spending(w, buyer):
    """What the next quarter will ask for (USD bn): chips that are likely to come, sites, other capex."""
    market = w.market
    sites = 0.0
    for k in range(SITES):
        sites += buyer.sites[k]
    chips = (buyer.pipeline + buyer.planned_orders) * likely_arrival(market) * market.it_price
    shells = (sites + buyer.planned_orders) * market.shell_price / building_lead(w)
    return chips + shells


@rule
def funding_gap(w, buyer):
    """What the plans of a cloud or another buyer lack of own money (USD bn); negative where money is left."""
    own = w.parameters.capex_ocf_ceiling * buyer.operating_cash_flow + liquid(w, buyer.account) - buyer.money_target
    return planned_spending(w, buyer) + buyer.other_capex - own


@rule
def cut_orders(w, buyer, lack):
    """What is not funded is not ordered."""
    market = w.market
    price = market.it_price + market.shell_price / building_lead(w)
    cut = min(buyer.planned_orders, lack / price)
    buyer.planned_orders -= cut
    buyer.orders_cut = cut


@rule
def wanted_payout(cloud, p):
    """What a cloud hands its owners of a quarter (USD bn): its usual part of cash flow and, little by little, money
    beyond what a business of its size usually holds."""
    wanted = cloud.payout_share * max(cloud.operating_cash_flow, 0.0)
    if cloud.core_revenue > 0.0:
        wanted += p.buffer_adjustment * spare_money(cloud.account.cash - wanted, cloud.usual_money * cloud.core_revenue)
    return wanted


@rule
def fund_clouds(world, accounts, firms):
    """Own cash first, then, for hyperscalers, buybacks, bonds and equity; for neoclouds, private credit on contracts
    and a part of the rest, and equity. What is not funded is not ordered."""
    w = world[0]
    p = w.parameters
    market = w.market
    window = w.levers.bond_window
    if w.exchange.withdrawal > 0.5:
        window *= p.withdrawal_bond_window
    for cloud in w.clouds:
        cloud.new_debt = 0.0
        cloud.new_equity = 0.0
        cloud.orders_cut = 0.0
        if cloud.alive < 0.5:
            continue
        debt = debt_seen(w, cloud.account.column)
        money = liquid(w, cloud.account)
        gap = funding_gap(w, cloud)
        cloud.payout = min(wanted_payout(cloud, p), max(-gap, 0.0))
        if gap <= 0.0:
            continue
        if cloud.kind == NEOCLOUD:
            cloud.new_debt = fund_neocloud(w, cloud, gap, window)
            rate = borrowing_rate(w, p.spread_other + p.private_premium)
            cloud.new_debt += lend_as_vendors(w, cloud, gap - cloud.new_debt, rate)
        else:
            room = p.net_debt_ceiling * max(cloud.cash_flow_year, 0.0) - (debt - money)
            amount = min(gap, max(room, 0.0)) * min(window, 1.0)
            rate = borrowing_rate(w, p.bond_spread)
            cloud.new_debt = issue_bond(w, cloud.account, amount, rate)
        gap -= cloud.new_debt
        if gap > 0.0 and w.exchange.withdrawal < 0.5:
            most = p.equity_issue_limit * market_value(w.ledger, cloud.account.column)
            cloud.new_equity = sell_new_shares(w, cloud.account, min(gap, most))
            gap -= cloud.new_equity
        w.debtors[cloud.account.column].new_money += cloud.new_debt + cloud.new_equity
        market.debt_raised += cloud.new_debt
        market.equity_raised += cloud.new_equity
        if gap > 0.0:
            cut_orders(w, cloud, gap)


@rule
def covered_by_contracts(cloud):
    """Part of a cloud's compute, standing and on its way, that is rented out under contract."""
    return min(cloud.contracted / max(cloud.online + cloud.waiting + cloud.pipeline, 1e-9), 1.0)


@rule
def loan_room(w, cloud):
    """What private credit would still lend a neocloud (USD bn): `advance_rate` of contracted capacity,
    `advance_rate_uncontracted` of the rest, less its debt."""
    p = w.parameters
    covered = covered_by_contracts(cloud)
    advance = (p.advance_rate * covered + p.advance_rate_uncontracted * (1.0 - covered)) + w.levers.loan_to_value_cap
    mark = (cloud.online + cloud.waiting) * w.market.it_price * w.market.collateral_mark + planned_spending(w, cloud)
    return max(max(advance, 0.0) * mark - w.debtors[cloud.account.column].debt, 0.0)


@rule
def fund_neocloud(w, cloud, gap, window):
    """Delayed-draw loans at the spread of the customers. Returns the money lent."""
    p = w.parameters
    covered = covered_by_contracts(cloud)
    spread = covered * p.spread_investment_grade + (1.0 - covered) * p.spread_other
    amount = min(gap, loan_room(w, cloud)) * min(window, 1.0)
    return lend_privately(w, cloud.account, amount, borrowing_rate(w, spread + p.private_premium))


@rule
def sell_new_shares(w, issuer, amount):
    """New shares go to the top decile's portfolio, from where funds buy them. Returns the money raised."""
    buyer = w.households[0].account
    amount = min(amount, placeable(buyer))
    if amount <= 0.0:
        return 0.0
    w.exchange.issuance += amount
    return issue_shares(w.ledger, issuer, buyer, amount, SHARE_ISSUES)


@rule
def placeable(account):
    """What an investor can place at once (USD bn)."""
    return PLACEABLE * max(account.cash, 0.0)


@rule
def fund_other_buyers(world, accounts, firms):
    """Owners of enterprise, sovereign and foreign data centres pay in what is missing, half of it as a bank loan for
    the enterprise buyer; what is too much goes back as a dividend later."""
    w = world[0]
    p = w.parameters
    for buyer in w.other_buyers:
        buyer.new_debt = 0.0
        buyer.new_equity = 0.0
        buyer.orders_cut = 0.0
        gap = funding_gap(w, buyer)
        buyer.payout = max(-gap, 0.0) * 0.5
        if gap <= 0.0:
            continue
        owner = w.households[0].account if buyer.kind == HOME_BUYER else w.rest_of_world[0].account
        if buyer.kind == HOME_BUYER:
            mark = (buyer.online + buyer.waiting) * w.market.it_price * w.market.collateral_mark
            loan = min(0.5 * gap, max(p.advance_rate_uncontracted * mark - buyer.account.loan, 0.0))
            buyer.new_debt = lend_on_ai(w, bank_of(w, buyer.account), buyer.account, loan)
        buyer.new_equity = issue_shares(
            w.ledger, buyer.account, owner, min(gap - buyer.new_debt, placeable(owner)), PRIVATE_ROUNDS
        )
        gap -= buyer.new_debt + buyer.new_equity
        w.market.debt_raised += buyer.new_debt
        w.market.equity_raised += buyer.new_equity
        if gap > 0.0:
            cut_orders(w, buyer, gap)
