"""The economy as a Mesa model: every agent is a live view of its record, with a balance sheet.

    model = CircuitModel("baseline", rng=1)
    model.step()
    model.agents_by_type[CloudProvider].get("name")
    model.agents.select(lambda agent: isinstance(agent, Investor)).agg("deposits", sum)
    model.datacollector.get_model_vars_dataframe()

Reading an attribute of an agent reads its record in the economy, and assigning to one writes it, so that
rules see the new value in the next quarter. What the books own cannot be assigned: only payments move money.
This is the one file that imports Mesa; the economy does not need it. Works with Mesa 3.3 and later.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import pandas as pd

from simulation.books.instruments import FIRST_TANGIBLE, STOCKS
from simulation.dates import USUAL
from simulation.economy import Economy
from simulation.errors import CircuitError
from simulation.registry import NAMES
from simulation.scenario import Scenario
from simulation.series import SERIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulation.endings import Outcome

    Reporters = Mapping[str, Any]

ACCOUNT = "account"


class EconomicAgent(mesa.Agent):  # type: ignore[misc]
    """An agent of the economy: a live view of one record.

    The fields of the record are attributes: `model.agents_by_type[CloudProvider].get("online")`. So are those of its
    account, which can be read but not assigned, because only the books move money."""

    kind: str
    """name of the kind in `Economy.kinds`"""
    name: str

    def __init__(self, model: CircuitModel, kind: str, number: int, name: str) -> None:
        fields = frozenset(model.records[kind].dtype.names or ()) - {ACCOUNT}
        self.__dict__.update(kind=kind, number=number, name=name, _fields=fields)
        super().__init__(model)

    @property
    def record(self) -> np.void:
        """The live record, found through the model, so that the agents of a copy see the copy."""
        record: np.void = self.model.records[self.kind][self.number]
        return record

    def __getattr__(self, name: str) -> Any:
        """A field of the record or of its account, as a number or a live array."""
        if "model" not in self.__dict__:  # a copy that is not finished is asked what it can do
            raise AttributeError(name)
        if name in self._fields:
            return _plain(self.record[name])
        account = self.record[ACCOUNT]
        if name in (account.dtype.names or ()):
            return _plain(account[name])
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; fields: {', '.join(self.fields)}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a field of the record; other names are ordinary attributes of the view."""
        if name in self._fields:
            self.record[name] = value
        elif "model" in self.__dict__ and name in (self.record[ACCOUNT].dtype.names or ()):
            raise AttributeError(f"{name} of {self.name} is kept by the books: only a payment or revaluation moves it")
        else:
            super().__setattr__(name, value)

    @property
    def fields(self) -> list[str]:
        """Names of the fields that can be read and assigned."""
        return sorted(self._fields)

    @property
    def balance_sheet(self) -> pd.Series[float]:
        """Assets positive, liabilities negative, by instrument, USD bn; net worth in the last row."""
        sheet: pd.Series[float] = self.model.balance_sheets[self.name]
        return sheet

    def __repr__(self) -> str:
        """Kind and name."""
        return f"<{type(self).__name__} {self.name}>"


class Firm(EconomicAgent):
    """An ordinary firm: adopts AI, invests, hires, borrows, can fail."""

    @property
    def balance_sheet(self) -> pd.Series[float]:
        """Assets positive, loan negative, USD bn; net worth is book equity, pooled in one share of all."""
        account = self.record[ACCOUNT]
        sheet = pd.Series(0.0, index=self.model.balance_sheets.index, name=self.name)
        sheet["deposits"], sheet["bank_loans"] = account["cash"], -account["loan"]
        for stock, amount in zip(STOCKS[FIRST_TANGIBLE:], account["tangible"], strict=True):
            sheet[stock.name] = amount
        sheet["net_worth"] = sheet.sum()
        return sheet


class ChipMaker(EconomicAgent):
    """Nvidia, AMD, Broadcom: supply, price and allocation of AI systems."""


class CloudProvider(EconomicAgent):
    """A hyperscaler or neocloud: capital expenditure, funding, compute for rent."""


class OtherBuyer(EconomicAgent):
    """Enterprise, sovereign and foreign clouds: buy about half of the chips."""


class Lab(EconomicAgent):
    """An AI lab: price, training, compute commitments, rounds."""


class Household(EconomicAgent):
    """A group of households: consumption and portfolio."""


class Investor(EconomicAgent):
    """Whoever holds claims for others: the base of the funds and the insurers."""


class EquityFund(Investor):
    """A fundamental, extrapolative or passive fund of listed shares."""


class VentureFund(Investor):
    """A venture or sovereign fund, or a levered holding company: rounds."""


class CreditFund(Investor):
    """A private-credit fund: lending and gates."""


class Insurer(Investor):
    """Insurers and bond funds: demand for bonds."""


class Bank(EconomicAgent):
    """A bank: lending standard and capital."""


class Government(EconomicAgent):
    """Spending, transfers, taxes, debt."""


class CentralBank(EconomicAgent):
    """The policy rate and reserves."""


class RestOfWorld(EconomicAgent):
    """Makes chips, buys AI services, holds home assets."""


class Vehicle(EconomicAgent):
    """A special-purpose vehicle: owns compute, leases it to one user, passes the rent to lenders."""


class Receiver(EconomicAgent):
    """Holds the compute of failed firms for their creditors and sells it in time."""


AGENT_TYPES: dict[str, type[EconomicAgent]] = {
    "chip_makers": ChipMaker,
    "clouds": CloudProvider,
    "labs": Lab,
    "other_buyers": OtherBuyer,
    "firms": Firm,
    "households": Household,
    "equity_funds": EquityFund,
    "venture_funds": VentureFund,
    "credit_funds": CreditFund,
    "insurers": Insurer,
    "banks": Bank,
    "governments": Government,
    "central_banks": CentralBank,
    "rest_of_world": RestOfWorld,
    "vehicles": Vehicle,
    "receivers": Receiver,
}
AGENT_TYPES |= {kind: EconomicAgent for kind in NAMES if kind not in AGENT_TYPES}


class CircuitModel(mesa.Model):  # type: ignore[misc]
    """An economy with the face of a Mesa model.

    `scenario` is a Scenario, a shipped name or a path, `policy` one policy or several; every parameter of the economy
    is a keyword, as in `CircuitModel(gamma=0.03, scenario="late-chips", seed=7)`, so that Mesa's `batch_run` and its
    sliders take them like those of any model (`circuit parameters` lists them). `seed` is a whole number; `rng`, which
    Mesa prefers, one too or a generator to draw one from. `vintage`, `quarters`, `firms` are those of `Economy`.

    Given an `economy`, the model is the face of that one wherever it stands, as in a saved state, and nothing else
    about the economy may be said. The reporters are handed to the DataCollector, which collects after every step;
    without `model_reporters` it collects every series of `simulation.series.SERIES`. The latest value of each series is
    also an attribute of the model: `model.coverage`. Where a series has the name of a parameter (`circularity`), a row
    of `batch_run` holds the series.

    `economy` is the economy itself; `running` turns false after its last quarter. Raises CircuitError for input that
    `Economy` or `Scenario` refuses, an unknown parameter among it.
    """

    def __init__(
        self,
        scenario: Scenario | str | os.PathLike[str] = "baseline",
        *,
        seed: int | None = None,
        rng: int | np.random.Generator | None = None,
        policy: str | Sequence[str] = (),
        vintage: str = USUAL,
        quarters: int | None = None,
        firms: int = 1000,
        economy: Economy | None = None,
        model_reporters: Reporters | None = None,
        agent_reporters: Reporters | None = None,
        agenttype_reporters: Mapping[type[mesa.Agent], Reporters] | None = None,
        **kwargs: float | bool,  # parameters; Mesa's page lets keywords through by this name alone
    ) -> None:
        if seed is not None and rng is not None:
            raise CircuitError("seed and rng: give one of them")
        rng = seed if rng is None else rng
        super().__init__(rng=rng)
        self._registered = 0
        self.seed = int(rng) if isinstance(rng, int | np.integer) else int(self.rng.integers(2**31))
        if economy is None:
            chosen = _scenario(scenario, policy, kwargs, vintage)
            economy = Economy(chosen, seed=self.seed, vintage=vintage, quarters=quarters, firms=firms)
        elif kwargs or policy:
            raise CircuitError("economy: has its own scenario, so leave parameters and policies out")
        self.economy = economy
        self.records = self.economy.kinds
        names = self.economy.names
        for kind, agent_type in AGENT_TYPES.items():
            for number, name in enumerate(names[kind]):
                agent_type(self, kind, number, name)
        self._balance_sheets: tuple[int, pd.DataFrame] | None = None
        self.datacollector = mesa.DataCollector(
            model_reporters=dict({name: name for name in SERIES} if model_reporters is None else model_reporters),
            agent_reporters=agent_reporters,
            agenttype_reporters=agenttype_reporters,
        )

    def __getstate__(self) -> dict[str, Any]:
        """All but the live arrays, of which a copy has its own."""
        return {name: value for name, value in self.__dict__.items() if name != "records"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state of the copied model, with the arrays of one's own economy."""
        self.__dict__.update(state)
        self.records = self.economy.kinds

    def register_agent(self, agent: mesa.Agent) -> None:
        """Take an agent in and number it.

        Mesa 3.3 counts agents in a table of the class Agent that keeps every model alive for ever, so the model counts
        them itself and leaves that table."""
        super().register_agent(agent)
        self._registered += 1
        agent.unique_id = self._registered
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def step(self) -> None:
        """Simulate one quarter and collect."""
        self.economy.step()
        self.datacollector.collect(self)
        self.running = self.economy.quarter < self.economy.quarters

    @property
    def balance_sheets(self) -> pd.DataFrame:
        """The balance-sheet matrix by agent at the end of the last quarter, USD bn."""
        if self._balance_sheets is None or self._balance_sheets[0] != self.economy.quarter:
            self._balance_sheets = (self.economy.quarter, self.economy.balance_sheet(by="agent"))
        return self._balance_sheets[1]

    @property
    def outcome(self) -> Outcome:
        """How the run ended, or how it stands."""
        return self.economy.outcome

    def __getattr__(self, name: str) -> Any:
        """Latest value of a series; nan before the first quarter."""
        if name not in SERIES or "economy" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        recorded = self.economy.series[name]
        return float(recorded[-1]) if len(recorded) else float("nan")


def _scenario(
    scenario: Scenario | str | os.PathLike[str],
    policies: str | Sequence[str],
    parameters: Mapping[str, float | bool],
    opening: str,
) -> Scenario:
    """The scenario with these policies and parameters."""
    chosen = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario, opening)
    for policy in (policies,) if isinstance(policies, str) else policies:
        chosen = chosen.with_policy(policy)
    return chosen.with_parameters(**parameters) if parameters else chosen


def _plain(value: Any) -> Any:
    """A NumPy scalar as a Python number; an array stays a live view."""
    return value.item() if isinstance(value, np.generic) else value
