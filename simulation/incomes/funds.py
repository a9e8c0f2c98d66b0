"""Funds and insurers pass on what they earn."""

from simulation.books.purposes import DISTRIBUTIONS, PROPERTY_INCOME
from simulation.books.receipts import interest_of, received
from simulation.books.verbs import pay_holders
from simulation.rule import rule


@rule
def distribute_fund_income(world, accounts, firms):
    """Funds and insurers pass interest and dividends on to their holders."""
    w = world[0]
    ledger = w.ledger
    for fund in w.equity_funds:
        pass_on(ledger, accounts, fund.account)
    for fund in w.credit_funds:
        pass_on(ledger, accounts, fund.account)
    for fund in w.insurers:
        pass_on(ledger, accounts, fund.account)


@rule
def pass_on(ledger, accounts, fund):
    """Distribute one fund's property income of the quarter, less the interest it paid."""
    income = received(ledger, fund.column, PROPERTY_INCOME) - interest_of(ledger, fund.column)
    income = min(income, max(fund.cash, 0.0))
    if income > 0.0:
        pay_holders(ledger, accounts, fund, income, DISTRIBUTIONS)
