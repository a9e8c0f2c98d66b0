"""What a payment can be for, each declared once: a row of the transaction-flow matrix.

`nature` is current, capital, financial or used (an existing asset changes hands). `stock` is what a capital
or financial payment moves. `payers` and `payees` name the sectors that may use it; a payment outside them
is a breach. `role` is the payment's place in GDP: C, G, I (gross of imports), X, M, income, or blank;
whether a sale is final or intermediate also depends on where the two sides reside. `memo` tells that a
market counts price times quantity of it from its own numbers.
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
USED_COMPUTE = 46
INCOME_FROM_ABROAD = 47
TARIFFS = 48
LEASE_RENT = 49
DAMAGES = 50
BANKRUPTCY_COSTS = 51
INTEREST_ON_VENDOR_LOANS = 52
REBATES = 53
WARRANT_TRADES = 54
RESCUES = 55
GUARANTEES = 56
USED_SHELLS = 57
FINES = 58
PUBLIC_COMPUTE = 59
LIABILITY = 60
ADOPTION_SUPPORT = 61

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
    "S": "vehicles",
    "R": "receivers",
}
_ALL = "".join(SECTOR_LETTERS)
_NONE = -1


def _trade(name: str, payers: str, payees: str, role: str, meaning: str) -> Purpose:
    """A sale that a market counts."""
    return Purpose(name, "current", _NONE, payers, payees, role, True, meaning)


def _income(name: str, payers: str, payees: str, meaning: str) -> Purpose:
    """Income, a tax or a transfer: no market counts it."""
    return Purpose(name, "current", _NONE, payers, payees, "", False, meaning)


def _formation(name: str, bought: int, payers: str, payees: str, role: str, meaning: str) -> Purpose:
    """A sale that a market counts and that adds to the buyer's tangible stock."""
    return Purpose(name, "capital", bought, payers, payees, role, True, meaning)


def _finance(name: str, moved: int, payers: str, payees: str, meaning: str) -> Purpose:
    """A payment that moves a claim."""
    return Purpose(name, "financial", moved, payers, payees, "", False, meaning)


PURPOSES: tuple[Purpose, ...] = (
    _trade("consumption", "H", "F", "C", "households buy ordinary goods"),
    _trade("ai_subscriptions", "H", "LCW", "C", "households buy AI services"),
    _trade("government_purchases", "G", "F", "G", "government buys goods and services"),
    _formation("ordinary_investment", stock.CAPITAL, "FMC", "F", "I", "ordinary capital, other capex too"),
    _formation("ai_structures", stock.CONSTRUCTION, "CO", "F", "I", "shells and power built at home"),
    _formation("ai_structures_imported", stock.CONSTRUCTION, "CO", "W", "I-M", "shells and power from abroad"),
    _formation("chips", stock.COMPUTE, "CO", "M", "I", "AI systems delivered"),
    _formation("imported_parts", stock.INVENTORY, "M", "W", "M", "wafers, memory and assembly bought abroad"),
    _trade("exports", "W", "F", "X", "ordinary exports"),
    _trade("imports", "F", "W", "M", "imported content of ordinary demand"),
    _trade("ai_services", "F", "LC", "", "firms buy AI services"),
    _trade("ai_services_exported", "W", "LC", "X", "AI services sold abroad"),
    _trade("ai_services_imported", "F", "W", "M", "firms buy from the foreign fringe"),
    _trade("compute_rental", "LCFMWG", "CO", "", "rent and take-or-pay of compute"),
    _trade("core_sales", "F", "CM", "", "clouds' core sales to firms"),
    _trade("core_sales_final", "H", "CM", "C", "clouds' core sales to households"),
    _trade("core_sales_exported", "W", "CM", "X", "clouds' core sales abroad"),
    _trade("inputs", "MCLO", "F", "", "goods and services that tech firms buy from firms"),
    _trade("power", "CO", "F", "", "electricity and site cost of compute"),
    _trade("wages", "FMCL", "H", "income", "wages and salaries"),
    _income("wage_tax", "H", "G", "tax on wages"),
    _income("profit_tax", "FMCLOBS", "G", "tax on profits"),
    _income("capital_tax", "H", "G", "tax on capital income"),
    _income("transfers", "G", "H", "transfers to households"),
    _income("investment_credit", "G", "COM", "government's share of AI investment and foundries"),
    _income("interest_on_deposits", "B", _ALL, "interest that banks pay on deposits"),
    _income("interest_on_reserves", "Z", "B", "interest on reserves"),
    _income("interest_on_loans", _ALL, "BZ", "interest on bank loans and advances"),
    _income("interest_on_government_bonds", "G", _ALL, "coupons of government bonds"),
    _income("interest_on_corporate_bonds", "FMC", _ALL, "coupons of corporate bonds"),
    _income("interest_on_private_credit", "FCLOS", "PI", "interest on private credit"),
    _income("dividends", "FMCBOLS", _ALL, "dividends"),
    _income("distributions", "EVPIR", _ALL, "income that funds pass on"),
    _income("central_bank_profit", "ZG", "GZ", "the central bank's result, to the government"),
    _finance("loans", stock.BANK_LOANS, _ALL, _ALL, "bank loans granted and repaid"),
    _finance("government_bond_trades", stock.GOVERNMENT_BONDS, _ALL, _ALL, "government bonds traded"),
    _finance("corporate_bond_trades", stock.CORPORATE_BONDS, _ALL, _ALL, "corporate bonds traded"),
    _finance("private_credit_trades", stock.PRIVATE_CREDIT, "PIFCLOBS", "PIFCLOBS", "private credit, in and out"),
    _finance("vendor_loan_trades", stock.VENDOR_LOANS, "MCLO", "MCLO", "vendor loans lent and repaid"),
    _finance("prepayment_trades", stock.PREPAYMENTS, "MCLO", "MCLO", "prepayments made and used"),
    _finance("share_trades", stock.LISTED_EQUITY, _ALL, _ALL, "listed shares traded between holders"),
    _finance("share_issues", stock.LISTED_EQUITY, _ALL, "FMCOB", "new shares"),
    _finance("buybacks", stock.LISTED_EQUITY, "FMCOB", _ALL, "own shares bought back"),
    _finance("private_rounds", stock.PRIVATE_EQUITY, _ALL, _ALL, "rounds of private firms"),
    _finance("fund_flows", stock.FUND_SHARES, _ALL, _ALL, "fund shares bought and redeemed"),
    _income("recoveries", _ALL, _ALL, "what creditors of a failed agent receive"),
    Purpose("used_compute", "used", stock.COMPUTE, "COSR", "COSR", "", False, "used compute sold"),
    _income("income_from_abroad", "W", "H", "income on what residents own abroad"),
    _income("tariffs", "M", "G", "tariffs that chip makers pay as importers"),
    _trade("lease_rent", "CLO", "S", "", "rent that users pay to vehicles"),
    _income("damages", "MCLOS", "MCLOS", "damages for contracts that ended in failure or were cancelled"),
    _income("bankruptcy_costs", "MCLOS", "H", "lawyers and liquidators, paid from a failed firm's estate"),
    _income("interest_on_vendor_loans", "CLO", "MC", "interest on suppliers' loans to customers"),
    _income("rebates", "MC", "CLO", "what a supplier gives back in warrants: counts against its revenue"),
    _finance("warrant_trades", stock.WARRANTS, "MCLO", "MCLO", "warrants earned and exercised"),
    _income("rescues", "G", "MCLOBPS", "government's capital and grants to those it saves"),
    _income("guarantees", "MCLOGS", "MCLOSPIBG", "guarantees and backstops that are called, and what is got back"),
    Purpose("used_shells", "used", stock.SHELLS, "COSR", "COSR", "", False, "used shells and power sold"),
    _income("fines", "MCLO", "G", "fines that regulators and courts impose"),
    _trade("public_compute", "G", "C", "G", "government rents compute for public use and open models"),
    _income("liability", "LC", "H", "what sellers of AI services pay households for harm"),
    _income("adoption_support", "G", "F", "government's share of firms' AI spending"),
)

N_PURPOSES = len(PURPOSES)
PURPOSE_CAPACITY = 64  # a fixed capacity, so that a new purpose does not change the layout of the books
