"""Households: the top decile, who own most shares, and the rest, who live on wages."""

import math

from simulation.agents.firms import new_borrowing
from simulation.books.instruments import FUND_SHARES, LISTED_EQUITY, PRIVATE_EQUITY
from simulation.books.ledger import ACCOUNT
from simulation.books.purposes import CAPITAL_TAX, CONSUMPTION, INTEREST_ON_LOANS, WAGE_TAX
from simulation.books.verbs import grant_loan, pay, pay_in, repay_loan
from simulation.rule import record, rule

HOUSEHOLD = record(
    account=ACCOUNT,
    wage_share="f8",
    transfer_share="f8",
    foreign_share="f8",
    wages="f8=0",
    transfers="f8=0",
    capital_income="f8=0",
    interest_paid="f8=0",
    taxes="f8=0",
    disposable_income="f8",
    permanent_income="f8",
    equity_wealth="f8",
    smoothed_wealth="f8",
    opening_wealth="f8",
    propensity="f8",
    money_ratio="f8",
    loan_ratio="f8",
    consumption="f8=0",
    core_purchases="f8=0",
    core_weight="f8",
    ai_subscriptions="f8=0",
)


@rule
def expect_income(household, nominal_growth, p):
    """Permanent income follows last quarter's disposable income adaptively and grows with the trend."""
    surprise = household.disposable_income - household.permanent_income
    household.permanent_income = (household.permanent_income + p.income_gain * surprise) * (1.0 + nominal_growth)


@rule
def smooth_wealth(household, ledger, insurers, nominal_growth, p):
    """Equity wealth at last prices, of which only the lasting part is felt (Chodorow-Reich et al. 2021): what stands
    above or below the trend of wealth is taken for lasting little by little. Shares of insurers and bond funds are no
    equity."""
    position = ledger.position
    column = household.account.column
    household.equity_wealth = position[LISTED_EQUITY, column] + position[PRIVATE_EQUITY, column]
    household.equity_wealth += position[FUND_SHARES, column]
    household.equity_wealth -= ledger.shares[column, insurers] * ledger.price[insurers]
    lasting = household.smoothed_wealth * (1.0 + nominal_growth)
    household.smoothed_wealth = lasting + p.wealth_smoothing * (household.equity_wealth - lasting)


@rule
def wanted_consumption(household, macro, p):
    """Out of permanent income and smoothed equity wealth (USD bn a quarter), put off where real rates are above normal
    (Hall 1988). With the wealth channel off, wealth counts as it stood at the opening, grown with the trend."""
    wealth = household.smoothed_wealth
    if p.wealth_channel < 0.5:
        wealth = household.opening_wealth * macro.trend_level
    wanted = household.propensity * household.permanent_income + 0.25 * p.wealth_effect * wealth
    put_off = p.consumption_rate * (macro.real_loan_rate - macro.real_loan_rate_normal)
    return wanted * macro.household_demand * math.exp(-put_off)


@rule
def consume(household, macro, ledger, p):
    """Buy ordinary goods with what core services and AI subscriptions leave of the wanted consumption."""
    wanted = wanted_consumption(household, macro, p) - household.core_purchases - household.ai_subscriptions
    wanted = min(max(wanted, 0.0), max(household.account.cash, 0.0))
    household.consumption = pay_in(ledger, ledger.goods, household.account, wanted, CONSUMPTION)


@rule
def borrow(household, bank, macro, ledger, p):
    """Household loans follow permanent income at a normal ratio, as far as the bank lends; interest is paid. Returns
    the interest."""
    account = household.account
    interest = pay(ledger, account, bank.account, account.loan * macro.loan_rate_quarter, INTEREST_ON_LOANS)
    household.interest_paid = interest
    target = household.loan_ratio * household.permanent_income
    change = new_borrowing(account.loan, target, macro.trend_nominal_growth, p)
    if change > 0.0 and bank.lends > 0.0:
        grant_loan(ledger, account, bank.account, change * macro.credit_appetite)
    elif change < 0.0:
        repay_loan(ledger, account, bank.account, -change)
    return interest


@rule
def pay_taxes(household, government, ledger, p, wage_tax):
    """Taxes on wages and capital income, and the disposable income that is left. Returns the taxes."""
    wage_part = wage_tax * household.wages
    capital_part = p.tax_capital * max(household.capital_income, 0.0)
    pay(ledger, household.account, government.account, wage_part, WAGE_TAX)
    pay(ledger, household.account, government.account, capital_part, CAPITAL_TAX)
    household.taxes = wage_part + capital_part
    income = household.wages + household.transfers + household.capital_income - household.interest_paid
    household.disposable_income = income - household.taxes
    return household.taxes
