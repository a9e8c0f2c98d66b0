"""What a payment can be for, each declared once: a row of the transaction-flow matrix.

`nature` is current, capital, financial or used (an existing asset changes hands). `stock` is what a capital or
financial payment moves. `payers` and `payees`
name the sectors that may use it; a payment outside them is a breach. `role` is the payment's place in GDP: C, G, I
(gross of imports), X, M, income, or blank; whether a sale is final or intermediate also depends on where the two sides
reside. `memo` tells that a market counts price times quantity of it from its own numbers.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.books import instruments as stock


class Purpose(NamedTuple):
    """One row of the transaction-flow matrix."""

    name: str
    nature: str
    stock: int
    payers: str
    payees: str
    role: str
    memo: bool
    meaning: str


CONSUMPTION = 0
AI_SUBSCRIPTIONS = 1
GOVERNMENT_PURCHASES = 2
ORDINARY_INVESTMENT = 3
AI_STRUCTURES = 4
AI_STRUCTURES_IMPORTED = 5
CHIPS = 6
IMPORTED_PARTS = 7
EXPORTS = 8
IMPORTS = 9
AI_SERVICES = 10
AI_SERVICES_EXPORTED = 11
AI_SERVICES_IMPORTED = 12
COMPUTE_RENTAL = 13
CORE_SALES = 14
CORE_SALES_FINAL = 15
CORE_SALES_EXPORTED = 16
INPUTS = 17
POWER = 18
WAGES = 19
WAGE_TAX = 20
PROFIT_TAX = 21
CAPITAL_TAX = 22
TRANSFERS = 23
INVESTMENT_CREDIT = 24
INTEREST_ON_DEPOSITS = 25
INTEREST_ON_RESERVES = 26
INTEREST_ON_LOANS = 27
INTEREST_ON_GOVERNMENT_BONDS = 28
INTEREST_ON_CORPORATE_BONDS = 29
INTEREST_ON_PRIVATE_CREDIT = 30
DIVIDENDS = 31
DISTRIBUTIONS = 32
CENTRAL_BANK_PROFIT = 33
LOANS = 34
GOVERNMENT_BOND_TRADES = 35
CORPORATE_BOND_TRADES = 36
PRIVATE_CREDIT_TRADES = 37
VENDOR_LOAN_TRADES = 38
PREPAYMENT_TRADES = 39
SHARE_TRADES = 40
SHARE_ISSUES = 41
BUYBACKS = 42
PRIVATE_ROUNDS = 43
FUND_FLOWS = 44
RECOVERIES = 45
USED_ASSETS = 46
INCOME_FROM_ABROAD = 47

# Sectors, one letter each, so that a row's permitted parties read at a glance.
SECTOR_LETTERS = {
    "F": "firms",
    "M": "chip_makers",
    "C": "clouds",
    "L": "labs",
    "O": "other_buyers",
    "H": "households",
    "E": "equity_funds",
    "V": "venture_funds",
    "P": "credit_funds",
    "I": "insurers",
    "B": "banks",
    "G": "governments",
    "Z": "central_banks",
    "W": "rest_of_world",
}
_ALL = "".join(SECTOR_LETTERS)
_NONE = -1

PURPOSES: tuple[Purpose, ...] = (
    Purpose("consumption", "current", _NONE, "H", "F", "C", True, "households buy ordinary goods"),
    Purpose("ai_subscriptions", "current", _NONE, "H", "LCW", "C", True, "households buy AI services"),
    Purpose("government_purchases", "current", _NONE, "G", "F", "G", True, "government buys goods and services"),
    Purpose(
        "ordinary_investment",
        "capital",
        stock.CAPITAL,
        "FMC",
        "F",
        "I",
        True,
        "ordinary capital, clouds' other capex included",
    ),
    Purpose("ai_structures", "capital", stock.CONSTRUCTION, "CO", "F", "I", True, "shells and power built at home"),
    Purpose(
        "ai_structures_imported",
        "capital",
        stock.CONSTRUCTION,
        "CO",
        "W",
        "I-M",
        True,
        "imported part of shells and power",
    ),
    Purpose("chips", "capital", stock.COMPUTE, "CO", "M", "I", True, "AI systems delivered"),
    Purpose(
        "imported_parts",
        "capital",
        stock.INVENTORY,
        "M",
        "W",
        "M",
        True,
        "wafers, memory and assembly bought abroad",
    ),
    Purpose("exports", "current", _NONE, "W", "F", "X", True, "ordinary exports"),
    Purpose("imports", "current", _NONE, "F", "W", "M", True, "imported content of ordinary demand"),
    Purpose("ai_services", "current", _NONE, "F", "LC", "", True, "firms buy AI services"),
    Purpose("ai_services_exported", "current", _NONE, "W", "LC", "X", True, "AI services sold abroad"),
    Purpose("ai_services_imported", "current", _NONE, "F", "W", "M", True, "firms buy from the foreign fringe"),
    Purpose("compute_rental", "current", _NONE, "LCFMW", "CO", "", True, "rent and take-or-pay of compute"),
    Purpose("core_sales", "current", _NONE, "F", "CM", "", True, "clouds' core sales to firms"),
    Purpose("core_sales_final", "current", _NONE, "H", "CM", "C", True, "clouds' core sales to households"),
    Purpose("core_sales_exported", "current", _NONE, "W", "CM", "X", True, "clouds' core sales abroad"),
    Purpose("inputs", "current", _NONE, "MCLO", "F", "", True, "goods and services that tech firms buy from firms"),
    Purpose("power", "current", _NONE, "CO", "F", "", True, "electricity and site cost of compute"),
    Purpose("wages", "current", _NONE, "FMCL", "H", "income", True, "wages and salaries"),
    Purpose("wage_tax", "current", _NONE, "H", "G", "", False, "tax on wages"),
    Purpose("profit_tax", "current", _NONE, "FMCLOB", "G", "", False, "tax on profits"),
    Purpose("capital_tax", "current", _NONE, "H", "G", "", False, "tax on capital income"),
    Purpose("transfers", "current", _NONE, "G", "H", "", False, "transfers to households"),
    Purpose("investment_credit", "current", _NONE, "G", "CO", "", False, "government's share of AI investment"),
    Purpose("interest_on_deposits", "current", _NONE, "B", _ALL, "", False, "interest that banks pay on deposits"),
    Purpose("interest_on_reserves", "current", _NONE, "Z", "B", "", False, "interest on reserves"),
    Purpose("interest_on_loans", "current", _NONE, _ALL, "BZ", "", False, "interest on bank loans and advances"),
    Purpose("interest_on_government_bonds", "current", _NONE, "G", _ALL, "", False, "coupons of government bonds"),
    Purpose("interest_on_corporate_bonds", "current", _NONE, "FMC", _ALL, "", False, "coupons of corporate bonds"),
    Purpose("interest_on_private_credit", "current", _NONE, "FCLO", "PI", "", False, "interest on private credit"),
    Purpose("dividends", "current", _NONE, "FMCBOL", _ALL, "", False, "dividends"),
    Purpose("distributions", "current", _NONE, "EVPI", _ALL, "", False, "income that funds pass on"),
    Purpose(
        "central_bank_profit",
        "current",
        _NONE,
        "ZG",
        "GZ",
        "",
        False,
        "the central bank's result, to the government",
    ),
    Purpose("loans", "financial", stock.BANK_LOANS, _ALL, _ALL, "", False, "bank loans granted and repaid"),
    Purpose(
        "government_bond_trades",
        "financial",
        stock.GOVERNMENT_BONDS,
        _ALL,
        _ALL,
        "",
        False,
        "government bonds sold and redeemed",
    ),
    Purpose(
        "corporate_bond_trades",
        "financial",
        stock.CORPORATE_BONDS,
        _ALL,
        _ALL,
        "",
        False,
        "corporate bonds sold and redeemed",
    ),
    Purpose(
        "private_credit_trades",
        "financial",
        stock.PRIVATE_CREDIT,
        "PIFCLOB",
        "PIFCLOB",
        "",
        False,
        "private credit lent and repaid",
    ),
    Purpose(
        "vendor_loan_trades",
        "financial",
        stock.VENDOR_LOANS,
        "MCLO",
        "MCLO",
        "",
        False,
        "vendor loans lent and repaid",
    ),
    Purpose(
        "prepayment_trades",
        "financial",
        stock.PREPAYMENTS,
        "MCLO",
        "MCLO",
        "",
        False,
        "prepayments made and used",
    ),
    Purpose(
        "share_trades",
        "financial",
        stock.LISTED_EQUITY,
        _ALL,
        _ALL,
        "",
        False,
        "listed shares traded between holders",
    ),
    Purpose("share_issues", "financial", stock.LISTED_EQUITY, _ALL, "FMCOB", "", False, "new shares"),
    Purpose("buybacks", "financial", stock.LISTED_EQUITY, "FMCOB", _ALL, "", False, "own shares bought back"),
    Purpose("private_rounds", "financial", stock.PRIVATE_EQUITY, _ALL, _ALL, "", False, "rounds of private firms"),
    Purpose("fund_flows", "financial", stock.FUND_SHARES, _ALL, _ALL, "", False, "fund shares bought and redeemed"),
    Purpose("recoveries", "current", _NONE, _ALL, _ALL, "", False, "what creditors of a failed agent receive"),
    Purpose("used_assets", "used", stock.COMPUTE, "CO", "CO", "", False, "used compute and shells sold"),
    Purpose("income_from_abroad", "current", _NONE, "W", "H", "", False, "income on what residents own abroad"),
)

N_PURPOSES = len(PURPOSES)
PURPOSE_CAPACITY = 64  # a fixed capacity, so that a new purpose does not change the layout of the books
