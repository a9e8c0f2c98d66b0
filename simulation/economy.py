"""The engine: an economy, its quarters, its history.

economy = Economy(Scenario.load("baseline"), seed=1)
economy.run()
economy.history[["real_gdp", "ai_capex", "coverage"]]
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.books.audit import IDENTITIES, TOLERANCE, describe_breach
from simulation.disturbances.given import Disturbances
from simulation.disturbances.process import SLOTS, give
from simulation.errors import CircuitError
from simulation.happenings import Note, events_of_run, note_of_quarter
from simulation.plan import DEFAULT_PLAN, RECORDING, Phase, PhaseFunction, check, default_plan, pass_quarter
from simulation.rule import COMPILED, live
from simulation.scenario import Scenario
from simulation.scenario.events import KEY_PLAYERS, AgentEvent
from simulation.scenario.faults import suggestion
from simulation.series import SERIES, SERIES_DTYPE
from simulation.state import INSTITUTIONS, N_COLUMNS
from simulation.views import figures_of_agents
from simulation.vintages.builder import OPENING_QUARTER, Opening
from simulation.vintages.finished import finished_opening
from simulation.vintages.names import NAMES

if TYPE_CHECKING:
    import pandas as pd

    from simulation.outcome import Outcome

FEWEST_FIRMS, MOST_FIRMS = 10, 1_000_000
LONGEST = 400
HORIZON = {"2022Q4": 60, "2024Q4": 40}


class _Views:
    """What passes between a quarter and its record, as plain arrays: assigning records field by field takes longer."""

    def __init__(self, world: np.ndarray) -> None:
        self.levers, self.levers_before, self.series = (
            world[name].view(np.float64) for name in ("levers", "levers_before", "series")
        )
        self.residual = world["ledger"]["residual"][0]
        self.worst_residual = world["series"]["worst_residual"]
        self.innovations = world["luck"]["innovation"][0]


class Economy:
    """An economy under one scenario and one seed.

    `vintage` is the dated opening ("2022Q4" or "2024Q4"), `quarters` the horizon (60 and 40 by default), `firms` the
    number of ordinary firms (10 to 1,000,000). `keep_books` keeps both matrices of every quarter; batches leave it off.
    `disturbances` gives innovations of the luck of firms and markets; what it leaves open is drawn.
    Raises CircuitError for input outside these, and Breach when an identity of the accounts does not hold.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        seed: int = 1,
        vintage: str = "2024Q4",
        quarters: int | None = None,
        firms: int = 1000,
        keep_books: bool = True,
        disturbances: Disturbances | None = None,
    ) -> None:
        self.scenario = scenario if scenario is not None else Scenario.load("baseline")
        self.seed = int(seed)
        self.vintage = vintage
        self._check(quarters, firms)
        self.quarters = int(quarters) if quarters is not None else HORIZON[vintage]
        self.keep_books = keep_books
        self.disturbances = disturbances
        self.plan: list[Phase] = default_plan()
        self.profile: dict[str, float] | None = None
        levers = self.scenario.lever_table(max(self.quarters, 1))
        self._levers = levers.view(np.float64).reshape(len(levers), -1)
        parameters = self.scenario.parameter_record()
        self._events_due: dict[int, list[AgentEvent]] = {}
        self._adopt(finished_opening(vintage, parameters, levers[:1], self.seed, int(firms)))
        for event in self.scenario.events:
            self._events_due.setdefault(event.quarter, []).append(event)

    def fail(self, agent: str, quarter: int) -> Economy:
        """Make one chip maker, cloud, lab or other buyer fail when payments are settled in a quarter (the first is 1).

        Returns the economy, so that calls can be chained. Raises CircuitError for another agent or quarter.
        """
        if agent not in KEY_PLAYERS:
            raise CircuitError(f"{agent!r} cannot be made to fail: {suggestion(agent, KEY_PLAYERS)}")
        if not self.quarter < quarter <= self.quarters:
            raise CircuitError(f"quarter = {quarter} is not allowed: choose {self.quarter + 1} to {self.quarters}")
        self._events_due.setdefault(quarter, []).append(AgentEvent(agent, "failure", quarter))
        return self

    def _check(self, quarters: int | None, firms: int) -> None:
        faults = []
        if self.vintage not in OPENING_QUARTER:
            faults.append(f"vintage {self.vintage!r} is unknown: choose {' or '.join(OPENING_QUARTER)}")
        if not FEWEST_FIRMS <= firms <= MOST_FIRMS:
            faults.append(f"firms = {firms} is not allowed: choose {FEWEST_FIRMS} to {MOST_FIRMS:,}")
        if quarters is not None and not 1 <= quarters <= LONGEST:
            faults.append(f"quarters = {quarters} is not allowed: choose 1 to {LONGEST}")
        if not 0 <= self.seed < 2**62:
            faults.append(f"seed = {self.seed} is not allowed: choose a whole number from 0 to 2^62")
        if faults:
            raise CircuitError(*faults)

    def _adopt(self, opening: Opening) -> None:
        self.residuals_of_opening = dict(opening.residuals)
        self.facts = opening.facts
        self._world = opening.world
        self._accounts = opening.accounts
        self._firms = opening.firms
        self._arguments = (live(self._world), live(self._accounts), live(self._firms))
        self.quarter = 0
        self._now = _Views(opening.world)
        self._series = np.zeros((self.quarters, len(SERIES)))
        self._residuals = np.zeros((self.quarters, len(IDENTITIES)))
        self._innovations = np.zeros((self.quarters, len(SLOTS)))
        self._firm_rows: list[tuple[int, str, str, float]] = []
        self._agents: list[dict[str, Any]] = []
        self._notes: list[Note] = []
        self._books: list[dict[str, np.ndarray]] = []
        self._keep_books(0)

    # --- running ---------------------------------------------------------------------------------------------

    def run(self) -> Economy:
        """Run to the horizon. Returns the economy, so that calls can be chained."""
        while self.quarter < self.quarters:
            self.step()
        return self

    def step(self) -> None:
        """One quarter: every line of the plan, the audit, the record. Raises Breach if the books do not add up."""
        if self.quarter >= self.quarters:
            raise CircuitError(f"the economy has reached its horizon of {self.quarters} quarters: build one with more")
        self._now.levers_before[:] = self._now.levers
        self._now.levers[:] = self._levers[min(self.quarter + 1, len(self._levers) - 1)]
        self._announce(self._world[0]["debtors"])
        if self.disturbances is not None:
            give(self._world[0]["luck"], self.disturbances.row(self.quarter + 1))
        self.quarter += 1
        if COMPILED:
            self._pass()
        else:
            with np.errstate(over="ignore"):
                self._pass()
        residuals = self._residuals[self.quarter - 1]
        residuals[:] = self._now.residual
        worst = residuals.max()
        if not worst <= TOLERANCE:
            raise describe_breach(self._world[0]["ledger"], self.column_names, self.label(self.quarter))
        self._now.worst_residual[:] = worst
        self._series[self.quarter - 1] = self._now.series
        self._innovations[self.quarter - 1] = self._now.innovations
        self._notes.append(note_of_quarter(self._world[0]))
        if self.keep_books:
            self._keep_books(self.quarter)
            self._note_agents()

    def _announce(self, debtors: np.ndarray) -> None:
        """Tell the rules what befalls named agents in the coming quarter."""
        for event in self._events_due.get(self.quarter + 1, []):
            debtor = debtors[self.column_names.index(event.agent)]
            if event.kind == "failure":
                debtor["forced"] = 1.0
            elif event.kind == "fine":
                debtor["fine"] += event.size or 0.0
            else:
                debtor["scandal"] = 1.0 - (1.0 - debtor["scandal"]) * (1.0 - (event.size or 0.0))

    def _pass(self) -> None:
        """Pass a quarter: in one call, or line by line where the plan is another or its time is taken."""
        if self.profile is None and tuple(self.plan) == DEFAULT_PLAN:
            pass_quarter(*self._arguments)
            return
        for phase in self.plan:
            self._run_steps(phase.name, phase.steps)
        self._run_steps("audit", (check, *RECORDING))

    def _run_steps(self, phase: str, steps: Sequence[PhaseFunction]) -> None:
        start = time.perf_counter()
        for step in steps:
            step(*self._arguments)
        if self.profile is not None:
            self.profile[phase] = self.profile.get(phase, 0.0) + time.perf_counter() - start

    # --- recording -------------------------------------------------------------------------------------------

    def _keep_books(self, quarter: int) -> None:
        if self.keep_books:
            from simulation.deals.web import snapshot

            ledger = self._world[0]["ledger"]
            names = ("position", "paid", "received", "transacted", "revalued", "changed")
            books = {name: ledger[name].copy() for name in names}
            if quarter == 0:
                books["position"] = ledger["opening"].copy()
            self._books.append(books | snapshot(self._arguments[0][0], self._accounts))

    def _note_agents(self) -> None:
        """Key figures of named firms, for tables and figures."""
        self._firm_rows.extend(figures_of_agents(self._world[0], self.quarter))

    # --- reading ---------------------------------------------------------------------------------------------

    def label(self, quarter: int) -> str:
        """Calendar name of a simulated quarter, such as "2025Q1" for the first from 2024Q4; 0 is the opening."""
        year, number = int(self.vintage[:4]), int(self.vintage[5])
        count = year * 4 + number - 1 + quarter
        return f"{count // 4}Q{count % 4 + 1}"

    @property
    def column_names(self) -> list[str]:
        """Name of every column of the matrices by agent."""
        return [name for kind, _, _ in INSTITUTIONS for name in NAMES[kind]] + ["Firms"]

    @property
    def sector_names(self) -> list[str]:
        """Sector of every column."""
        return [kind for kind, _, number in INSTITUTIONS for _ in range(number)] + ["firms"]

    @property
    def kinds(self) -> dict[str, np.ndarray]:
        """Live structured arrays of all kinds of agents: writing to them writes the economy."""
        views = {kind: self._world[0][kind] for kind, _, _ in INSTITUTIONS}
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

    def event_columns(self) -> dict[str, Any]:
        """What happened, by column as `simulation.happenings.events_of_run` tells it."""
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
        """Label and scores of the run so far."""
        from simulation.outcome import outcome_of

        return outcome_of(self.series)

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

        Columns and units are those of `simulation.deals.web.Edge`; payments are the quarter's, the rest is at its end.
        """
        from simulation.deals.web import edges

        return edges(self._books_of(quarter), self.column_names)

    def dependence(self, quarter: int | None = None) -> pd.DataFrame:
        """Each seller's three largest customers in a quarter and their share of its AI revenue."""
        from simulation.deals.web import dependence

        return dependence(self.web(quarter))

    def importance(self, quarter: int | None = None) -> pd.DataFrame:
        """Agents by what is lost when each fails alone in a quarter: DebtRank and removal ranking, largest first."""
        from simulation.distress.importance import importance

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

    def __repr__(self) -> str:
        return (
            f"Economy({self.scenario.name}, vintage {self.vintage}, seed {self.seed}, {len(self._firms):,} firms, "
            f"quarter {self.quarter} of {self.quarters})"
        )
