"""What households earn and borrow."""

from simulation.agents.households import borrow, pay_taxes
from simulation.books.purposes import INCOME_FROM_ABROAD, PROPERTY_INCOME
from simulation.books.receipts import received
from simulation.books.verbs import pay
from simulation.credit.lenders import bank_of
from simulation.rule import rule


@rule
def settle_household_loans(world, accounts, firms):
    """Interest on household loans and new borrowing."""
    w = world[0]
    for household in w.households:
        borrow(household, bank_of(w, household.account), w.macro, w.ledger, w.parameters)


@rule
def settle_households(world, accounts, firms):
    """Property income, taxes and disposable income of households."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    abroad = w.rest_of_world[0]
    for household in w.households:
        # Foreign assets are not on the books; their income is, or foreigners' claims on home would grow without end.
        part = abroad.income_share * w.macro.potential_nominal * household.foreign_share
        pay(ledger, abroad.account, household.account, part, INCOME_FROM_ABROAD)
        household.capital_income = received(ledger, household.account.column, PROPERTY_INCOME)
        pay_taxes(household, w.governments[0], ledger, p, p.tax_wages + w.levers.wage_tax)
