"""Builds an opening economy: sourced balance sheets, closed by sectoral residuals that are reported, and rules inverted
so that the first quarter meets the data without a jump.

The steps follow the sectors. What no source gives is a residual with a name; `Opening.residuals` lists them all."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from simulation.agents.firms import FIRM
from simulation.books import instruments as stock
from simulation.dates import VINTAGES
from simulation.disturbances.process import start_luck
from simulation.registry import FIRMS_COLUMN, FIRST_COLUMN
from simulation.rule import live, room
from simulation.scenario import PARAMETERS
from simulation.state import accounts_of
from simulation.vintages.facts import Facts
from simulation.vintages.layout import laid_out
from simulation.vintages.unsaid import unsaid

Array = npt.NDArray[Any]
Columns: TypeAlias = int | slice | Array
Amount: TypeAlias = float | Array


class Opening:
    """An opening economy under construction: the arrays, the facts, and the residuals that close it."""

    def __init__(self, vintage: str, parameters: Array, seed: int, firms: int) -> None:
        self.vintage = vintage
        self.facts = Facts.load(vintage)
        self._hold(_twin(laid_out()), unsaid(FIRM, firms))
        self.w["parameters"] = parameters[0]
        self.p: Mapping[str, float] = MappingProxyType(dict(zip(PARAMETERS, parameters.item(), strict=True)))
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
        self._place_firms()

    def _hold(self, world: Array, firms: Array) -> None:
        """Take arrays as one's own, with the views of them that the steps of an opening write to."""
        self.world, self.firms = world, firms
        self.w = world[0]
        self.accounts = accounts_of(world)
        self.arguments = (live(world), live(self.accounts), live(firms))
        self._shares, self._issued, self._price = (self.w["ledger"][name] for name in ("shares", "issued", "price"))

    def copy(self) -> Opening:
        """The same opening with arrays of its own."""
        twin = copy(self)
        twin._hold(_twin(self.world), _twin(self.firms))
        return twin

    def _place_firms(self) -> None:
        """Column, bank and weight of every firm."""
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

    def give_shares(self, holder: Columns, issuer: Columns, value: Amount) -> None:
        """Enter a holding of shares worth `value` at the opening price of one, or one each for several issuers."""
        self._shares[holder, issuer] += value
        self._issued[issuer] += value
        self._price[issuer] = 1.0

    def give_shares_alike(self, holders: range, issuer: Columns, value: Amount) -> None:
        """Enter holdings of shares worth `value` each."""
        self._shares[holders.start : holders.stop, issuer] += value
        issued = self._issued[issuer]
        for _ in holders:
            issued = issued + value
        self._issued[issuer] = issued
        self._price[issuer] = 1.0

    def give_claims(
        self, instrument: int, holder: int | Array, issuer: int | Array, amount: Array, rate: float, maturity: float
    ) -> None:
        """Enter claims of the opening balance sheet (USD bn, rate a quarter, quarters), one for each amount above
        nothing. Holder, issuer or both are arrays of as many columns."""
        given = amount > 0.0
        if not given.all():
            amount = amount[given]
            holder, issuer = (part[given] if isinstance(part, np.ndarray) else part for part in (holder, issuer))
        ledger = self.w["ledger"]
        first = int(ledger["n_claims"])
        last = first + len(amount)
        ledger["n_claims"] = last
        ledger["claim_slot"][instrument - stock.FIRST_CLAIM, holder, issuer] = np.arange(first + 1, last + 1)
        claims = ledger["claims"][first:last]
        claims["instrument"], claims["holder"], claims["issuer"] = instrument, holder, issuer
        claims["amount"], claims["rate"], claims["maturity"] = amount, rate, maturity


def _twin(array: Array) -> Array:
    """The same records elsewhere, byte by byte: field by field takes ten times as long."""
    twin = room(len(array), array.dtype)
    twin.view(np.uint8)[:] = array.view(np.uint8)
    return twin
