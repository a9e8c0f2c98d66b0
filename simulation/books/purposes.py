"""What a payment can be for, each declared once with all that hangs on it: a row of the transaction-flow matrix."""

from typing import Any, Literal, NamedTuple

import numpy as np

from simulation.books import instruments as stock
from simulation.registry import KINDS

Nature = Literal["current", "capital", "financial", "used"]
Origin = Literal["end demand", "core business", "outside finance", "trade", "no money"]


class Purpose(NamedTuple):
    """One row of the transaction-flow matrix.

    `nature` is current, capital, financial or used (an existing asset changes hands). `stock` is what a capital or
    financial payment moves. `payers` and `payees` name the sectors that may use it; a payment outside them is a breach.
    `role` is the payment's place in GDP: C, G, I (gross of imports), X, M, income, or blank; whether a sale is final or
    intermediate also depends on where the two sides reside.
    """

    name: str
    nature: Nature
    stock: int
    payers: str
    payees: str
    role: str
    meaning: str
    operating: bool = False
    """Whether it is part of operating cash flow."""
    property_income: bool = False
    """Whether it is income from what somebody owns, or a charge on it."""
    output: bool = False
    """Whether a tech firm that is paid has made something with it: receipts count in its value added."""
    used_up: bool = False
    """Whether a tech firm that pays uses something up with it: payments are taken off its value added."""
    group: str = ""
    """What the AI sector taken as one calls it where it comes from outside or goes there."""
    origin: Origin = "outside finance"
    """Where a member of the AI sector has the money from that it receives so."""
    counted: bool = False
    """Whether a market counts it as well, from other numbers than the single payments: price times quantity, or the
    total that buyers shared. Deliveries to the AI sector are counted in `simulation.books.deliveries`."""

    @property
    def is_sale(self) -> bool:
        """Whether something made is sold with it, labour included."""
        return bool(self.role) or self.output or self.used_up


(
    CONSUMPTION, AI_SUBSCRIPTIONS, GOVERNMENT_PURCHASES, ORDINARY_INVESTMENT, AI_STRUCTURES,
    AI_STRUCTURES_IMPORTED, CHIPS, IMPORTED_PARTS, EXPORTS, IMPORTS, AI_SERVICES, AI_SERVICES_EXPORTED,
    AI_SERVICES_IMPORTED, COMPUTE_RENTAL, CORE_SALES, CORE_SALES_FINAL, CORE_SALES_EXPORTED, INPUTS, POWER, WAGES,
    WAGE_TAX, PROFIT_TAX, CAPITAL_TAX, TRANSFERS, INVESTMENT_CREDIT, INTEREST_ON_DEPOSITS, INTEREST_ON_RESERVES,
    INTEREST_ON_LOANS, INTEREST_ON_GOVERNMENT_BONDS, INTEREST_ON_CORPORATE_BONDS, INTEREST_ON_PRIVATE_CREDIT,
    DIVIDENDS, DISTRIBUTIONS, CENTRAL_BANK_PROFIT, LOANS, GOVERNMENT_BOND_TRADES, CORPORATE_BOND_TRADES,
    PRIVATE_CREDIT_TRADES, VENDOR_LOAN_TRADES, PREPAYMENT_TRADES, SHARE_TRADES, SHARE_ISSUES, BUYBACKS,
    PRIVATE_ROUNDS, FUND_FLOWS, RECOVERIES, USED_COMPUTE, INCOME_FROM_ABROAD, TARIFFS, LEASE_RENT, DAMAGES,
    BANKRUPTCY_COSTS, INTEREST_ON_VENDOR_LOANS, REBATES, WARRANT_TRADES, RESCUES, GUARANTEES, USED_SHELLS, FINES,
    PUBLIC_COMPUTE, LIABILITY, ADOPTION_SUPPORT,
) = range(62)  # fmt: skip

# Sectors, one letter each, so that a row's permitted parties read at a glance.
SECTOR_LETTERS = {"F": "firms"} | {each.letter: kind for kind, each in KINDS.items()}
_ALL = "".join(SECTOR_LETTERS)
_NONE = -1


def _trade(name: str, payers: str, payees: str, role: str, meaning: str, **more: Any) -> Purpose:
    """A sale, or wages."""
    return Purpose(name, "current", _NONE, payers, payees, role, meaning, operating=True, **more)


def _income(name: str, payers: str, payees: str, meaning: str, **more: Any) -> Purpose:
    """A tax, a transfer or another income from operations."""
    return Purpose(name, "current", _NONE, payers, payees, "", meaning, **{"operating": True, **more})


def _property(name: str, payers: str, payees: str, meaning: str, **more: Any) -> Purpose:
    """Income from property."""
    return _income(name, payers, payees, meaning, property_income=True, **more)


def _grant(name: str, payers: str, payees: str, meaning: str, **more: Any) -> Purpose:
    """A current payment that is no part of operations."""
    return _income(name, payers, payees, meaning, operating=False, **more)


def _formation(name: str, bought: int, payers: str, payees: str, role: str, meaning: str, **more: Any) -> Purpose:
    """A sale that adds to the buyer's tangible stock."""
    return Purpose(name, "capital", bought, payers, payees, role, meaning, **more)


def _finance(name: str, moved: int, payers: str, payees: str, meaning: str, **more: Any) -> Purpose:
    """A payment that moves a claim."""
    return Purpose(name, "financial", moved, payers, payees, "", meaning, **more)


_END_DEMAND = {"output": True, "group": "end-demand revenue", "origin": "end demand"}
_CORE = {"output": True, "group": "core revenue", "origin": "core business"}
_RENT = {"output": True, "used_up": True, "origin": "trade"}
_EQUITY, _DEBT, _PAYOUTS, _USED = "outside equity", "outside debt", "payouts and interest", "used assets"

# fmt: off
PURPOSES: tuple[Purpose, ...] = (
    _trade("consumption", "H", "F", "C", "households buy ordinary goods"),
    _trade("ai_subscriptions", "H", "LCW", "C", "households buy AI services", counted=True, **_END_DEMAND),
    _trade("government_purchases", "G", "F", "G", "government buys goods and services"),
    _formation("ordinary_investment", stock.CAPITAL, "FMC", "F", "I", "ordinary capital, other capex too"),
    _formation("ai_structures", stock.CONSTRUCTION, "CO", "F", "I", "shells and power built at home"),
    _formation("ai_structures_imported", stock.CONSTRUCTION, "CO", "W", "I-M", "shells and power from abroad"),
    _formation("chips", stock.COMPUTE, "CO", "M", "I", "AI systems delivered", counted=True, output=True,
               origin="trade"),
    _formation("imported_parts", stock.INVENTORY, "M", "W", "M", "wafers, memory and assembly bought abroad"),
    _trade("exports", "W", "F", "X", "ordinary exports"),
    _trade("imports", "F", "W", "M", "imported content of ordinary demand"),
    _trade("ai_services", "F", "LC", "", "firms buy AI services", **_END_DEMAND),
    _trade("ai_services_exported", "W", "LC", "X", "AI services sold abroad", **_END_DEMAND),
    _trade("ai_services_imported", "F", "W", "M", "firms buy from the foreign fringe"),
    _trade("compute_rental", "LCFMWG", "CO", "", "rent and take-or-pay of compute", group="compute used outside",
           **_RENT),
    _trade("core_sales", "F", "CM", "", "clouds' core sales to firms", counted=True, **_CORE),
    _trade("core_sales_final", "H", "CM", "C", "clouds' core sales to households", counted=True, **_CORE),
    _trade("core_sales_exported", "W", "CM", "X", "clouds' core sales abroad", **_CORE),
    _trade("inputs", "MCLO", "F", "", "goods and services that tech firms buy from firms", used_up=True),
    _trade("power", "CO", "F", "", "electricity and site cost of compute", used_up=True),
    _trade("wages", "FMCL", "H", "income", "wages and salaries"),
    _income("wage_tax", "H", "G", "tax on wages"),
    _income("profit_tax", "FMCLOBS", "G", "tax on profits", group="government"),
    _income("capital_tax", "H", "G", "tax on capital income"),
    _income("transfers", "G", "H", "transfers to households"),
    _grant("investment_credit", "G", "COM", "government's share of AI investment and foundries", group="government"),
    _property("interest_on_deposits", "B", _ALL, "interest that banks pay on deposits", group=_PAYOUTS,
              origin="core business"),
    _property("interest_on_reserves", "Z", "B", "interest on reserves"),
    _property("interest_on_loans", _ALL, "BZ", "interest on bank loans and advances", group=_PAYOUTS),
    _property("interest_on_government_bonds", "G", _ALL, "coupons of government bonds", group=_PAYOUTS),
    _property("interest_on_corporate_bonds", "FMC", _ALL, "coupons of corporate bonds", group=_PAYOUTS),
    _property("interest_on_private_credit", "FCLOS", "PI", "interest on private credit", group=_PAYOUTS),
    _property("dividends", "FMCBOLS", _ALL, "dividends", operating=False, group=_PAYOUTS),
    _property("distributions", "EVPIR", _ALL, "income that funds pass on"),
    _income("central_bank_profit", "ZG", "GZ", "the central bank's result, to the government"),
    _finance("loans", stock.BANK_LOANS, _ALL, _ALL, "bank loans granted and repaid", group=_DEBT),
    _finance("government_bond_trades", stock.GOVERNMENT_BONDS, _ALL, _ALL, "government bonds traded", group=_DEBT),
    _finance("corporate_bond_trades", stock.CORPORATE_BONDS, _ALL, _ALL, "corporate bonds traded", group=_DEBT),
    _finance("private_credit_trades", stock.PRIVATE_CREDIT, "PIFCLOBS", "PIFCLOBS", "private credit, in and out",
             group=_DEBT),
    _finance("vendor_loan_trades", stock.VENDOR_LOANS, "MCLO", "MCLO", "vendor loans lent and repaid"),
    _finance("prepayment_trades", stock.PREPAYMENTS, "MCLO", "MCLO", "prepayments made and used"),
    _finance("share_trades", stock.LISTED_EQUITY, _ALL, _ALL, "listed shares traded between holders", group=_EQUITY),
    _finance("share_issues", stock.LISTED_EQUITY, _ALL, "FMCOB", "new shares", group=_EQUITY),
    _finance("buybacks", stock.LISTED_EQUITY, "FMCOB", _ALL, "own shares bought back", group=_EQUITY),
    _finance("private_rounds", stock.PRIVATE_EQUITY, _ALL, _ALL, "rounds of private firms", group=_EQUITY),
    _finance("fund_flows", stock.FUND_SHARES, _ALL, _ALL, "fund shares bought and redeemed"),
    _property("recoveries", _ALL, _ALL, "what creditors of a failed agent receive", operating=False, group=_PAYOUTS),
    Purpose("used_compute", "used", stock.COMPUTE, "COSR", "COSR", "", "used compute sold", group=_USED),
    _property("income_from_abroad", "W", "H", "income on what residents own abroad"),
    _income("tariffs", "M", "G", "tariffs that chip makers pay as importers", group="government"),
    _trade("lease_rent", "CLO", "S", "", "rent that users pay to vehicles", **_RENT),
    _grant("damages", "MCLOS", "MCLOS", "damages for contracts that ended in failure or were cancelled"),
    _property("bankruptcy_costs", "MCLOS", "H", "lawyers and liquidators, paid from a failed firm's estate",
              operating=False),
    _property("interest_on_vendor_loans", "CLO", "MC", "interest on suppliers' loans to customers"),
    _income("rebates", "MC", "CLO", "what a supplier gives back in warrants: counts against its revenue",
            origin="no money"),
    _finance("warrant_trades", stock.WARRANTS, "MCLO", "MCLO", "warrants earned and exercised", origin="no money"),
    _grant("rescues", "G", "MCLOBPS", "government's capital and grants to those it saves", group="government"),
    _grant("guarantees", "MCLOGS", "MCLOSPIBG", "guarantees and backstops that are called, and what is got back"),
    Purpose("used_shells", "used", stock.SHELLS, "COSR", "COSR", "", "used shells and power sold", group=_USED),
    _grant("fines", "MCLO", "G", "fines that regulators and courts impose"),
    _trade("public_compute", "G", "C", "G", "government rents compute for public use and open models",
           counted=True, output=True),
    _property("liability", "LC", "H", "what sellers of AI services pay households for harm"),
    _income("adoption_support", "G", "F", "government's share of firms' AI spending"),
)
# fmt: on

N_PURPOSES = len(PURPOSES)
PURPOSE_CAPACITY = -(-N_PURPOSES // 8) * 8  # that the books hold: by eights, so that few new ones change their layout

# Marks over the rows, for rules that go through them.
OPERATING = np.array([row.operating for row in PURPOSES])
PROPERTY_INCOME = np.array([row.property_income for row in PURPOSES])
OUTPUT = np.array([row.output for row in PURPOSES])
USED_UP = np.array([row.used_up for row in PURPOSES])
