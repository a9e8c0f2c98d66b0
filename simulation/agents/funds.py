"""Investors: equity funds of three types, venture funds, private-credit funds, and insurers with bond funds."""

from simulation.books.ledger import ACCOUNT
from simulation.rule import record, rule

FUNDAMENTAL = 0
EXTRAPOLATIVE = 1
PASSIVE = 2
LEAST_RETURN, MOST_RETURN = -0.3, 0.6  # that fund holders go by: nobody flees faster, or comes faster, for more
YEAR_MEMORY = 0.75  # of what adds up over a year: what is left of it after a quarter

EQUITY_FUND = record(
    account=ACCOUNT,
    style="i8",
    assets="f8",
    net_assets="f8",
    return_year="f8=0",
    price_before="f8",
    ai_share="f8",
    ai_normal="f8",
    margin_call="f8=0",
)

VENTURE_FUND = record(account=ACCOUNT, levered="f8", net_assets="f8")

CREDIT_FUND = record(
    account=ACCOUNT,
    net_assets="f8",
    return_quarter="f8",
    promised="f8",  # by its investors, who pay it in as it is called
    waiting="f8=0",  # redemptions asked for and not paid
    paid_out="f8=0",  # redemptions paid in the quarter
    marked_loss="f8=0",  # what its loans lack of backing, as its investors reckon (USD bn)
    gated="f8=0",
)

INSURER = record(account=ACCOUNT, net_assets="f8", money_target="f8")


@rule
def wanted_ai_share(fund, value_gap, momentum, withdrawal, p):
    """Share of AI equity a fund wants: fundamental funds lean against the gap between price and value, extrapolative
    ones follow past returns and, in a withdrawal, sell; passive ones hold what they hold (Franke and Westerhoff
    2012)."""
    if fund.style == FUNDAMENTAL:
        tilt = -p.fundamental_tilt * value_gap
    elif fund.style == EXTRAPOLATIVE:
        tilt = p.extrapolative_tilt * min(max(momentum, -0.5), 0.5)
        if withdrawal > 0.5:
            tilt -= p.withdrawal_tilt
    else:
        return fund.ai_share
    return min(max(fund.ai_normal * (1.0 + tilt), 0.0), 0.9)


@rule
def margin_call(fund, p):
    """Sales (USD bn) that bring leverage back to its cap next quarter (Thurner, Farmer and Geanakoplos 2012)."""
    if fund.account.loan <= 0.0:
        return 0.0
    if fund.net_assets <= 0.0:
        return fund.assets
    # Sales repay debt and leave net assets as they are, so the excess over the cap is what must be sold.
    return max(fund.assets - p.leverage_cap * fund.net_assets, 0.0)


@rule
def equity_fund_flow(return_year, p):
    """Net inflow a year over net assets, chasing the past year's return."""
    return p.fund_flow_base + p.fund_flow_slope * min(max(return_year, LEAST_RETURN), MOST_RETURN)


@rule
def unused_line(fund, capital, leverage):
    """What a private-credit fund may still draw on its bank line with so much capital (USD bn); negative, what it owes
    above its leverage limit."""
    return (leverage - 1.0) * capital - fund.account.loan


@rule
def payable_redemptions(fund, line, leverage):
    """What a private-credit fund could pay its investors now (USD bn): its money and, while that leaves it within its
    leverage limit, its bank line, of which the bank would lend `line`. Each unit paid lowers net assets by one and with
    them what may be owed."""
    money = max(fund.account.cash, 0.0)
    unused = unused_line(fund, fund.net_assets, leverage)
    return max(money, min((money + unused) / leverage, money + line))


@rule
def call_needed(fund, lack, leverage):
    """What a private-credit fund must call from its investors to have `lack` more (USD bn): nothing as far as its bank
    line reaches, then only what capital the debt beyond it needs."""
    return min(max(lack - unused_line(fund, fund.net_assets, leverage), 0.0) / leverage, lack)


@rule
def credit_fund_flow(return_quarter, p):
    """Net inflow over net assets of a private-credit fund: investors leave fast after losses."""
    return_quarter = min(return_quarter, MOST_RETURN)  # a fund that comes back from nothing draws no crowd
    return p.credit_flow_base + p.credit_flow_slope * return_quarter - p.credit_flow_panic * max(0.0, -return_quarter)
