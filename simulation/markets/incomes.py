"""Income statements: operating cash flow, taxes, dividends, net asset values and bank capital."""

from __future__ import annotations

import numpy as np

from simulation.agents.banks import read_capital, share_profit
from simulation.agents.clouds import HOME_BUYER
from simulation.agents.households import borrow, pay_taxes
from simulation.books.ledger import market_value, place_among
from simulation.books.purposes import (
    BUYBACKS,
    CENTRAL_BANK_PROFIT,
    CHIPS,
    DISTRIBUTIONS,
    DIVIDENDS,
    IMPORTED_PARTS,
    INCOME_FROM_ABROAD,
    INTEREST_ON_CORPORATE_BONDS,
    INTEREST_ON_DEPOSITS,
    INTEREST_ON_GOVERNMENT_BONDS,
    INTEREST_ON_LOANS,
    INTEREST_ON_PRIVATE_CREDIT,
    INTEREST_ON_RESERVES,
    PROFIT_TAX,
    PURPOSES,
    WAGES,
)
from simulation.books.verbs import buy_back, empty_pool, grant_loan, pay, pay_holders, pay_out
from simulation.markets.credit import BOND_MATURITY, bank_of, spare_money
from simulation.rule import rule

DIVIDEND_PART = 0.4  # of what listed AI firms pay their owners; the rest buys back shares
MOST_BOUGHT = 0.02  # of its shares that a firm buys back in a quarter
LEAST_GROWTH, MOST_GROWTH = -0.5, 0.6  # a quarter, of a lab's revenue, that its plans learn from

# Which current payments make operating cash flow, and which make what a producer adds to output.
_OPERATING = np.array(
    [
        row.nature == "current"
        and row.name
        not in (
            "dividends",
            "recoveries",
            "investment_credit",
            "damages",
            "bankruptcy_costs",
            "rescues",
            "guarantees",
            "fines",
        )
        for row in PURPOSES
    ]
)
_OUTPUT = np.array(
    [row.name in (
        "chips", "ai_services", "ai_services_exported", "ai_subscriptions", "compute_rental", "core_sales",
        "core_sales_final", "core_sales_exported", "lease_rent", "public_compute",
    ) for row in PURPOSES]
)  # fmt: skip
_USED_UP = np.array([row.name in ("compute_rental", "inputs", "power", "lease_rent") for row in PURPOSES])
_PROPERTY_INCOME = np.array(
    [
        row.name.startswith("interest")
        or row.name
        in ("dividends", "distributions", "recoveries", "income_from_abroad", "bankruptcy_costs", "liability")
        for row in PURPOSES
    ]
)


@rule
def received_less_paid(ledger, column, rows):
    """Receipts less payments of one column over the purposes marked in `rows` (USD bn)."""
    total = 0.0
    for purpose in range(len(rows)):
        if rows[purpose]:
            total += ledger.received[purpose, column] - ledger.paid[purpose, column]
    return total


@rule
def received(ledger, column, rows):
    """Receipts of one column over the purposes marked in `rows` (USD bn)."""
    total = 0.0
    for purpose in range(len(rows)):
        if rows[purpose]:
            total += ledger.received[purpose, column]
    return total


@rule
def surplus_of(ledger, column):
    """Value added less wages of one resident producer: what it adds to GDP by income besides wages."""
    total = -ledger.paid[WAGES, column]
    for purpose in range(len(_OUTPUT)):
        if _OUTPUT[purpose]:
            total += ledger.received[purpose, column]
        if _USED_UP[purpose]:
            total -= ledger.paid[purpose, column]
    return total


@rule
def interest_of(ledger, column):
    """Interest that a column has paid (USD bn)."""
    return (
        ledger.paid[INTEREST_ON_LOANS, column]
        + ledger.paid[INTEREST_ON_CORPORATE_BONDS, column]
        + ledger.paid[INTEREST_ON_PRIVATE_CREDIT, column]
    )


@rule
def tally_surplus(world, accounts, firms):
    """Operating surplus of all resident producers, from what each of them has received and used up."""
    w = world[0]
    ledger = w.ledger
    total = w.totals.surplus
    for maker in w.chip_makers:
        total += surplus_of(ledger, maker.account.column) - maker.parts_used
    for cloud in w.clouds:
        total += surplus_of(ledger, cloud.account.column)
    for lab in w.labs:
        total += surplus_of(ledger, lab.account.column)
    for buyer in w.other_buyers:
        if buyer.kind == HOME_BUYER:
            total += surplus_of(ledger, buyer.account.column)
    for vehicle in w.vehicles:
        total += surplus_of(ledger, vehicle.account.column)
    ledger.operating_surplus = total


@rule
def operating_cash(ledger, firm):
    """Operating cash flow of a member of the AI sector before tax (USD bn)."""
    return received_less_paid(ledger, firm.account.column, _OPERATING)


@rule
def settle_taxes(w, firm, cash_flow, profit):
    """Tax on the quarter's profit, for which its bank lends whoever is short of money; what it leaves of profit and
    operating cash flow; and what lenders read of them. Works for all of the AI sector."""
    tax = w.parameters.tax_profits * max(profit, 0.0)
    lack = tax - max(firm.account.cash, 0.0)
    if lack > 0.0:
        grant_loan(w.ledger, firm.account, bank_of(w, firm.account).account, lack)
    pay(w.ledger, firm.account, w.governments[0].account, tax, PROFIT_TAX)
    firm.operating_cash_flow = cash_flow - tax
    firm.profit = profit - tax
    firm.interest = interest_of(w.ledger, firm.account.column)
    note_cover(w, firm.account, firm.operating_cash_flow, firm.interest)


@rule
def close_statements(world, accounts, firms):
    """Income statements and taxes of the AI sector."""
    w = world[0]
    ledger = w.ledger
    for maker in w.chip_makers:
        # Parts are bought, not used up, in cash flow; profit takes what was used up.
        parts = ledger.paid[IMPORTED_PARTS, maker.account.column]
        cash_flow = operating_cash(ledger, maker) + ledger.received[CHIPS, maker.account.column] - parts
        settle_taxes(w, maker, cash_flow, cash_flow + parts - maker.parts_used - maker.depreciation)
        maker.cash_flow_year += 0.25 * (4.0 * maker.operating_cash_flow - maker.cash_flow_year)
    for cloud in w.clouds:
        cash_flow = operating_cash(ledger, cloud)
        settle_taxes(w, cloud, cash_flow, cash_flow - cloud.depreciation)
        cloud.cash_flow_year += 0.25 * (4.0 * (cloud.operating_cash_flow + cloud.interest) - cloud.cash_flow_year)
        cloud.ai_revenue = cloud.rental_revenue + cloud.service_revenue
    for buyer in w.other_buyers:
        cash_flow = operating_cash(ledger, buyer)
        settle_taxes(w, buyer, cash_flow, cash_flow - buyer.depreciation)
        buyer.cash_flow_year += 0.25 * (4.0 * (buyer.operating_cash_flow + buyer.interest) - buyer.cash_flow_year)
    for vehicle in w.vehicles:
        if vehicle.alive > 0.5:
            cash_flow = operating_cash(ledger, vehicle)
            settle_taxes(w, vehicle, cash_flow, cash_flow - vehicle.depreciation)
    for lab in w.labs:
        cash_flow = operating_cash(ledger, lab)
        settle_taxes(w, lab, cash_flow, cash_flow)
        lab.burn += 0.5 * (max(-lab.operating_cash_flow, 0.0) - lab.burn)
        growth = min(max(lab.revenue / max(lab.revenue_before, 1e-6) - 1.0, LEAST_GROWTH), MOST_GROWTH)
        lab.expected_growth += w.parameters.expectation_gain * (growth - lab.expected_growth)


@rule
def note_cover(w, account, cash_flow, interest):
    """What lenders read of a debtor: operating cash flow, and its cover of interest and of the maturing debt that its
    money could not repay."""
    debtor = w.debtors[account.column]
    debtor.cash_flow = cash_flow
    debtor.cover = debt_cover(cash_flow + interest, interest, spare_money(debtor.debt, account.cash))


@rule
def debt_cover(cash_flow, interest, debt):
    """Debt-service cover: cash flow before interest over interest and the part of the debt that matures."""
    service = interest + debt / BOND_MATURITY
    if service <= 1e-9:
        return 9.0
    return min(max(cash_flow / service, -9.0), 9.0)


@rule
def pay_owners(ledger, accounts, firm, amount):
    """Pay the owners of a listed firm, by dividends and, as far as few shares are taken from the market, buybacks."""
    bought = min((1.0 - DIVIDEND_PART) * amount, MOST_BOUGHT * market_value(ledger, firm.column))
    pay_holders(ledger, accounts, firm, amount - bought, DIVIDENDS)
    buy_back(ledger, accounts, firm, bought, BUYBACKS)


@rule
def pay_out_profits(world, accounts, firms):
    """Dividends and buybacks of the AI sector; dividends of firms and banks to their owners."""
    w = world[0]
    ledger = w.ledger
    for cloud in w.clouds:
        amount = min(cloud.payout, spare_money(cloud.account.cash, cloud.money_target))
        if cloud.alive > 0.5 and amount > 0.0:
            pay_owners(ledger, accounts, cloud.account, amount)
    for maker in w.chip_makers:
        free = maker.payout_share * max(maker.operating_cash_flow - maker.capex, 0.0)
        maker.payout = min(free, spare_money(maker.account.cash, maker.money_target))
        if maker.payout > 0.0:
            pay_owners(ledger, accounts, maker.account, maker.payout)
    for buyer in w.other_buyers:
        amount = min(buyer.payout, spare_money(buyer.account.cash, buyer.money_target))
        if amount > 0.0:
            pay_holders(ledger, accounts, buyer.account, amount, DIVIDENDS)


@rule
def pay_firms_dividends(world, accounts, firms):
    """Hand the dividends of all ordinary firms to the holders of their pooled shares."""
    w = world[0]
    ledger = w.ledger
    pool = ledger.dividends
    total = pool.posted[DIVIDENDS]
    column = firms[0].account.column
    last = 0
    for holder in range(len(accounts)):
        if ledger.shares[holder, column] > ledger.shares[last, column]:
            last = holder
    for holder in range(len(accounts)):
        number = ledger.shares[holder, column]
        if holder != last and number > 0.0:
            pay_out(ledger, pool, accounts[holder], total * number / ledger.issued[column], DIVIDENDS)
    pay_out(ledger, pool, accounts[last], pool.posted[DIVIDENDS], DIVIDENDS)
    empty_pool(pool)
    expected = w.exchange.firms_dividends * (1.0 + w.macro.trend_nominal_growth)
    w.exchange.firms_dividends = expected + 0.25 * (total - expected)


@rule
def settle_banks(world, accounts, firms):
    """Deposit interest, interest on reserves, central-bank profit, bank capital and bank dividends."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    macro = w.macro
    central = w.central_banks[0]
    government = w.governments[0]
    for k in range(len(accounts)):
        account = accounts[k]
        bank = place_among(w.banks, account.bank)
        if bank >= 0 and account.bank != account.column and account.cash > 0.0:
            pay(ledger, w.banks[bank].account, account, macro.deposit_rate * account.cash, INTEREST_ON_DEPOSITS)
    for bank in w.banks:
        reserves = max(ledger.reserves[bank.account.column], 0.0)
        pay(ledger, central.account, bank.account, 0.25 * macro.policy_rate * reserves, INTEREST_ON_RESERVES)
    for bank in w.banks:  # apart: a dividend moves reserves between banks
        read_capital(bank, ledger, p, w.levers.bank_capital_buffer)
        dividend = share_profit(bank, government, ledger, macro, p, w.levers.bank_capital_buffer)
        if dividend > 0.0:
            pay_holders(ledger, accounts, bank.account, dividend, DIVIDENDS)
    profit = ledger.received[INTEREST_ON_GOVERNMENT_BONDS, central.account.column]
    profit += ledger.received[INTEREST_ON_LOANS, central.account.column]
    profit -= ledger.paid[INTEREST_ON_RESERVES, central.account.column]
    if profit >= 0.0:
        pay(ledger, central.account, government.account, profit, CENTRAL_BANK_PROFIT)
    else:
        pay(ledger, government.account, central.account, -profit, CENTRAL_BANK_PROFIT)


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
    income = received(ledger, fund.column, _PROPERTY_INCOME) - interest_of(ledger, fund.column)
    income = min(income, max(fund.cash, 0.0))
    if income > 0.0:
        pay_holders(ledger, accounts, fund, income, DISTRIBUTIONS)


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
        household.capital_income = received(ledger, household.account.column, _PROPERTY_INCOME)
        pay_taxes(household, w.governments[0], ledger, p, p.tax_wages + w.levers.wage_tax)


@rule
def claims_by_holder(ledger, n):
    """Claims held by each column (USD bn, an array of n)."""
    held = np.zeros(n)
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.holder < n:
            held[claim.holder] += claim.amount
    return held


@rule
def financial_assets(ledger, account, claims):
    """Money, claims and shares of one account less its bank loan (USD bn)."""
    total = account.cash - account.loan + claims[account.column]
    for issuer in range(len(ledger.price)):
        number = ledger.shares[account.column, issuer]
        if number != 0.0:
            total += number * ledger.price[issuer]
    return total
