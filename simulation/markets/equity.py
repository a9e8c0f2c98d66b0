"""The equity market: types of investors, prices, the withdrawal regime, trades of the funds."""

import math

from simulation import randomness as draw_purpose
from simulation.agents.funds import EXTRAPOLATIVE, YEAR_MEMORY, equity_fund_flow, margin_call, wanted_ai_share
from simulation.books import verbs
from simulation.books.ledger import market_value
from simulation.books.positions import claims_by_holder, financial_assets
from simulation.books.purposes import FUND_FLOWS
from simulation.credit.lenders import bank_of, spare_money
from simulation.disturbances.declared import SHARES
from simulation.investment.standstill import drift
from simulation.randomness import normal, uniform
from simulation.registry import LISTED
from simulation.rule import rule
from simulation.valuation.appraisal import discount_rate

LEAST_GROWTH, MOST_GROWTH = -0.3, 0.6  # a quarter, of end demand, that investors' expectations learn from
LARGEST_FALL, LARGEST_RISE = -0.7, 0.5  # log, of one share in a quarter
MOST_GAP = 3.0  # log, of all AI shares over their value: nobody has money to push them up to twenty times of it
MOST_KNOWN = 0.5  # log, of a change of value that a quarter's price takes in
MISSES_MEMORY = 0.5  # a quarter: a miss of the plan is talked of for two or three quarters
MOST_TRADED = 0.9  # of the AI shares that somebody holds, in one trade: nobody sells out at once
WORTHLESS = 1e-6  # price of a fund share, which opens at 1 (USD bn)
MONEY_KEPT = 0.01  # of an equity fund's assets
SHARES_TO_FUND = 0.005  # of a household's own ordinary shares, for which one fund can exchange new money in a quarter
MONEY_TO_FUND = 0.02  # of a household's money, into one equity fund in a quarter


@rule
def switch_types(fundamentalists, gap, p):
    """Share of fundamental investors: herding and mispricing (Franke and Westerhoff 2012)."""
    bounded = min(max(gap, -1.5), 1.5)
    score = p.type_intercept + p.type_herding * (2.0 * fundamentalists - 1.0) + p.type_mispricing * bounded * bounded
    target = 1.0 / (1.0 + math.exp(-score))
    return p.type_memory * fundamentalists + (1.0 - p.type_memory) * target


@rule
def bad_news(exchange, market, misses, p):
    """Standardised sum of what unsettles investors: end revenue below plan, recent failures and failed rounds by the
    weight of who failed, poor coverage."""
    score = misses + p.news_of_failures * (exchange.recent_failures + market.failed_weight)
    if market.requirement_peak > 0.0 and market.coverage < p.coverage_alarm:
        score += p.coverage_alarm - market.coverage
    return min(max(score, -1.0), 3.0)


@rule
def withdrawal_hazard(gap, news, patience, p):
    """Chance that a withdrawal begins in a quarter: none below the threshold, then exponential in the gap to sober
    value and in bad news (set by crash odds after run-ups; Greenwood, Shleifer and You 2019)."""
    if gap <= p.withdrawal_threshold:
        return 0.0
    return min(p.withdrawal_hazard * math.exp(p.withdrawal_slope * gap + p.withdrawal_state * news) * patience, 1.0)


@rule
def decide_withdrawal(world, accounts, firms):
    """The withdrawal regime: it begins by chance, lasts some quarters and ends. What is withdrawn from is AI: where it
    never came, shares fall and recover by their own luck alone."""
    w = world[0]
    p = w.parameters
    exchange = w.exchange
    before = w.market.end_demand_past[1]  # today's is the first of the past
    exchange.misses *= MISSES_MEMORY
    if before > 0.0:
        growth = w.market.end_demand / before - 1.0
        exchange.misses += p.news_of_misses * min(max(exchange.expected_end_growth - growth, -0.1), 0.1)
        believed = min(max(growth, LEAST_GROWTH), MOST_GROWTH)
        exchange.expected_end_growth += p.expectation_gain * (believed - exchange.expected_end_growth)
    exchange.bad_news = bad_news(exchange, w.market, exchange.misses, p)
    if exchange.withdrawal > 0.5:
        exchange.withdrawal_left -= 1.0
        if exchange.withdrawal_left <= 0.0:
            exchange.withdrawal = 0.0
        return
    if p.withdrawal * p.ai < 0.5 or p.boom < 0.5:
        return
    hazard = withdrawal_hazard(exchange.sober_gap, exchange.bad_news, w.levers.patience, p)
    if uniform(w.seed, draw_purpose.WITHDRAWAL, w.opening_quarter + w.quarter, 0) < hazard:
        exchange.withdrawal = 1.0
        exchange.withdrawal_left = p.withdrawal_quarters


@rule
def surprise(backlog_growth, capex_growth, covered, p):
    """News in earnings season: backlog and cloud growth lift, capex without coverage weighs."""
    return p.news_weight * (min(max(backlog_growth, -0.5), 0.5) - (1.0 - covered) * min(max(capex_growth, -0.5), 0.5))


@rule
def log_noise(size, draw):
    """Noise in a log price whose mean is one in the price: noise alone neither makes nor takes wealth."""
    return size * draw - 0.5 * size * size


@rule
def withdrawal_sales(market_value, extrapolators, sober_gap, p):
    """Shares that extrapolators put on sale in a quarter of withdrawal (USD bn): a part of what the price of their
    holdings stands above sober value. Like any flow it moves prices by more than itself."""
    return p.withdrawal_sale * extrapolators * max(sober_gap, 0.0) * market_value


@rule
def move_prices(world, accounts, firms):
    """Market and single-stock returns: pull of value, extrapolation, surprises, flows and noise. A crash is not a rule:
    it comes from those who sell."""
    w = world[0]
    p = w.parameters
    exchange = w.exchange
    market = w.market
    if p.boom < 0.5:
        drift(w, p)
        return
    elapsed = w.opening_quarter + w.quarter
    price_total = 1e-12
    value_total = 1e-12
    for column in range(LISTED):
        price_total += market_value(w.ledger, column)
        value_total += exchange.securities[column].value
    gap = math.log(price_total / value_total)
    exchange.fundamentalists = switch_types(exchange.fundamentalists, gap, p)
    share = exchange.fundamentalists
    # What runs ahead of output is what is extrapolated; shares that keep up with it are no run.
    usual = math.log(1.0 + w.macro.trend_nominal_growth)
    trend = p.extrapolation_width * math.tanh((exchange.momentum - usual) / p.extrapolation_width)
    covered = min(1.0, market.coverage)
    news = surprise(market.backlog_growth, market.capex_growth, covered, p) + w.levers.sentiment
    selling = exchange.flows - exchange.forced_sales - exchange.issuance - w.levers.insider_selling * price_total
    if exchange.withdrawal > 0.5:
        selling -= withdrawal_sales(price_total, 1.0 - share, exchange.sober_gap, p)
    common = (1.0 - share) * (usual + p.extrapolator_pull * trend) + news + p.price_impact * selling / price_total
    draw = normal(w.seed, draw_purpose.MARKET_RETURN, elapsed, 0)
    common += log_noise(p.price_noise * p.return_noise, draw)
    common = min(common, max(MOST_GAP - gap, LARGEST_FALL))
    for column in range(LISTED):
        security = exchange.securities[column]
        value = market_value(w.ledger, column)
        if w.ledger.issued[column] <= 0.0 or value <= 1e-6:
            continue
        # Fundamental investors price a change of value at once and lean against what gap there is.
        known = math.log(max(security.value, 1e-9) / max(security.value_before, 1e-9))
        pull = share * min(max(known, -MOST_KNOWN), MOST_KNOWN)
        pull += p.fundamentalist_pull * share * min(max(math.log(max(security.value, 1e-9) / value), -2.0), 2.0)
        move = min(max(common + pull + w.luck.deviation[SHARES, column], LARGEST_FALL), LARGEST_RISE)
        verbs.reprice(w.ledger, column, w.ledger.price[column] * math.exp(move))
    tell_index(w)
    sober_total = 1e-12
    for column in range(LISTED):
        sober_total += exchange.securities[column].sober_value
    exchange.value_gap = math.log(exchange.market_value / value_total)
    exchange.sober_gap = math.log(exchange.market_value / sober_total)
    exchange.forced_sales = 0.0
    exchange.flows = 0.0
    exchange.issuance = 0.0


@rule
def tell_index(w):
    """The index of AI shares: what those who held them all have gained since it was last told, whatever moved the price
    of a share or wiped it out."""
    exchange = w.exchange
    before = 1e-12 + exchange.wiped_out
    now = 1e-12
    for column in range(LISTED):
        security = exchange.securities[column]
        before += w.ledger.issued[column] * security.counted
        now += market_value(w.ledger, column)
        security.counted = w.ledger.price[column]
    exchange.wiped_out = 0.0
    exchange.last_return = max(math.log(now / before), LARGEST_FALL)
    exchange.momentum += (1.0 - w.parameters.return_memory) * (exchange.last_return - exchange.momentum)
    exchange.index *= now / before
    exchange.index_peak = max(exchange.index_peak, exchange.index)
    exchange.market_value = now


@rule
def start_shares_anew(w, column):
    """The old shares of an issuer cease to exist, and new ones start at a price of one. The index counts what those who
    held the old ones have lost."""
    if column < LISTED:
        security = w.exchange.securities[column]
        w.exchange.wiped_out += w.ledger.issued[column] * security.counted
        security.counted = 1.0
    verbs.cancel_shares(w.ledger, column)
    verbs.reprice(w.ledger, column, 1.0)


@rule
def reprice_firms_and_banks(world, accounts, firms):
    """Ordinary shares at capitalised smoothed dividends, moved by the discount rate and a part of AI's return; bank
    shares at book value."""
    w = world[0]
    p = w.parameters
    exchange = w.exchange
    ledger = w.ledger
    column = firms[0].account.column
    rate = discount_rate(w.macro, p)
    dividends = exchange.firms_dividends
    value = exchange.firms_value_scale * 4.0 * dividends / (rate - p.terminal_growth + p.ordinary_risk)
    # What all expect, growth with the trend, is priced at once: the pull alone would lag behind a growing value.
    trend = 1.0 + w.macro.trend_nominal_growth
    price = ledger.price[column] * trend * math.exp(p.spill_over * (exchange.last_return - math.log(trend)))
    target = value / ledger.issued[column]
    price *= math.exp(p.ordinary_pull * math.log(max(target, 1e-9) / price))
    verbs.reprice(ledger, column, price)
    for bank in w.banks:
        if ledger.issued[bank.account.column] > 0.0:
            verbs.reprice(
                ledger,
                bank.account.column,
                max(bank.equity, 0.0) * p.bank_book_multiple / ledger.issued[bank.account.column],
            )
    for buyer in w.other_buyers:
        column = buyer.account.column
        book = buyer.account.cash - w.debtors[column].debt
        for k in range(len(buyer.account.tangible)):
            book += buyer.account.tangible[k]
        if ledger.issued[column] > 0.0:
            verbs.reprice(ledger, column, max(book, 0.001) / ledger.issued[column])


@rule
def value_funds(world, accounts, firms):
    """Net asset values of all funds at the new prices."""
    w = world[0]
    ledger = w.ledger
    held = claims_by_holder(ledger, len(accounts))
    for fund in w.equity_funds:
        value_fund(ledger, fund, held)
    for fund in w.venture_funds:
        value_fund(ledger, fund, held)
    for fund in w.credit_funds:
        renew_shares(ledger, fund)
        fund.return_quarter = value_fund(ledger, fund, held) + w.parameters.credit_fund_yield
    for fund in w.insurers:
        value_fund(ledger, fund, held)


@rule
def renew_shares(ledger, fund):
    """A fund that has lost all goes on with fewer shares: at the price of the old ones new money would be more of them
    than can be counted."""
    column = fund.account.column
    if 0.0 < ledger.price[column] < WORTHLESS:
        verbs.consolidate_shares(ledger, column, 1.0 / ledger.price[column])


@rule
def note_fund_returns(world, accounts, firms):
    """Return of equity funds in the year that investors look back on, the quarters before it counting ever less."""
    w = world[0]
    for fund in w.equity_funds:
        price = w.ledger.price[fund.account.column]
        gain = price / fund.price_before - 1.0 if fund.price_before > 0.0 else 0.0
        fund.return_year = YEAR_MEMORY * fund.return_year + gain
        fund.price_before = price


@rule
def value_fund(ledger, fund, held):
    """A fund share is worth its part of the fund's net assets. Returns what it has gained over the quarter (ratio)."""
    column = fund.account.column
    before = ledger.price[column]
    fund.net_assets = financial_assets(ledger, fund.account, held)
    if ledger.issued[column] > 0.0:
        verbs.reprice(ledger, column, max(fund.net_assets, 1e-9) / ledger.issued[column])
    return ledger.price[column] / before - 1.0 if before > 0.0 else 0.0


@rule
def ai_holdings(w, column):
    """Market value of listed AI shares that one column holds (USD bn)."""
    total = 0.0
    for issuer in range(LISTED):
        total += w.ledger.shares[column, issuer] * w.ledger.price[issuer]
    return total


@rule
def trade_ai_shares(w, fund, counterparty, amount):
    """A fund buys (or, negative, sells) AI shares in the proportions of the market against the counterparty's
    portfolio. Returns the value bought."""
    ledger = w.ledger
    seller = counterparty if amount > 0.0 else fund
    buyer = fund if amount > 0.0 else counterparty
    held = ai_holdings(w, seller.column)
    amount_left = min(abs(amount), MOST_TRADED * held)
    amount_left = min(amount_left, max(buyer.cash, 0.0))
    if amount_left <= 0.0 or held <= 0.0:
        return 0.0
    for issuer in range(LISTED):
        number = ledger.shares[seller.column, issuer] * amount_left / held
        if number > 0.0:
            verbs.trade_shares(ledger, seller, buyer, issuer, number)
    return amount_left if amount > 0.0 else -amount_left


@rule
def ai_weight(w, firms_column):
    """Part of AI firms in the value of all listed shares, banks' aside."""
    return w.exchange.market_value / (w.exchange.market_value + market_value(w.ledger, firms_column))


@rule
def rebalance_funds(world, accounts, firms):
    """Funds move towards the AI share they want, within margin calls; the top decile's own portfolio is the other side.
    What they want is also what moves prices next quarter."""
    w = world[0]
    p = w.parameters
    exchange = w.exchange
    household = w.households[0].account
    weight_before = exchange.ai_weight
    exchange.ai_weight = ai_weight(w, firms[0].account.column)
    for fund in w.equity_funds:
        if weight_before > 0.0:
            # The normal weight is the market's: who held less of what has grown would sell into every boom.
            fund.ai_normal *= exchange.ai_weight / weight_before
        ai = ai_holdings(w, fund.account.column)
        fund.assets = fund.net_assets + fund.account.loan
        fund.ai_share = ai / max(fund.assets, 1e-9)
        target = wanted_ai_share(fund, exchange.value_gap, exchange.momentum, exchange.withdrawal, p)
        wanted = p.rebalancing * (target - fund.ai_share) * fund.assets
        fund.margin_call = margin_call(fund, p)
        if fund.margin_call > 0.0:
            wanted = min(wanted, 0.0) - fund.margin_call
        if fund.style == EXTRAPOLATIVE and wanted > 0.0 and fund.margin_call <= 0.0:
            borrow_on_margin(w, fund, wanted)
        bought = trade_ai_shares(w, fund.account, household, wanted)
        exchange.flows += p.trade_impact * bought
        if wanted < 0.0:
            exchange.forced_sales += fund.margin_call
            repay = min(fund.account.loan, max(fund.account.cash, 0.0), fund.margin_call)
            if repay > 0.0:
                verbs.repay_loan(w.ledger, fund.account, bank_of(w, fund.account).account, repay)
        if fund.margin_call <= 0.0:
            invest_idle_money(w, fund, household, firms[0].account.column)


@rule
def invest_idle_money(w, fund, household, ordinary):
    """An equity fund holds shares: money beyond what it keeps for redemptions buys ordinary ones of the top decile."""
    idle = spare_money(fund.account.cash, MONEY_KEPT * fund.assets)
    wanted = w.parameters.rebalancing * idle / w.ledger.price[ordinary]
    number = min(wanted, 0.5 * w.ledger.shares[household.column, ordinary])
    verbs.trade_shares(w.ledger, household, fund.account, ordinary, max(number, 0.0))


@rule
def borrow_on_margin(w, fund, wanted):
    """A levered fund borrows for what its money does not reach, below the leverage cap."""
    p = w.parameters
    lack = wanted - max(fund.account.cash, 0.0)
    room = (p.leverage_cap - 1.0) * fund.net_assets * p.margin_use - fund.account.loan
    amount = min(lack, room)
    bank = bank_of(w, fund.account)
    if amount > 0.0 and bank.lends > 0.5:
        verbs.grant_loan(w.ledger, fund.account, bank.account, amount)


@rule
def move_fund_money(world, accounts, firms):
    """Households move money into and out of equity funds, chasing returns; a fund that must pay out sells shares."""
    w = world[0]
    p = w.parameters
    if p.fund_flows < 0.5:
        return
    household = w.households[0].account
    firms_column = firms[0].account.column
    for fund in w.equity_funds:
        flow = equity_fund_flow(fund.return_year, p) * 0.25 * max(fund.net_assets, 0.0)
        if flow > 0.0:
            own = w.ledger.shares[household.column, firms_column] * w.ledger.price[firms_column]
            flow = min(flow, MONEY_TO_FUND * max(household.cash, 0.0), SHARES_TO_FUND * own)
            verbs.issue_shares(w.ledger, fund.account, household, flow, FUND_FLOWS)
            ai = trade_ai_shares(w, fund.account, household, fund.ai_share * flow)
            number = min(
                (flow - max(ai, 0.0)) / w.ledger.price[firms_column],
                0.5 * w.ledger.shares[household.column, firms_column],
            )
            verbs.trade_shares(w.ledger, household, fund.account, firms_column, max(number, 0.0))
            w.exchange.flows += p.flow_impact * fund.ai_share * flow
        elif flow < 0.0:
            need = min(-flow, 0.5 * fund.net_assets)
            sold = -trade_ai_shares(w, fund.account, household, -fund.ai_share * need)
            number = min(
                (need - sold) / w.ledger.price[firms_column], w.ledger.shares[fund.account.column, firms_column]
            )
            verbs.trade_shares(w.ledger, fund.account, household, firms_column, max(number, 0.0))
            verbs.retire_shares(w.ledger, fund.account, household, min(need, max(fund.account.cash, 0.0)), FUND_FLOWS)
            w.exchange.flows += p.flow_impact * fund.ai_share * flow
