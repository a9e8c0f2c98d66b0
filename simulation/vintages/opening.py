"""Builds an opening economy: sourced balance sheets, closed by sectoral residuals that are reported, and rules inverted
so that the first quarter meets the data without a jump.

The steps follow the sectors. What no source gives is a residual with a name; `Opening.residuals` lists them all."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.agents.firms import FIRM
from simulation.books import instruments as stock
from simulation.chronicle import NOBODY
from simulation.dates import VINTAGES
from simulation.disturbances.process import start_luck
from simulation.registry import FIRMS_COLUMN, FIRST_COLUMN, N_INSTITUTIONS
from simulation.rule import live
from simulation.state import WORLD, accounts_of
from simulation.vintages import layout
from simulation.vintages.facts import Facts
from simulation.vintages.unsaid import unsaid

Array = npt.NDArray[Any]


class Opening:
    """An opening economy under construction: the arrays, the facts, and the residuals that close it."""

    def __init__(self, vintage: str, parameters: Array, seed: int, firms: int) -> None:
        self.vintage = vintage
        self.facts = Facts.load(vintage)
        self._hold(unsaid(WORLD, 1), unsaid(FIRM, firms))
        self.w["parameters"] = parameters[0]
        self.w["seed"] = seed
        self.w["opening_quarter"] = VINTAGES[vintage].elapsed
        start_luck(self.w["luck"], self.p)
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
        self.income_from_abroad = 0.0
        self.firms_value = 0.0  # USD bn
        self.bonds_left = 0.0  # USD bn
        self.coupon = 0.0  # rate a quarter
        self._lay_out()

    def _hold(self, world: Array, firms: Array) -> None:
        """Take arrays as one's own, with the views of them that the steps of an opening write to."""
        self.world, self.firms = world, firms
        self.w = world[0]
        self.p = self.w["parameters"]
        self.rule_parameters = live(world)[0]["parameters"]
        self.accounts = accounts_of(world)
        self._shares, self._issued, self._price = (self.w["ledger"][name] for name in ("shares", "issued", "price"))

    def copy(self) -> Opening:
        """The same opening with arrays of its own."""
        twin = copy(self)
        twin._hold(np.empty_like(self.world), np.empty_like(self.firms))
        for to, of in ((twin.world, self.world), (twin.firms, self.firms)):
            to.view(np.uint8)[:] = of.view(np.uint8)  # field by field takes ten times as long
        return twin

    def _lay_out(self) -> None:
        """Columns, sectors, banks and weights of every account."""
        ledger, accounts = self.w["ledger"], self.accounts
        everybody = slice(0, FIRMS_COLUMN + 1)
        ledger["sector"] = -1
        ledger["sector"][everybody] = layout.SECTORS
        ledger["resident"][everybody] = layout.RESIDENT
        ledger["equity_stock"] = stock.LISTED_EQUITY
        ledger["equity_stock"][everybody] = layout.EQUITY_STOCKS
        accounts["column"] = np.arange(N_INSTITUTIONS)
        accounts["bank"] = layout.BANKS
        accounts["lender"] = layout.LENDERS
        accounts["weight"] = 1.0 + 0.618 * np.arange(N_INSTITUTIONS)
        self.w["debtors"]["watched"][everybody] = layout.WATCHED
        self.w["debtors"]["blow_by"] = NOBODY
        self.w["vehicles"]["lessee"] = NOBODY
        self.w["market"]["collateral_mark"] = 1.0
        firms = self.firms["account"]
        number = np.arange(len(self.firms))
        firms["column"] = FIRMS_COLUMN
        firms["bank"] = FIRST_COLUMN["banks"] + number % 3
        firms["lender"] = firms["bank"]
        # Weights by the golden ratio: no two firms alike, so that a shift between two firms shows in the fingerprint.
        firms["weight"] = 1.0 + (0.6180339887498949 * (number + 1)) % 1.0

    def us(self, item: str) -> float:
        """A fact of the United States."""
        return self.facts.value("United States", item)

    def sector(self, item: str) -> float:
        """A fact of the AI sector as a whole."""
        return self.facts.value("AI sector", item)

    def own(self, parameter: str, otherwise: float) -> float:
        """A parameter that holds for the vintage in its name alone; what holds otherwise in any other."""
        return float(self.p[parameter]) if parameter.endswith(self.vintage) else otherwise

    def column(self, kind: str, k: int = 0) -> int:
        """Column of the k-th member of a kind."""
        return FIRST_COLUMN[kind] + k

    def give_shares(self, holder: int, issuer: int, value: float) -> None:
        """Enter a holding of shares worth `value` at the opening price of one."""
        self._shares[holder, issuer] += value
        self._issued[issuer] += value
        self._price[issuer] = 1.0

    def give_shares_alike(self, holders: range, issuer: int, value: float) -> None:
        """Enter holdings of shares worth `value` each."""
        self._shares[holders.start : holders.stop, issuer] += value
        issued = float(self._issued[issuer])
        for _ in holders:
            issued += value
        self._issued[issuer] = issued
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
