"""What can be read of an economy: its series, events and figures of named agents, its books as matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.books.identities import IDENTITIES
from simulation.dates import later
from simulation.errors import CircuitError
from simulation.event_log import Note, events_of_run
from simulation.registry import COLUMN_NAMES, FIRST_COLUMN, N_COLUMNS, NAMES
from simulation.series import SERIES_DTYPE
from simulation.vintages.facts import Facts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.endings import Outcome
    from simulation.scenario import Scenario

Row = tuple[int, str, str, float]


_FIGURES = {
    "chip_makers": {
        "revenue": "ai_revenue", "operating_cash_flow": "operating_cash_flow", "capex": "capex", "backlog": "backlog",
        "supply": "supply", "margin": "margin",
    },
    "clouds": {
        "capex": "capex", "ai_capex": "ai_capex", "operating_cash_flow": "operating_cash_flow", "revenue": "ai_revenue",
        "core_revenue": "core_revenue", "compute_online": "online", "compute_waiting": "waiting",
        "orders": "orders", "payout": "payout",
    },
    "labs": {
        "revenue": "revenue", "operating_cash_flow": "operating_cash_flow", "training_budget": "training_budget",
        "compute_need": "need", "runway": "runway", "raised": "new_equity", "market_share": "market_share",
    },
    "other_buyers": {"ai_capex": "ai_capex", "compute_online": "online", "operating_cash_flow": "operating_cash_flow"},
}  # fmt: skip


def figures_of_agents(world: np.void, quarter: int) -> list[Row]:
    """Key figures of every member of the AI sector (USD bn, GW or ratio)."""
    rows: list[Row] = []
    ledger = world["ledger"]
    for kind, figures in _FIGURES.items():
        first = FIRST_COLUMN[kind]
        members = world[kind]
        for k, name in enumerate(NAMES[kind]):
            column = first + k
            value = float(ledger["issued"][column] * ledger["price"][column])
            rows.append((quarter, name, "market_value", value))
            rows.append((quarter, name, "debt", float(world["debtors"]["debt"][column])))
            rows.append((quarter, name, "cover", float(world["debtors"]["cover"][column])))
            rows.append((quarter, name, "deposits", float(members["account"]["cash"][k])))
            rows.extend((quarter, name, figure, float(members[field][k])) for figure, field in figures.items())
    return rows


class Readings:
    """The reading side of an economy."""

    vintage: str
    seed: int
    quarter: int
    quarters: int
    scenario: Scenario
    macro_twin_from: Callable[[int], Readings]
    _world: np.ndarray
    _firms: np.ndarray
    _arguments: tuple[Any, Any, Any]
    _series: np.ndarray
    _residuals: np.ndarray
    _owners: np.ndarray
    _innovations: np.ndarray
    _firm_rows: list[Row]
    _notes: list[Note]
    _is_diagnosed: bool = True
    _books: list[dict[str, np.ndarray]]

    def label(self, quarter: int) -> str:
        """Calendar name of a simulated quarter, such as "2025Q1" for the first from 2024Q4; 0 is the opening."""
        return later(self.vintage, quarter)

    @property
    def facts(self) -> Facts:
        """The facts that the opening is built from."""
        return Facts.load(self.vintage)

    @property
    def column_names(self) -> list[str]:
        """Name of every column of the matrices by agent."""
        return [*COLUMN_NAMES, "Firms"]

    @property
    def sector_names(self) -> list[str]:
        """Sector of every column."""
        return [kind for kind, names in NAMES.items() for _ in names] + ["firms"]

    @property
    def kinds(self) -> dict[str, np.ndarray]:
        """Live structured arrays of all kinds of agents: writing to them writes the economy."""
        views = {kind: self._world[0][kind] for kind in NAMES}
        views["firms"] = self._firms
        return views

    @property
    def names(self) -> dict[str, list[str]]:
        """Names of the agents of each kind."""
        return {**NAMES, "firms": [f"Firm {k + 1}" for k in range(len(self._firms))]}

    @property
    def state(self) -> tuple[Any, Any, Any]:
        """What a phase receives: world, accounts, firms."""
        return self._arguments

    @property
    def history(self) -> pd.DataFrame:
        """All recorded series, one row a quarter. Units and meanings stand in `simulation.series.SERIES`."""
        import pandas as pd

        frame = pd.DataFrame(self.series)
        frame.index = pd.Index([self.label(k + 1) for k in range(self.quarter)], name="quarter")
        return frame

    @property
    def series(self) -> np.ndarray:
        """The recorded series as a structured array, one record a quarter."""
        return self._series[: self.quarter].view(SERIES_DTYPE)[:, 0]

    @property
    def owner_flows(self) -> np.ndarray:
        """Cost, use and yield of compute by quarter and owner (clouds, then other buyers), in the order that
        `simulation.state` declares: CAPEX, EARNED, UPLIFT, RUNNING, DELIVERED, ONLINE, WAITING, MARK."""
        return self._owners[: self.quarter]

    @property
    def innovations(self) -> np.ndarray:
        """Innovations of luck that this run has had, given or drawn, in standard normal units: one row a quarter, one
        column for each of `Disturbances.slots`. Given to another economy they bring it the same luck; those of a
        disturbance that is off are zero."""
        return self._innovations[: self.quarter].copy()

    @property
    def firm_history(self) -> pd.DataFrame:
        """Key figures of named firms by quarter, tidy: quarter, agent, variable, value (USD bn, GW or ratio)."""
        import pandas as pd

        rows = [(self.label(quarter), agent, variable, value) for quarter, agent, variable, value in self._firm_rows]
        return pd.DataFrame(rows, columns=["quarter", "agent", "variable", "value"])

    @property
    def events(self) -> pd.DataFrame:
        """What happened: quarter, agent, event, cause in words, amount (USD bn); of a chain reaction also the other
        agent, the channel and the generation (0 starts a chain)."""
        import pandas as pd

        return pd.DataFrame({name: list(column) for name, column in self.event_columns().items()})

    def _check_is_diagnosed(self) -> None:
        if not self._is_diagnosed:
            raise CircuitError("diagnostics were left out of this economy: run it whole, without leave_undiagnosed()")

    def event_columns(self) -> dict[str, Any]:
        """What happened, by column as `simulation.event_log.events_of_run` tells it."""
        self._check_is_diagnosed()
        return events_of_run(self._notes, self.series, [self.label(k + 1) for k in range(self.quarter)])

    @property
    def agents(self) -> pd.DataFrame:
        """All institutions and the pooled firms: name, kind, sector, column."""
        import pandas as pd

        names, kinds = self.column_names, self.sector_names
        return pd.DataFrame({"name": names, "kind": kinds, "sector": kinds, "column": range(N_COLUMNS)})

    @property
    def residuals(self) -> pd.DataFrame:
        """Largest relative residual of every identity in every quarter."""
        import pandas as pd

        rows = [
            (self.label(q + 1), identity, self._residuals[q, k])
            for q in range(self.quarter)
            for k, identity in enumerate(IDENTITIES)
        ]
        return pd.DataFrame(rows, columns=["quarter", "identity", "residual"])

    @property
    def outcome(self) -> Outcome:
        """Episodes, state, cost and gain of the run so far, against its macro twin."""
        return self.outcome_since(0)[0]

    def outcome_since(self, past: int) -> tuple[Outcome, np.ndarray]:
        """Outcome of what came after `past` quarters, which are history to it, and the series since then of the macro
        twin that stands still from there on."""
        from simulation.endings import outcome_of

        attrition = self.scenario.parameter_values()["attrition"]
        twin = self.macro_twin_from(past).series[past:]
        return outcome_of(self.series[past:], twin, attrition, self.label(past)), twin

    @property
    def returns(self) -> pd.DataFrame:
        """What every owner of compute has earned on what it has spent since the opening: present value over cost less
        one, internal rate (per year), cost (USD bn at present value); own-use uplift in full, by half, not at all."""
        import pandas as pd

        from simulation.endings.returns import FULL, HALF, NONE, returns_by_owner

        attrition = self.scenario.parameter_values()["attrition"]
        names = [*NAMES["clouds"], *NAMES["other_buyers"]]
        rates = self.series["owners_rate"]
        rows = [
            (owner, word, earned.value, earned.rate, earned.cost)
            for word, counted in (("full", FULL), ("half", HALF), ("none", NONE))
            for owner, earned in returns_by_owner(self.owner_flows, rates, attrition, names, counted).items()
        ]
        return pd.DataFrame(rows, columns=["owner", "own_use", "value", "rate", "cost"]).set_index("owner")

    def plot(self, *series: str) -> Figure:
        """A figure with a panel for each of these series, or for six that tell most; a notebook shows it.

        Raises CircuitError for a name that is no series', and before the first quarter."""
        from simulation.showing import SHOWN, plot

        return plot(self.history, series or SHOWN)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from simulation.showing import economy_in_html

        setting = f"{self.scenario.name}, vintage {self.vintage}, seed {self.seed}"
        stands = f"at the end of {self.label(self.quarter)}, {self.quarter} of {self.quarters} quarters"
        return economy_in_html(setting, stands, self.series)

    def balance_sheet(self, quarter: int | None = None, by: str = "sector") -> pd.DataFrame:
        """The balance-sheet matrix of a quarter (0 is the opening), by sector or by agent, USD bn."""
        from simulation.books.matrices import balance_sheet_matrix

        return balance_sheet_matrix(self._books_of(quarter)["position"], self._columns_by(by))

    def transaction_flows(self, quarter: int | None = None, by: str = "sector") -> pd.DataFrame:
        """The transaction-flow matrix of a quarter, by sector or by agent: receipts positive, payments negative."""
        from simulation.books.matrices import transaction_flow_matrix

        books = self._books_of(quarter)
        return transaction_flow_matrix(books["paid"], books["received"], self._columns_by(by))

    def web(self, quarter: int | None = None) -> pd.DataFrame:
        """Who pays, owns, owes and has committed to whom in a quarter, one row an edge, the circular part marked.

        Columns and units are those of `simulation.measurement.web.Edge`; payments are the quarter's, the rest is at its
        end."""
        from simulation.measurement.web import edges

        return edges(self._books_of(quarter), self.column_names)

    def dependence(self, quarter: int | None = None) -> pd.DataFrame:
        """Each seller's three largest customers in a quarter and their share of its AI revenue."""
        from simulation.measurement.web import dependence

        return dependence(self.web(quarter))

    def importance(self, quarter: int | None = None) -> pd.DataFrame:
        """Agents by what is lost when each fails alone in a quarter: DebtRank and removal ranking, largest first."""
        from simulation.measurement.importance import importance

        return importance(self._books_of(quarter), self.column_names)

    def ai_sector_cash_flow(self, quarter: int | None = None) -> pd.DataFrame:
        """Cash flow of the AI sector as one in a quarter, by purpose and group, USD bn: inside, payments cancel."""
        from simulation.books.consolidation import consolidated_cash_flow

        books = self._books_of(quarter)
        return consolidated_cash_flow(books["paid"], books["received"], self.sector_names)

    def _books_of(self, quarter: int | None) -> dict[str, np.ndarray]:
        if not self._books:
            raise CircuitError("this economy keeps no books: build it with keep_books=True")
        chosen = self.quarter if quarter is None else quarter
        if not 0 <= chosen < len(self._books):
            raise CircuitError(f"quarter {chosen} has not been simulated: choose 0 to {len(self._books) - 1}")
        return self._books[chosen]

    def _columns_by(self, by: str) -> list[str]:
        if by == "sector":
            return self.sector_names
        if by == "agent":
            return self.column_names
        raise CircuitError(f'by = {by!r} is not allowed: choose "sector" or "agent"')
