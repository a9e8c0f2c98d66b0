"""Where all ordinary firms meet the markets: three passes a quarter, and nothing else loops over them but the audit.

A firm's account moves once a pass, by the net of all that it pays and receives; markets, banks and government are
posted once for all firms.
"""

import numpy as np

from simulation import randomness as purpose_of_draw
from simulation.agents.firms import (
    adopt,
    bought_abroad,
    credit_line,
    demand_weight,
    draw_on_bank,
    expect_sales,
    filling_rate,
    hire,
    investment_appetite,
    jobs_to_fill,
    labour_paid,
    learn,
    odds_to_start,
    plan_finance,
    replace_firm,
    reward_of_use,
    staff_needed,
    update_luck,
    wanted_ai_spending,
    wanted_investment,
    worth_of_use,
)
from simulation.books import purposes
from simulation.books.instruments import CAPITAL, FIRST_TANGIBLE
from simulation.books.netting import (
    pay_from_pool,
    post_grants,
    post_into_pool,
    post_loans,
    post_payments,
    settle_loan,
    settle_money,
)
from simulation.books.verbs import add_asset, depreciate
from simulation.randomness import draw_key, draw_normals, uniform_of
from simulation.rule import rule

PEER_GROUP = 50  # firms that watch one another: an industry


@rule
def belief_of_users(industry):
    """Mean belief of those in a peer group who use AI: others have nothing to tell. Negative where nobody does."""
    total = 0.0
    users = 0.0
    for k in range(len(industry)):
        if industry[k].intensity > 0.0:
            total += industry[k].belief
            users += 1.0
    return total / users if users > 0.0 else -1.0


@rule
def adopt_and_invest(firms, market, macro, totals, ledger, seed, quarter, speed, gain_factor, government, support, p):
    """First pass over all firms: learn, adopt, buy AI services, order investment goods, and weigh in the sharing of
    demand. Prices and capability are last quarter's or this quarter's opening ones, so the order of firms plays no
    part. Fortune in efficiency is relative: what some gain others lose, so that luck moves no aggregate by itself.
    Firms decide by the price that government's support leaves them to pay."""
    adopt_key = draw_key(seed, purpose_of_draw.FIRM_ADOPTS, quarter)
    learn_key = draw_key(seed, purpose_of_draw.FIRM_OBSERVES, quarter)
    luck_key = draw_key(seed, purpose_of_draw.FIRM_DEMAND, quarter)
    capability = market.capability
    to_pay = 1.0 - support
    reward = reward_of_use(market, p) * to_pay**-p.intensity_price_weight
    worth = worth_of_use(market, p) * market.regulation * to_pay**-p.demand_elasticity
    example = odds_to_start(market.share_of_users, speed, p)
    appetite = investment_appetite(macro, p)
    users = users_weighted = intensity = belief = gain_weighted = share = 0.0
    ai_spending = investment = weights = without_luck = 0.0
    noise = np.empty(PEER_GROUP)
    luck = np.empty(PEER_GROUP)
    # One idea a loop: a processor works on several firms at a time where a loop is short.
    for first in range(0, len(firms), PEER_GROUP):
        industry = firms[first : first + PEER_GROUP]
        peers = belief_of_users(industry)
        draw_normals(learn_key, first, noise)
        draw_normals(luck_key, first, luck)
        for k in range(len(industry)):
            firm = industry[k]
            learn(firm, firm.gain * gain_factor, peers, noise[k], p)
        for k in range(len(industry)):
            firm = industry[k]
            chance = 1.0 if firm.intensity > 0.0 else uniform_of(adopt_key, first + k)
            adopt(firm, firm.gain * gain_factor, capability, reward, example, chance, speed, p)
        for k in range(len(industry)):
            firm = industry[k]
            money = max(firm.account.cash, 0.0)
            firm.ai_spending = 0.0
            if firm.intensity > 0.0:
                firm.ai_spending = min(wanted_ai_spending(firm, worth, p), money)
                users += 1.0
                users_weighted += firm.share
                intensity += firm.share * firm.intensity
                ai_spending += firm.ai_spending
            own_spending = to_pay * firm.ai_spending
            means = money - own_spending + macro.credit_appetite * credit_line(firm, p)
            firm.investment = min(wanted_investment(firm, appetite, macro, p), means)
            settle_money(ledger, firm.account, firm.account.cash - own_spending - firm.investment)
            add_asset(ledger, firm.account, CAPITAL, firm.investment)
            investment += firm.investment
            belief += firm.share * firm.belief
            gain_weighted += firm.share * (firm.ai_gain - firm.effort)
            share += firm.share
            update_luck(firm, luck[k], p)
            weight = demand_weight(firm, p)
            firm.share = weight * firm.fortune
            weights += firm.share
            without_luck += weight
    column = firms[0].account.column
    abroad = market.fringe_share * ai_spending
    post_into_pool(ledger, ledger.services, column, abroad, purposes.AI_SERVICES_IMPORTED)
    post_into_pool(ledger, ledger.services, column, ai_spending - abroad, purposes.AI_SERVICES)
    post_into_pool(ledger, ledger.goods, column, investment, purposes.ORDINARY_INVESTMENT)
    post_grants(ledger, government.account, column, support * ai_spending, purposes.ADOPTION_SUPPORT)
    totals.support = support
    scale = 1.0 / max(share, 1e-12)
    totals.users = users
    totals.users_weighted = users_weighted * scale
    totals.intensity = intensity * scale
    totals.belief = belief * scale
    totals.gain_weighted = gain_weighted * scale
    totals.ai_spending = ai_spending
    totals.investment = investment
    totals.weights = weights
    macro.fortune = without_luck / weights


@rule
def share_out_demand(firms, macro, totals, takings, p):
    """Sales of every firm, and the staff they need. Returns the part of all vacancies that can be filled."""
    stolen = p.business_stealing * p.displacement * totals.ai_spending
    scale = 1.0 / totals.weights
    left = takings
    vacancies = 0.0
    seekers = macro.labour_force * (1.0 - p.frictional_unemployment)
    for i in range(len(firms)):
        firm = firms[i]
        firm.share *= scale
        # The last firm takes what rounding has left, so that the market's till is empty to the last cent.
        # AI spending replaces software: its buyer saves, and its former sellers lose, what is displaced.
        displaced = p.business_stealing * p.displacement * firm.ai_spending - stolen * firm.share
        firm.sales = takings * firm.share + displaced if i < len(firms) - 1 else left
        left -= firm.sales
        firm.staff_needed = staff_needed(firm, macro)
        jobs = jobs_to_fill(firm, p)
        vacancies += max(jobs, 0.0)
        seekers -= firm.labour + min(jobs, 0.0)
    return filling_rate(vacancies, seekers)


@rule
def trade_and_settle(firms, banks, rest_of_world, government, macro, totals, ledger, takings, p):
    """Last pass over all firms: receive sales, hire, pay labour, imports, core services, compute, interest and tax,
    borrow or pay out, and fail if the bank will not carry on. A firm's account moves once, by the net of it all. What
    a firm short of staff buys abroad comes on top of ordinary imports and leaves it nothing to add."""
    filled = share_out_demand(firms, macro, totals, takings, p)
    labour = imports = sales = wages = taxes = dividends = added = failures = 0.0
    interest_of = np.zeros(len(banks))
    lent_by = np.zeros(len(banks))
    repaid_to = np.zeros(len(banks))
    core_share = totals.core_purchases / takings
    rental_share = totals.rental / takings
    inputs_share = p.import_share + core_share + rental_share
    first_bank = banks[0].account.column
    for i in range(len(firms)):
        firm = firms[i]
        account = firm.account
        k = account.bank - first_bank
        hire(firm, filled, p)
        wage_bill = macro.wage * labour_paid(firm, p)
        interest = account.loan * macro.loan_rate_quarter
        wear = depreciate(ledger, account, CAPITAL, p.capital_depreciation * account.tangible[CAPITAL - FIRST_TANGIBLE])
        resold = max(1.0 - inputs_share, 0.0) * bought_abroad(firm, p) * firm.sales
        inputs = inputs_share * firm.sales + resold
        firm.value_added = firm.sales - inputs - firm.ai_spending
        profit = firm.value_added + totals.support * firm.ai_spending - wage_bill - interest - wear
        tax = max(profit, 0.0) * p.tax_profits
        firm.profit = profit - tax
        expect_sales(firm, p)
        money = account.cash + firm.sales - inputs - wage_bill - interest - tax
        change, dividend = plan_finance(firm, money, banks[k], macro, p)
        settle_loan(ledger, account, change)
        settle_money(ledger, account, money + change - dividend)
        interest_of[k] += interest
        lent_by[k] += max(change, 0.0)
        repaid_to[k] += max(-change, 0.0)
        if account.cash < 0.0 and not draw_on_bank(firm, banks[k], ledger, p):
            replace_firm(firm, banks[k], ledger, p)
            failures += 1.0
        labour += firm.labour
        imports += p.import_share * firm.sales + resold
        sales += firm.sales
        wages += wage_bill
        taxes += tax
        dividends += dividend
        added += firm.value_added
    totals.labour = labour
    totals.sales = sales
    totals.imports = imports
    totals.wages = wages
    totals.surplus = added - wages
    totals.failures = failures
    column = firms[0].account.column
    pay_from_pool(ledger.goods, takings)
    post_into_pool(ledger, ledger.wages, column, wages, purposes.WAGES)
    post_into_pool(ledger, ledger.services, column, core_share * sales, purposes.CORE_SALES)
    post_into_pool(ledger, ledger.services, column, rental_share * sales, purposes.COMPUTE_RENTAL)
    post_into_pool(ledger, ledger.dividends, column, dividends, purposes.DIVIDENDS)
    post_payments(ledger, column, rest_of_world.account, totals.imports, purposes.IMPORTS)
    post_payments(ledger, column, government.account, taxes, purposes.PROFIT_TAX)
    for k in range(len(banks)):
        post_payments(ledger, column, banks[k].account, interest_of[k], purposes.INTEREST_ON_LOANS)
        post_loans(ledger, column, banks[k].account, lent_by[k], repaid_to[k])
