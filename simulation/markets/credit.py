"""Credit: funding of AI investment, interest, roll-over, and what happens to a payer who cannot pay."""

from __future__ import annotations

import math

import numpy as np

from simulation import randomness as draw_purpose
from simulation.agents.clouds import COHORTS, HOME_BUYER, NEOCLOUD, SITES
from simulation.books.instruments import (
    COMPUTE,
    CONSTRUCTION,
    CORPORATE_BONDS,
    FIRST_TANGIBLE,
    GOVERNMENT_BONDS,
    PRIVATE_CREDIT,
    SHELLS,
)
from simulation.books.purposes import (
    CORPORATE_BOND_TRADES,
    GOVERNMENT_BOND_TRADES,
    INTEREST_ON_CORPORATE_BONDS,
    INTEREST_ON_GOVERNMENT_BONDS,
    INTEREST_ON_LOANS,
    INTEREST_ON_PRIVATE_CREDIT,
    PRIVATE_CREDIT_TRADES,
    PRIVATE_ROUNDS,
    RECOVERIES,
    SHARE_ISSUES,
    USED_ASSETS,
)
from simulation.books.verbs import (
    claim_between,
    depreciate,
    grant_loan,
    issue_shares,
    lend,
    pay,
    redeem,
    repay_loan,
    reprice,
    trade_asset,
    trade_claim,
    write_off,
    write_off_loan,
)
from simulation.randomness import uniform
from simulation.rule import rule

BOND_MATURITY = 28.0  # quarters
LOAN_MATURITY = 20.0
TREASURY_MATURITY = 24.0


@rule
def bank_of(w, account):
    """The bank that lends to this account."""
    return w.banks[account.lender - w.banks[0].account.column]


@rule
def sell_treasuries(w, accounts, seller, amount):
    """Sell government bonds to the central bank, the dealer of last resort, to have money. Returns what was got."""
    central = w.central_banks[0].account
    number = claim_between(w.ledger, GOVERNMENT_BONDS, seller.column, w.governments[0].account.column)
    if number < 0 or amount <= 0.0:
        return 0.0
    return trade_claim(w.ledger, w.ledger.claims[number], seller, central, amount, GOVERNMENT_BOND_TRADES)


@rule
def issue_bond(w, accounts, issuer, amount, rate):
    """Insurers and bond funds take a corporate bond, selling government bonds where money is short. Returns the money."""
    insurer = w.insurers[0].account
    if insurer.cash < amount:
        sell_treasuries(w, accounts, insurer, amount - insurer.cash)
    amount = min(amount, max(insurer.cash, 0.0))
    if amount <= 0.0:
        return 0.0
    return lend(w.ledger, insurer, issuer, amount, rate, BOND_MATURITY, CORPORATE_BONDS, CORPORATE_BOND_TRADES)


@rule
def lend_privately(w, accounts, borrower, amount, rate):
    """Private-credit funds lend by what they can place: money above the buffer, and their bank line as long as the bank
    lends. Returns the money lent."""
    p = w.parameters
    room = 0.0
    for fund in w.credit_funds:
        room += credit_room(w, fund, p)
    if room <= 0.0 or amount <= 0.0:
        return 0.0
    share = min(1.0, amount / room)
    total = 0.0
    for fund in w.credit_funds:
        part = share * credit_room(w, fund, p)
        if part <= 0.0:
            continue
        lack = part - max(fund.account.cash, 0.0)
        if lack > 0.0:
            grant_loan(w.ledger, fund.account, bank_of(w, fund.account).account, lack)
        total += lend(w.ledger, fund.account, borrower, part, rate, LOAN_MATURITY, PRIVATE_CREDIT, PRIVATE_CREDIT_TRADES)
    return total


@rule
def credit_room(w, fund, p):
    """What a fund can lend this quarter (USD bn): none while its gate is shut."""
    if fund.gated > 0.5:
        return 0.0
    line = 0.0
    if bank_of(w, fund.account).lends > 0.5:
        line = max((p.credit_fund_leverage - 1.0) * fund.net_assets - fund.account.loan, 0.0)
    return max(fund.account.cash - p.credit_fund_buffer * fund.net_assets, 0.0) + line


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
    arrival = min(1.0, market.supply_value / max(market.backlog_value, 1e-9))
    chips = (buyer.pipeline + buyer.planned_orders) * arrival * market.it_price
    shells = (sites + buyer.planned_orders) * market.shell_price / w.parameters.construction_lead
    return chips + shells


@rule
def cut_orders(w, buyer, lack):
    """What is not funded is not ordered; where orders are not enough, orders under way are cancelled with the makers."""
    market = w.market
    price = market.it_price + market.shell_price / w.parameters.construction_lead
    cut = min(buyer.planned_orders, lack / price)
    buyer.planned_orders -= cut
    buyer.orders_cut = cut


@rule
def fund_clouds(world, accounts, firms):
    """Own cash first, then, for hyperscalers, buybacks, bonds and equity; for neoclouds, private credit on contracts and
    a part of the rest, and equity. What is not funded is not ordered."""
    w = world[0]
    p = w.parameters
    market = w.market
    window = w.levers.bond_window
    if w.exchange.withdrawal > 0.5:
        window *= p.withdrawal_bond_window
    market.debt_raised = 0.0
    market.equity_raised = 0.0
    for cloud in w.clouds:
        cloud.new_debt = 0.0
        cloud.new_equity = 0.0
        cloud.orders_cut = 0.0
        if cloud.alive < 0.5:
            continue
        wanted = planned_spending(w, cloud) + cloud.other_capex
        own = p.capex_ocf_ceiling * cloud.operating_cash_flow + cloud.account.cash - cloud.money_target
        gap = wanted - own
        cloud.payout = min(cloud.payout_share * max(cloud.operating_cash_flow, 0.0), max(-gap, 0.0))
        if gap <= 0.0:
            continue
        cap = w.ledger.issued[cloud.account.column] * w.ledger.price[cloud.account.column]
        if cloud.kind == NEOCLOUD:
            cloud.new_debt = fund_neocloud(w, accounts, cloud, gap, window)
        else:
            room = p.net_debt_ceiling * max(cloud.cash_flow_year, 0.0) - (cloud.debt - cloud.account.cash)
            amount = min(gap, max(room, 0.0)) * min(window, 1.0)
            rate = borrowing_rate(w, p.bond_spread)
            cloud.new_debt = issue_bond(w, accounts, cloud.account, amount, rate)
        gap -= cloud.new_debt
        if gap > 0.0 and w.exchange.withdrawal < 0.5:
            cloud.new_equity = sell_new_shares(w, accounts, cloud.account, min(gap, p.equity_issue_limit * cap))
            gap -= cloud.new_equity
        market.debt_raised += cloud.new_debt
        market.equity_raised += cloud.new_equity
        if gap > 0.0:
            cut_orders(w, cloud, gap)


@rule
def fund_neocloud(w, accounts, cloud, gap, window):
    """Delayed-draw loans: 80 percent of contracted capacity, 45 percent of the rest, at the spread of the customers.
    Returns the money lent."""
    p = w.parameters
    capacity = max(cloud.online + cloud.waiting + cloud.pipeline, 1e-9)
    covered = min(cloud.contracted / capacity, 1.0)
    advance = (p.advance_rate * covered + p.advance_rate_uncontracted * (1.0 - covered)) + w.levers.loan_to_value_cap
    mark = (cloud.online + cloud.waiting) * w.market.it_price + planned_spending(w, cloud)
    room = max(max(advance, 0.0) * mark - cloud.debt, 0.0)
    spread = covered * p.spread_investment_grade + (1.0 - covered) * p.spread_other
    return lend_privately(w, accounts, cloud.account, min(gap, room) * min(window, 1.0), borrowing_rate(w, spread + p.private_premium))


@rule
def sell_new_shares(w, accounts, issuer, amount):
    """New shares go to the top decile's portfolio, from where funds buy them. Returns the money raised."""
    buyer = w.households[0].account
    amount = min(amount, placeable(buyer))
    if amount <= 0.0:
        return 0.0
    w.exchange.issuance += amount
    return issue_shares(w.ledger, issuer, buyer, amount, SHARE_ISSUES)


@rule
def placeable(account):
    """What an investor can place at once: half of its money."""
    return 0.5 * max(account.cash, 0.0)


@rule
def fund_other_buyers(world, accounts, firms):
    """Owners of enterprise, sovereign and foreign data centres pay in what is missing, half of it as a bank loan for the
    enterprise buyer; what is too much goes back as a dividend later."""
    w = world[0]
    p = w.parameters
    for buyer in w.other_buyers:
        buyer.new_debt = 0.0
        buyer.new_equity = 0.0
        buyer.orders_cut = 0.0
        own = p.capex_ocf_ceiling * buyer.operating_cash_flow + buyer.account.cash - buyer.money_target
        gap = planned_spending(w, buyer) - own
        buyer.payout = max(-gap, 0.0) * 0.5
        if gap <= 0.0:
            continue
        owner = w.households[0].account if buyer.kind == HOME_BUYER else w.rest_of_world[0].account
        if buyer.kind == HOME_BUYER and bank_of(w, buyer.account).lends > 0.5:
            mark = (buyer.online + buyer.waiting) * w.market.it_price
            loan = min(0.5 * gap, max(p.advance_rate_uncontracted * mark - buyer.account.loan, 0.0))
            buyer.new_debt = grant_loan(w.ledger, buyer.account, bank_of(w, buyer.account).account, loan)
        buyer.new_equity = issue_shares(
            w.ledger, buyer.account, owner, min(gap - buyer.new_debt, placeable(owner)), PRIVATE_ROUNDS
        )
        gap -= buyer.new_debt + buyer.new_equity
        w.market.debt_raised += buyer.new_debt
        w.market.equity_raised += buyer.new_equity
        if gap > 0.0:
            cut_orders(w, buyer, gap)


@rule
def rollover_chance(cover, loan_to_value, stress, refusals, p):
    """Chance that maturing debt is rolled over: a logit in debt-service cover, collateral, stress and what others do."""
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
            pay(ledger, account, bank_of(w, account).account, min(due, max(account.cash, 0.0)), INTEREST_ON_LOANS)
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
        extra = fund.account.cash - 2.0 * w.parameters.credit_fund_buffer * fund.net_assets
        if fund.account.loan > 0.0 and extra > 0.0:
            repay_loan(w.ledger, fund.account, bank_of(w, fund.account).account, 0.5 * extra)


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
        if k != failed and w.clouds[k].alive > 0.5:
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
    trade_asset(ledger, seller, buyer, COMPUTE, price, USED_ASSETS)
