"""A run: an economy opens, passes quarter after quarter, and keeps what each has brought.

economy = Economy(Scenario.load("baseline"), seed=1)
economy.run()
economy.history[["real_gdp", "ai_capex", "coverage"]]
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from simulation.books.breach import describe_breach
from simulation.books.identities import IDENTITIES, TOLERANCE
from simulation.continuing import LONGEST, Continuing
from simulation.dates import USUAL, VINTAGES
from simulation.disturbances.given import Disturbances
from simulation.disturbances.process import SLOTS, give
from simulation.errors import CircuitError
from simulation.event_log import Note, notable, note_of_quarter
from simulation.plan import (
    DEFAULT_PLAN,
    RECORDING,
    PhaseFunction,
    check,
    close_quarter,
    close_undiagnosed,
    default_plan,
    pass_quarter,
)
from simulation.rule import COMPILED, live
from simulation.scenario import Scenario
from simulation.scenario.events import KEY_PLAYERS, AgentEvent
from simulation.scenario.input_errors import suggestion
from simulation.series import SERIES
from simulation.state import accounts_of
from simulation.views import figures_of_agents
from simulation.vintages.finished import finished_opening
from simulation.vintages.opening import Opening

FEWEST_FIRMS, MOST_FIRMS = 10, 1_000_000
UNDIAGNOSED = {
    "market": ("circular", "circular_own"),
    "series": ("debt_rank_actor", "debt_rank_largest", "debt_rank_sector"),
}
"""What diagnostics find, by table of the state."""


class _Views:
    """What passes between a quarter and its record, as plain arrays: assigning records field by field takes longer."""

    def __init__(self, world: np.ndarray) -> None:
        self.levers, self.levers_before, self.series = (
            world[name].view(np.float64) for name in ("levers", "levers_before", "series")
        )
        self.residual = world["ledger"]["residual"][0]
        self.owners = world["market"]["owner_flows"][0]
        self.worst_residual = world["series"]["worst_residual"]
        self.innovations = world["luck"]["innovation"][0]
        self.notable = notable(world)


class Economy(Continuing):
    """An economy under one scenario and one seed.

    `vintage` is the dated opening (one of `simulation.dates.VINTAGES`), `quarters` the horizon (the vintage's by
    default), `firms` the number of ordinary firms (10 to 1,000,000). `keep_books` keeps both matrices of every quarter;
    batches leave it off. `disturbances` gives innovations of the luck of firms and markets; what it leaves open is
    drawn.
    Raises CircuitError for input outside these, and Breach when an identity of the accounts does not hold.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        seed: int = 1,
        vintage: str = USUAL,
        quarters: int | None = None,
        firms: int = 1000,
        keep_books: bool = True,
        disturbances: Disturbances | None = None,
    ) -> None:
        self.scenario = scenario if scenario is not None else Scenario.load("baseline")
        self.seed = int(seed)
        self.vintage = vintage
        self._check(quarters, firms)
        self.quarters = int(quarters) if quarters is not None else VINTAGES[vintage].horizon
        self.keep_books = keep_books
        self.disturbances = disturbances
        self.plan = default_plan()
        self._macro_twin = None
        self._scenarios = [(0, self.scenario)]  # under which it has run, each with the quarter after which it began
        self._begun: list[tuple[int, int]] = []  # quarters after which it began anew, each with the seed from there on
        self.profile: dict[str, float] | None = None
        levers = self._read_levers()
        parameters = self.scenario.parameter_record()
        self._events_due = {}
        self._adopt(finished_opening(vintage, parameters, levers[:1], self.seed, int(firms)))
        for event in self.scenario.events:
            self._events_due.setdefault(event.quarter, []).append(event)

    def run(self) -> Economy:
        """Run to the horizon. Returns the economy, so that calls can be chained."""
        while self.quarter < self.quarters:
            self.step()
        return self

    def step(self) -> None:
        """One quarter: every line of the plan, the audit, the record. Raises Breach if the books do not add up."""
        if self.quarter >= self.quarters:
            raise CircuitError(f"the economy has reached its horizon of {self.quarters} quarters: build one with more")
        self._begin_quarter()
        self.quarter += 1
        if COMPILED:
            self._pass()
        else:
            with np.errstate(over="ignore"):
                self._pass()
        self._check_books()
        self._record()

    def _begin_quarter(self) -> None:
        """Levers, events and luck of the coming quarter."""
        if self.quarter == 0:
            self._start = self._world.view(np.uint8).copy(), self._firms.view(np.uint8).copy()
        self._now.levers_before[:] = self._now.levers
        self._now.levers[:] = self._levers[min(self.quarter + 1, len(self._levers) - 1)]
        self._announce(self._world[0]["debtors"])
        for quarter, seed in self._begun:
            if quarter == self.quarter:
                self._begin_anew(seed)
        if self.disturbances is not None:
            give(self._world[0]["luck"], self.disturbances.row(self.quarter + 1))

    def _check_books(self) -> None:
        residuals = self._residuals[self.quarter - 1]
        residuals[:] = self._now.residual
        worst = residuals.max()
        if not worst <= TOLERANCE:
            raise describe_breach(self._world[0]["ledger"], self.column_names, self.label(self.quarter))
        self._now.worst_residual[:] = worst

    def _record(self) -> None:
        """What is kept of the quarter: series, events, and, if wanted, books and figures of named firms."""
        self._series[self.quarter - 1] = self._now.series
        self._owners[self.quarter - 1] = self._now.owners
        self._innovations[self.quarter - 1] = self._now.innovations
        if self._is_diagnosed:
            self._notes.append(note_of_quarter(self._now.notable))
        if self.keep_books:
            self._keep_books(self.quarter)
            self._firm_rows.extend(figures_of_agents(self._world[0], self.quarter))

    def _announce(self, debtors: np.ndarray) -> None:
        """Tell the rules what befalls named agents in the coming quarter."""
        debtors["spared"] = 0.0
        for event in self._events_due.get(self.quarter + 1, []):
            debtor = debtors[self.column_names.index(event.agent)]
            if event.kind == "failure":
                debtor["forced"] = 1.0
            elif event.kind == "support":
                debtor["spared"] = 1.0
            elif event.kind == "fine":
                debtor["fine"] += event.size or 0.0
            else:
                debtor["scandal"] = 1.0 - (1.0 - debtor["scandal"]) * (1.0 - (event.size or 0.0))

    def _pass(self) -> None:
        """Pass a quarter: at once, or line by line where the plan is another or its time is taken."""
        if self.profile is None and tuple(self.plan) == DEFAULT_PLAN:
            pass_quarter(*self._arguments)
            (close_quarter if self._is_diagnosed else close_undiagnosed)(*self._arguments)
            return
        for phase in self.plan:
            self._run_steps(phase.name, phase.steps)
        self._run_steps("audit", (check, *RECORDING))

    def _run_steps(self, phase: str, steps: Sequence[PhaseFunction]) -> None:
        start = time.perf_counter()
        for step in steps:
            try:
                step(*self._arguments)
            except IndexError:
                name = getattr(step, "__name__", step)
                raise CircuitError(f"{name}, in {phase}: reads or writes past the end of an array") from None
        if self.profile is not None:
            self.profile[phase] = self.profile.get(phase, 0.0) + time.perf_counter() - start

    def _keep_books(self, quarter: int) -> None:
        if self.keep_books:
            from simulation.measurement.web import snapshot

            ledger = self._world[0]["ledger"]
            names = ("position", "paid", "received", "transacted", "revalued", "changed")
            books = {name: ledger[name].copy() for name in names}
            if quarter == 0:
                books["position"] = ledger["opening"].copy()
            self._books.append(books | snapshot(self._arguments[0][0], self._accounts))

    def fail(self, agent: str, quarter: int) -> Economy:
        """Make one chip maker, cloud, lab or other buyer fail when payments are settled in a quarter (the first is 1).

        Returns the economy, so that calls can be chained. Raises CircuitError for another agent or quarter."""
        if agent not in KEY_PLAYERS:
            raise CircuitError(f"{agent!r} cannot be made to fail: {suggestion(agent, KEY_PLAYERS)}")
        if not self.quarter < quarter <= self.quarters:
            raise CircuitError(f"quarter = {quarter} is not allowed: choose {self.quarter + 1} to {self.quarters}")
        self._events_due.setdefault(quarter, []).append(AgentEvent(agent, "failure", quarter))
        return self

    def begin_here(self, seed: int | None = None) -> None:
        """From the coming quarter on count what own use brings: compute that is in use today is old. With a seed, luck
        is another from then on. So it is in all twins and copies."""
        found = int(self._world[0]["seed"]) if seed is None else seed
        self._begun = [*self._begun, (self.quarter, found)]

    def leave_undiagnosed(self) -> Economy:
        """From the coming quarter on leave out what no rule reads: AI money is not traced to its sources, DebtRank is
        not reckoned, and no events are noted; series of the first two are not-a-number. All else is the same to the
        byte, and audited.

        For a quick look: such an economy tells no events, is not saved and has no twin that differs in its past. A plan
        of one's own is passed as it is. Returns the economy."""
        self._is_diagnosed = False
        world = self._world[0]
        for table, names in UNDIAGNOSED.items():
            for name in names:
                world[table][name] = np.nan
        return self

    def _begin_anew(self, seed: int) -> None:
        owners = [self.kinds[kind]["own_use"] for kind in ("clouds", "other_buyers")]
        self._world[0]["market"]["old_use"][:] = np.concatenate(owners)
        self._world[0]["seed"] = seed

    def _check(self, quarters: int | None, firms: int) -> None:
        errors = []
        if self.vintage not in VINTAGES:
            errors.append(f"vintage {self.vintage!r} is unknown: choose {' or '.join(VINTAGES)}")
        if self.scenario.dated and self.scenario.opening != self.vintage:
            errors.append(
                f"scenario {self.scenario.name}: gives quarters as dates, counted from {self.scenario.opening}: "
                f'load it with opening="{self.vintage}"'
            )
        if not FEWEST_FIRMS <= firms <= MOST_FIRMS:
            errors.append(f"firms = {firms} is not allowed: choose {FEWEST_FIRMS} to {MOST_FIRMS:,}")
        if quarters is not None and not 1 <= quarters <= LONGEST:
            errors.append(f"quarters = {quarters} is not allowed: choose 1 to {LONGEST}")
        if not 0 <= self.seed < 2**62:
            errors.append(f"seed = {self.seed} is not allowed: choose a whole number from 0 to 2^62")
        if errors:
            raise CircuitError(*errors)

    def _read_levers(self) -> np.ndarray:
        """The levers of the scenario by quarter; the last row holds from the horizon on."""
        levers = self.scenario.lever_table(self.quarters)
        self._levers = levers.view(np.float64).reshape(len(levers), -1)
        return levers

    def _adopt(self, opening: Opening) -> None:
        self.residuals_of_opening = dict(opening.residuals)
        self._hold(opening.world, opening.firms)
        self._forget()

    def _forget(self) -> None:
        """Stand at the opening with nothing recorded yet."""
        self.quarter = 0
        self._macro_twin = None
        self._series = np.zeros((self.quarters, len(SERIES)))
        self._residuals = np.zeros((self.quarters, len(IDENTITIES)))
        self._owners = np.zeros((self.quarters, *self._now.owners.shape))
        self._innovations = np.zeros((self.quarters, len(SLOTS)))
        self._firm_rows: list[tuple[int, str, str, float]] = []
        self._start = None
        self._notes: list[Note] = []
        self._books: list[dict[str, np.ndarray]] = []
        self._keep_books(0)

    def _hold(self, world: np.ndarray, firms: np.ndarray) -> None:
        """Take arrays as one's own, with the views of them through which rules and records see them."""
        self._world, self._firms = world, firms
        self._accounts = accounts_of(world)
        self._arguments = (live(self._world), live(self._accounts), live(self._firms))
        self._now = _Views(world)

    def __repr__(self) -> str:
        return (
            f"Economy({self.scenario.name}, vintage {self.vintage}, seed {self.seed}, {len(self._firms):,} firms, "
            f"quarter {self.quarter} of {self.quarters})"
        )
