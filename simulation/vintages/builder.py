"""Builds an opening economy: sourced balance sheets, closed by sectoral residuals that are reported, and rules inverted
so that the first quarter meets the data without a jump.

The steps follow the sectors. What no source gives is a residual with a name; `Opening.residuals` lists them all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.agents.firms import FIRM
from simulation.books import instruments as stock
from simulation.books.ledger import ACCOUNT, SLOT
from simulation.books.purposes import SECTOR_LETTERS
from simulation.chronicle import NOBODY
from simulation.rule import live
from simulation.state import FIRMS_COLUMN, FIRST_COLUMN, INSTITUTIONS, N_INSTITUTIONS, WORLD
from simulation.vintages.ai_opening import open_ai_sector
from simulation.vintages.deals_opening import open_deals
from simulation.vintages.facts import Facts
from simulation.vintages.finance_opening import close_books, open_investors
from simulation.vintages.firms_opening import open_firms
from simulation.vintages.macro_opening import open_macroeconomy
from simulation.vintages.names import NAMES
from simulation.vintages.vehicles_opening import open_vehicles

Array = npt.NDArray[Any]

# Quarters since 2022Q4: what the calendar of past events and the common random numbers count from.
OPENING_QUARTER = {"2022Q4": 0, "2024Q4": 8}
_NON_RESIDENT = ("Sovereign clouds", "Foreign clouds", "Rest of world")


class Opening:
    """An opening economy under construction: the arrays, the facts, and the residuals that close it."""

    def __init__(self, vintage: str, parameters: Array, seed: int, firms: int) -> None:
        self.vintage = vintage
        self.facts = Facts.load(vintage)
        self.world = np.zeros(1, WORLD)
        self.w = self.world[0]
        self.firms = np.zeros(firms, FIRM)
        self.accounts = np.ndarray((N_INSTITUTIONS,), ACCOUNT, self.world, 0, (SLOT,))
        self._shares, self._issued, self._price = (self.w["ledger"][name] for name in ("shares", "issued", "price"))
        self.w["parameters"] = parameters[0]
        self.p = self.w["parameters"]
        self.rule_parameters = live(self.world)[0]["parameters"]
        self.w["seed"] = seed
        self.w["opening_quarter"] = OPENING_QUARTER[vintage]
        self.residuals: dict[str, float] = {}
        # What one step of the opening leaves for the next (USD bn a quarter unless said otherwise).
        self.demand_target = 0.0
        self.lab_target = 0.0
        self.sales = 0.0
        self.wages = 0.0
        self.tech_wages = 0.0
        self.consumption = 0.0
        self.firm_investment = 0.0
        self.core_to_firms = 0.0
        self.trade_deficit = 0.0
        self.firm_profit_tax = 0.0
        self.firm_dividends = 0.0
        self.firm_ai_spending = 0.0
        self.income_from_abroad = 0.0
        self.firms_value = 0.0  # USD bn
        self.bonds_left = 0.0  # USD bn
        self.coupon = 0.0  # rate a quarter
        self._lay_out()

    def _lay_out(self) -> None:
        """Columns, sectors, banks and weights of every account."""
        ledger = self.w["ledger"]
        ledger["sector"] = -1
        ledger["equity_stock"] = stock.LISTED_EQUITY
        first_bank = FIRST_COLUMN["banks"]
        central = FIRST_COLUMN["central_banks"]
        letters = {name: k for k, name in enumerate(SECTOR_LETTERS.values())}
        column = 0
        for kind, _, members in INSTITUTIONS:
            for k in range(members):
                account = self.accounts[column]
                account["column"] = column
                account["bank"] = first_bank + self._bank_of(kind, k)
                account["lender"] = account["bank"]
                if kind == "banks":
                    account["bank"], account["lender"] = column, central
                elif kind in ("governments", "central_banks"):
                    account["bank"], account["lender"] = central, central
                account["weight"] = 1.0 + 0.618 * column
                ledger["sector"][column] = letters[kind]
                ledger["resident"][column] = NAMES[kind][k] not in _NON_RESIDENT
                column += 1
        ledger["sector"][FIRMS_COLUMN] = letters["firms"]
        ledger["resident"][FIRMS_COLUMN] = 1
        for kind in ("labs", "other_buyers", "vehicles"):
            span = slice(FIRST_COLUMN[kind], FIRST_COLUMN[kind] + len(NAMES[kind]))
            ledger["equity_stock"][span] = stock.PRIVATE_EQUITY
        for kind in ("equity_funds", "venture_funds", "credit_funds", "insurers", "receivers"):
            span = slice(FIRST_COLUMN[kind], FIRST_COLUMN[kind] + len(NAMES[kind]))
            ledger["equity_stock"][span] = stock.FUND_SHARES
        for kind in ("chip_makers", "clouds", "labs", "other_buyers"):
            span = slice(FIRST_COLUMN[kind], FIRST_COLUMN[kind] + len(NAMES[kind]))
            self.w["debtors"]["watched"][span] = 1.0
        self.w["vehicles"]["lessee"] = NOBODY
        self.w["market"]["collateral_mark"] = 1.0
        self.w["debtors"]["blow_by"] = NOBODY
        firms = self.firms["account"]
        number = np.arange(len(self.firms))
        firms["column"] = FIRMS_COLUMN
        firms["bank"] = first_bank + number % 3
        firms["lender"] = firms["bank"]
        # Weights by the golden ratio: no two firms alike, so that a shift between two firms shows in the fingerprint.
        firms["weight"] = 1.0 + (0.6180339887498949 * (number + 1)) % 1.0

    @staticmethod
    def _bank_of(kind: str, k: int) -> int:
        """Who banks where: the specialist serves neoclouds, venture and private-credit funds."""
        if kind == "clouds":
            return 2 if k < 5 else 3
        return {"chip_makers": 2, "labs": 3, "other_buyers": 2, "households": k, "equity_funds": 0, "venture_funds": 3,
                "credit_funds": 3, "insurers": 2, "vehicles": 3, "receivers": 3}.get(kind, 0)  # fmt: skip

    def us(self, item: str) -> float:
        """A fact of the United States."""
        return self.facts.value("United States", item)

    def column(self, kind: str, k: int = 0) -> int:
        """Column of the k-th member of a kind."""
        return FIRST_COLUMN[kind] + k

    def give_shares(self, holder: int, issuer: int, value: float) -> None:
        """Enter a holding of shares worth `value` at the opening price of one."""
        self._shares[holder, issuer] += value
        self._issued[issuer] += value
        self._price[issuer] = 1.0

    def give_claim(
        self, instrument: int, holder: int, issuer: int, amount: float, rate: float, maturity: float
    ) -> None:
        """Enter a claim of the opening balance sheet (USD bn, rate a quarter, quarters)."""
        if amount <= 0.0:
            return
        ledger = self.w["ledger"]
        number = int(ledger["n_claims"])
        ledger["n_claims"] += 1
        ledger["claim_slot"][instrument - stock.FIRST_CLAIM, holder, issuer] = number + 1
        ledger["claims"][number] = (instrument, holder, issuer, amount, rate, maturity)


def open_economy(vintage: str, parameters: Array, seed: int, firms: int) -> Opening:
    """The opening economy of a vintage under given parameters; books closed, rules inverted but for the trial
    quarter."""
    opening = Opening(vintage, parameters, seed, firms)
    open_ai_sector(opening)
    open_macroeconomy(opening)
    open_firms(opening)
    open_investors(opening)
    if opening.p["ai"] > 0.5:
        open_vehicles(opening)
        open_deals(opening)
    close_books(opening)
    return opening
