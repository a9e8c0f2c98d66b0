"""Ordinary firms: they produce everything but AI, adopt AI, invest, hire, borrow and can fail.

A firm's demand is a share of the economy's, by its scale, its productivity relative to others and luck. Sizes follow
a fat tail (Axtell 2001), so a few firms carry much of output.
"""

from __future__ import annotations

import math

from simulation import randomness as purpose_of_draw
from simulation.books.instruments import CAPITAL, FIRST_TANGIBLE
from simulation.books.ledger import ACCOUNT
from simulation.books.purposes import (
    AI_SERVICES,
    AI_SERVICES_IMPORTED,
    COMPUTE_RENTAL,
    CORE_SALES,
    DIVIDENDS,
    IMPORTS,
    INTEREST_ON_LOANS,
    ORDINARY_INVESTMENT,
    PROFIT_TAX,
    WAGES,
)
from simulation.books.verbs import (
    add_asset,
    depreciate,
    grant_loan,
    hand_out,
    pay,
    pay_in,
    repay_loan,
    write_off_loan,
)
from simulation.randomness import draw_key, normal_of, uniform_of
from simulation.rule import record, rule

PEER_GROUP = 50  # firms that watch one another: an industry

FIRM = record(
    account=ACCOUNT,
    scale="f8",
    luck="f8",
    fortune="f8",
    share="f8",
    gain="f8",
    belief="f8",
    intensity="f8",
    organisation="f8",
    quarters_used="f8",
    friction="f8",
    ai_spending="f8",
    ai_gain="f8",
    effort="f8",
    labour="f8",
    sales="f8",
    expected_sales="f8",
    expected_growth="f8",
    investment="f8",
    value_added="f8",
    profit="f8",
    failures="f8",
)

# What a pass over all firms adds up, so that markets and the macroeconomy can read it.
FIRM_TOTALS = record(
    users="f8",
    users_weighted="f8",
    intensity="f8",
    belief="f8",
    ai_spending="f8",
    investment="f8",
    weights="f8",
    labour="f8",
    sales="f8",
    imports="f8",
    wages="f8",
    interest="f8",
    profits="f8",
    dividends="f8",
    core_purchases="f8",
    rental="f8",
    surplus="f8",
    gain="f8",
    gain_weighted="f8",
    failures="f8",
    capital="f8",
    loans="f8",
    loan_losses="f8",
)


@rule
def intended_intensity(firm, capability, price, p):
    """Intensity of use at which the believed gain pays its cost: a logistic in the log of gain over cost. Small firms
    lag (census survey by firm size)."""
    gain = firm.belief * capability * price ** (-p.intensity_price_weight)
    return 1.0 / (1.0 + math.exp(-(math.log(gain / p.intensity_cost) - firm.friction) / p.intensity_width))


@rule
def learn(firm, gain, peer_belief, noise, p):
    """Move the belief of the long-run gain towards what own use shows, ever faster with experience, and towards what
    peers who use AI believe. Own use shows the true gain with lognormal noise of mean one (Bayesian, e/(e+8))."""
    if firm.intensity > 0.0:
        own = firm.quarters_used / (firm.quarters_used + p.belief_prior_quarters)
        seen = gain * math.exp(p.belief_noise * noise - 0.5 * p.belief_noise**2)
        firm.belief += p.belief_own_weight * own * (seen - firm.belief)
        firm.quarters_used += 1.0
    if peer_belief > 0.0:
        firm.belief += p.belief_peer_weight * (peer_belief - firm.belief)


@rule
def adopt(firm, gain, share_of_users, speed, capability, price, chance, p):
    """Start, deepen or retreat. Adoption spreads by example (Bass 1969) and deepens with use; organisational capital
    follows with a lag (Brynjolfsson, Rock and Syverson 2021). Effort is labour that makes no measured output."""
    before = firm.intensity
    if firm.intensity <= 0.0:
        example = speed * (p.adoption_drift + p.adoption_imitation * share_of_users)
        # Most non-users see no example; only those who do weigh the gain.
        if chance < example:
            wanted = intended_intensity(firm, capability, price, p)
            if chance < example * min(1.0, p.adoption_readiness * wanted):
                firm.intensity = p.adoption_start
    else:
        wanted = intended_intensity(firm, capability, price, p)
        if wanted >= firm.intensity:
            pace = min(1.0, p.deepening_slope * firm.intensity + p.deepening_base)
            firm.intensity += speed * p.adoption_deepening * pace * (wanted - firm.intensity)
        else:
            firm.intensity += p.adoption_retreat * (wanted - firm.intensity)
    if firm.intensity > p.organisation_threshold:
        firm.organisation += (1.0 - firm.organisation) / p.organisation_lag
    else:
        firm.organisation *= 1.0 - p.organisation_decay
    firm.effort = p.adoption_effort * max(firm.intensity - before, 0.0) * p.j_curve
    firm.ai_gain = gain * capability * firm.intensity * firm.organisation


@rule
def wanted_ai_spending(firm, capability, price, p):
    """What adoption is worth paying for, within the budget (USD bn a quarter): sellers capture a part of the believed
    gain; the price elasticity of the quantity is `demand_elasticity`."""
    worth = p.capture * firm.belief * capability * firm.intensity * price ** (1.0 - p.demand_elasticity)
    return min(worth, p.budget_cap) * max(firm.value_added, 0.0)


@rule
def wanted_investment(firm, macro, p):
    """Replace, grow with the trend, accelerate with expected sales, hold back when loans are dear or credit is tight
    (USD bn). Accelerator and loan-rate form as in Caiani et al. (2016)."""
    capital = firm.account.tangible[CAPITAL - FIRST_TANGIBLE]
    pace = p.capital_depreciation + macro.trend_nominal_growth
    pace += p.accelerator * (firm.expected_growth - macro.trend_nominal_growth)
    pace += p.investment_loan_rate * (macro.real_loan_rate - macro.real_loan_rate_normal) * p.rate_to_pace
    wanted = capital * max(pace, 0.0) * math.exp(macro.investment_climate)
    return wanted * max(1.0 + p.investment_stress * macro.stress, 0.0)


@rule
def credit_line(firm, p):
    """What a firm may still draw: a bank lends up to a part of capital at book value (USD bn)."""
    return max(p.firm_credit_limit * firm.account.tangible[CAPITAL - FIRST_TANGIBLE] - firm.account.loan, 0.0)


@rule
def belief_of_users(firms, first):
    """Mean belief of those in a peer group who use AI: others have nothing to tell. Negative where nobody does."""
    total = 0.0
    users = 0.0
    for j in range(first, min(first + PEER_GROUP, len(firms))):
        if firms[j].intensity > 0.0:
            total += firms[j].belief
            users += 1.0
    return total / users if users > 0.0 else -1.0


@rule
def adopt_and_invest(firms, market, macro, totals, ledger, seed, quarter, speed, gain_factor, p):
    """One pass over all firms: learn, adopt, buy AI services and order investment goods. Prices and capability are
    last quarter's or this quarter's opening ones, so the order of firms plays no part."""
    adopt_key = draw_key(seed, purpose_of_draw.FIRM_ADOPTS, quarter)
    learn_key = draw_key(seed, purpose_of_draw.FIRM_OBSERVES, quarter)
    totals.users = 0.0
    totals.users_weighted = 0.0
    totals.intensity = 0.0
    totals.belief = 0.0
    totals.ai_spending = 0.0
    totals.investment = 0.0
    totals.gain_weighted = 0.0
    peers = 0.0
    weight = 0.0
    for i in range(len(firms)):
        firm = firms[i]
        if i % PEER_GROUP == 0:
            peers = belief_of_users(firms, i)
        gain = firm.gain * gain_factor
        if firm.intensity > 0.0:
            learn(firm, gain, peers, normal_of(learn_key, i), p)
        else:
            learn(firm, gain, peers, 0.0, p)
        adopt(
            firm,
            gain,
            market.share_of_users,
            speed,
            market.capability,
            market.ai_price,
            uniform_of(adopt_key, i),
            p,
        )
        money = max(firm.account.cash, 0.0)
        firm.ai_spending = 0.0
        if firm.intensity > 0.0:
            spending = min(wanted_ai_spending(firm, market.capability, market.ai_price, p) * market.regulation, money)
            abroad = pay_in(ledger, ledger.services, firm.account, market.fringe_share * spending, AI_SERVICES_IMPORTED)
            firm.ai_spending = abroad + pay_in(ledger, ledger.services, firm.account, spending - abroad, AI_SERVICES)
            totals.users += 1.0
            totals.users_weighted += firm.share
            totals.intensity += firm.share * firm.intensity
            totals.ai_spending += spending
        means = max(money - firm.ai_spending, 0.0) + macro.credit_appetite * credit_line(firm, p)
        firm.investment = min(wanted_investment(firm, macro, p), means)
        pay_in(ledger, ledger.goods, firm.account, firm.investment, ORDINARY_INVESTMENT)
        add_asset(ledger, firm.account, CAPITAL, firm.investment)
        totals.investment += firm.investment
        totals.belief += firm.share * firm.belief
        totals.gain_weighted += firm.share * (firm.ai_gain - firm.effort)
        weight += firm.share
    scale = 1.0 / max(weight, 1e-12)
    totals.users_weighted *= scale
    totals.intensity *= scale
    totals.belief *= scale
    totals.gain_weighted *= scale


@rule
def update_luck(firm, draw, p):
    """A firm's demand and efficiency drift by luck of its own: a stationary log process."""
    firm.luck = p.firm_luck_memory * firm.luck + p.firm_luck * draw
    firm.fortune = math.exp(firm.luck)


@rule
def demand_weight(firm, p):
    """Weight in the sharing of demand: scale, luck, and what a productivity lead brings in market share."""
    weight = firm.scale * firm.fortune
    if firm.ai_gain > 0.0:
        weight *= (1.0 + firm.ai_gain) ** p.productivity_share
    return weight


@rule
def weigh_demand(firms, macro, totals, seed, quarter, p):
    """Luck of the quarter and the sum of demand weights. Fortune in efficiency is relative: what some firms gain others
    lose, so that luck moves no aggregate by itself."""
    key = draw_key(seed, purpose_of_draw.FIRM_DEMAND, quarter)
    totals.weights = 0.0
    misfortune = 0.0
    for i in range(len(firms)):
        firm = firms[i]
        update_luck(firm, normal_of(key, i), p)
        firm.share = demand_weight(firm, p)
        totals.weights += firm.share
        misfortune += firm.share / firm.fortune
    macro.fortune = misfortune / totals.weights


@rule
def hire(firm, macro, p):
    """Move employment towards what output needs (million workers): less with AI and for a fortunate firm, more while
    adoption takes effort."""
    output = firm.sales / macro.price_level
    efficiency = macro.productivity * (1.0 + firm.ai_gain) * max(1.0 - firm.effort, 0.5)
    efficiency *= firm.fortune * macro.fortune
    needed = output / efficiency
    firm.labour += p.labour_adjustment * (needed - firm.labour)


@rule
def expect_sales(firm, p):
    """Adaptive expectation of sales and of their growth."""
    before = firm.expected_sales
    firm.expected_sales += p.expectation_gain * (firm.sales - before) + firm.expected_growth * before
    growth = firm.sales / max(before, 1e-12) - 1.0
    firm.expected_growth += p.growth_gain * (min(max(growth, -0.2), 0.2) - firm.expected_growth)


@rule
def finance_firm(firm, bank, ledger, macro, p):
    """Steer the loan towards its normal share of capital while the bank lends, keep a money buffer, pay the rest out.
    A firm that is short draws on its bank as far as the limit allows. Returns (dividend, failed)."""
    account = firm.account
    target_loan = macro.firm_loan_ratio * account.tangible[CAPITAL - FIRST_TANGIBLE]
    change = p.loan_adjustment * (target_loan - account.loan)
    if change > 0.0 and bank.lends > 0.0:
        grant_loan(ledger, account, bank.account, change * macro.credit_appetite)
    elif change < 0.0:
        repay_loan(ledger, account, bank.account, min(-change, max(account.cash, 0.0)))
    buffer = macro.firm_money_ratio * firm.expected_sales
    dividend = min(
        max(macro.payout * firm.profit + p.buffer_adjustment * (account.cash - buffer), 0.0),
        max(account.cash, 0.0),
    )
    if dividend > 0.0:
        pay_in(ledger, ledger.dividends, account, dividend, DIVIDENDS)
    if account.cash < 0.0:
        draw = -account.cash
        if draw <= credit_line(firm, p):
            grant_loan(ledger, account, bank.account, draw)
        else:
            return dividend, True
    return dividend, False


@rule
def replace_firm(firm, bank, ledger, p):
    """A failed firm's bank takes what the plant is worth to a successor and writes off the rest. The successor takes
    over plant, staff and the sound part of the loan: no money is made, none is lost. Returns the bank's loss."""
    account = firm.account
    grant_loan(ledger, account, bank.account, max(-account.cash, 0.0))
    capital = account.tangible[CAPITAL - FIRST_TANGIBLE]
    depreciate(ledger, account, CAPITAL, (1.0 - p.default_cost) * capital)
    sound = min(account.loan, p.successor_loan * account.tangible[CAPITAL - FIRST_TANGIBLE])
    loss = write_off_loan(ledger, account, bank.account, account.loan - sound)
    firm.luck = 0.0
    firm.fortune = 1.0
    firm.intensity = 0.0
    firm.organisation = 0.0
    firm.quarters_used = 0.0
    firm.failures += 1.0
    return loss


@rule
def trade_and_settle(firms, banks, rest_of_world, government, macro, totals, ledger, takings, p):
    """One pass over all firms: receive sales, hire, pay for labour, imports, core services, compute, interest and tax,
    borrow or pay out, and fail if the bank will not carry on."""
    totals.labour = 0.0
    totals.sales = 0.0
    totals.imports = 0.0
    totals.wages = 0.0
    totals.interest = 0.0
    totals.profits = 0.0
    totals.dividends = 0.0
    totals.surplus = 0.0
    totals.failures = 0.0
    totals.capital = 0.0
    totals.loans = 0.0
    totals.loan_losses = 0.0
    core_share = totals.core_purchases / takings
    rental_share = totals.rental / takings
    stolen = p.business_stealing * p.displacement * totals.ai_spending
    first_bank = banks[0].account.column
    scale = 1.0 / totals.weights
    left = takings
    for i in range(len(firms)):
        firm = firms[i]
        account = firm.account
        bank = banks[account.bank - first_bank]
        firm.share *= scale
        # The last firm takes what rounding has left, so that the market's till is empty to the last cent.
        # AI spending replaces software: its buyer saves, and its former sellers lose, what is displaced.
        displaced = p.business_stealing * p.displacement * firm.ai_spending - stolen * firm.share
        receipt = takings * firm.share + displaced if i < len(firms) - 1 else left
        left -= receipt
        firm.sales = hand_out(ledger, ledger.goods, account, receipt)
        hire(firm, macro, p)
        wages = pay_in(ledger, ledger.wages, account, macro.wage * firm.labour, WAGES)
        imports = pay(ledger, account, rest_of_world.account, p.import_share * firm.sales, IMPORTS)
        core = pay_in(ledger, ledger.services, account, core_share * firm.sales, CORE_SALES)
        rental = pay_in(ledger, ledger.services, account, rental_share * firm.sales, COMPUTE_RENTAL)
        interest = pay(ledger, account, bank.account, account.loan * macro.loan_rate_quarter, INTEREST_ON_LOANS)
        wear = depreciate(ledger, account, CAPITAL, p.capital_depreciation * account.tangible[CAPITAL - FIRST_TANGIBLE])
        firm.value_added = firm.sales - imports - core - rental - firm.ai_spending
        profit = firm.value_added - wages - interest - wear
        tax = max(profit, 0.0) * p.tax_profits
        if tax > 0.0:
            pay(ledger, account, government.account, tax, PROFIT_TAX)
        firm.profit = profit - tax
        expect_sales(firm, p)
        dividend, failed = finance_firm(firm, bank, ledger, macro, p)
        if failed:
            totals.loan_losses += replace_firm(firm, bank, ledger, p)
            totals.failures += 1.0
        totals.labour += firm.labour
        totals.sales += firm.sales
        totals.imports += imports
        totals.wages += wages
        totals.interest += interest
        totals.profits += firm.profit
        totals.dividends += dividend
        totals.surplus += firm.value_added - wages
        totals.capital += account.tangible[CAPITAL - FIRST_TANGIBLE]
        totals.loans += account.loan
