"""The engine: an economy, its quarters, its history.

economy = Economy(Scenario.load("baseline"), seed=1)
economy.run()
economy.history[["real_gdp", "ai_capex", "coverage"]]
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulation import state_file
from simulation.agents.firms import FIRM
from simulation.books.audit import IDENTITIES, TOLERANCE, describe_breach
from simulation.dates import USUAL, VINTAGES
from simulation.disturbances.given import Disturbances
from simulation.disturbances.process import SLOTS, give, set_sizes
from simulation.errors import CircuitError
from simulation.event_log import Note, notable, note_of_quarter
from simulation.plan import DEFAULT_PLAN, RECORDING, Phase, PhaseFunction, check, default_plan, pass_quarter
from simulation.rule import COMPILED, live
from simulation.scenario import Scenario
from simulation.scenario.events import KEY_PLAYERS, AgentEvent
from simulation.scenario.faults import suggestion
from simulation.series import SERIES
from simulation.state import WORLD, accounts_of
from simulation.twins import AI, BOOM, check_can_be_left_out, scenario_without
from simulation.views import Readings, figures_of_agents
from simulation.vintages.finished import finished_opening
from simulation.vintages.opening import Opening

FEWEST_FIRMS, MOST_FIRMS = 10, 1_000_000
LONGEST = 400


_VIEWS = ("_accounts", "_arguments", "_now", "_levers", "_macro_twin")


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


class Economy(Readings):
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
        self.plan: list[Phase] = default_plan()
        self._macro_twin: tuple[int, Economy] | None = None  # and the quarter after which it differs
        self._scenarios = [(0, self.scenario)]  # under which it has run, each with the quarter after which it began
        self.profile: dict[str, float] | None = None
        levers = self._read_levers()
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
        if self.vintage not in VINTAGES:
            faults.append(f"vintage {self.vintage!r} is unknown: choose {' or '.join(VINTAGES)}")
        if self.scenario.dated and self.scenario.opening != self.vintage:
            faults.append(
                f"scenario {self.scenario.name}: gives quarters as dates, counted from {self.scenario.opening}: "
                f'load it with opening="{self.vintage}"'
            )
        if not FEWEST_FIRMS <= firms <= MOST_FIRMS:
            faults.append(f"firms = {firms} is not allowed: choose {FEWEST_FIRMS} to {MOST_FIRMS:,}")
        if quarters is not None and not 1 <= quarters <= LONGEST:
            faults.append(f"quarters = {quarters} is not allowed: choose 1 to {LONGEST}")
        if not 0 <= self.seed < 2**62:
            faults.append(f"seed = {self.seed} is not allowed: choose a whole number from 0 to 2^62")
        if faults:
            raise CircuitError(*faults)

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
        self._agents: list[dict[str, Any]] = []
        self._start: tuple[np.ndarray, np.ndarray] | None = None
        self._notes: list[Note] = []
        self._books: list[dict[str, np.ndarray]] = []
        self._keep_books(0)

    def _hold(self, world: np.ndarray, firms: np.ndarray) -> None:
        """Take arrays as one's own, with the views of them through which rules and records see them."""
        self._world, self._firms = world, firms
        self._accounts = accounts_of(world)
        self._arguments = (live(self._world), live(self._accounts), live(self._firms))
        self._now = _Views(world)

    # --- copying, saving -------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """All but the views, which a copy has of arrays of its own, and what can be made again."""
        state = {name: value for name, value in self.__dict__.items() if name not in _VIEWS}
        state["plan"] = None if tuple(self.plan) == DEFAULT_PLAN else self.plan
        for name in ("_world", "_firms"):
            state[name] = state[name].view(np.uint8)  # field by field takes ten times as long
        return state | {"layout": state_file.layout()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Stand where the copied economy stood. Raises CircuitError for a copy made by other records."""
        state_file.check_layout(state)
        self.__dict__.update({name: value for name, value in state.items() if name != "layout"})
        self.plan = state["plan"] or default_plan()
        self._macro_twin = None
        self._hold(self._world.view(WORLD), self._firms.view(FIRM))
        self._read_levers()

    def save(self, file: str | os.PathLike[str]) -> Economy:
        """Write all of the economy into a file, from which `Economy.load` goes on to the same numbers.

        Returns the economy. Raises CircuitError where the file cannot be written, and for a plan of one's own, since
        functions do not go into a file.
        """
        if tuple(self.plan) != DEFAULT_PLAN:
            raise CircuitError("the plan is your own: save under plan = default_plan() and set yours after loading")
        state_file.write(self.__getstate__(), file)
        return self

    @classmethod
    def load(cls, file: str | os.PathLike[str]) -> Economy:
        """The economy that was saved in a file. Raises CircuitError for a file that is damaged, no state of an economy
        or one of a version with other records."""
        economy = cls.__new__(cls)
        economy.__setstate__({"plan": None, "profile": None, **state_file.read(file)})
        return economy

    def fork(self, scenario: Scenario | None = None, quarters: int | None = None) -> Economy:
        """An economy that stands where this one does and goes its own way from here.

        Under `scenario`, if one is given: parameters in which it differs from this economy's, its shocks, policies and
        events take effect from the next quarter on; what is past stays. `quarters` is its horizon. Raises CircuitError
        for a horizon that is behind it or too far.
        """
        fork = copy.deepcopy(self)
        if quarters is not None:
            fork._move_horizon(quarters)
        if scenario is not None:
            fork._follow(scenario)
        return fork

    def twin(self, without: str, start: int = 0) -> Economy:
        """The same economy, seed and luck, without one thing from the quarter after `start` on (0 is the opening), in
        the quarter in which this one stands.

        What it can be without, see `simulation.twins.what_can_be_left_out`: "boom" (real AI investment stays at its
        level, AI shares carry no news: the macro twin), "ai" (an economy that never had it), any other switch, "deals",
        a shock by its lever, a policy, an agent to whom something happens. Raises CircuitError for anything else, for a
        quarter that has not been reached, and where the economy has been changed by hand since the opening.
        """
        check_can_be_left_out(self.scenario, without)
        if not 0 <= start <= self.quarter:
            raise CircuitError(f"start = {start} is not allowed: the economy has been simulated to {self.quarter}")
        if without != AI:
            return self._twin(without, start)
        if start > 0:
            raise CircuitError('an economy without AI never had it: leave start out, or choose "boom"')
        scenario = scenario_without(self.scenario, AI)
        size = len(self._firms)
        twin = Economy(scenario, self.seed, self.vintage, self.quarters, size, self.keep_books, self.disturbances)
        while twin.quarter < self.quarter:
            twin.step()
        return twin

    def _twin(self, without: str, start: int) -> Economy:
        """The twin that differs from `start` on, in this economy's quarter."""
        twin = self._another_at(start)
        twin._follow(scenario_without(twin.scenario, without))
        self._catch_up(twin, without)
        return twin

    def _catch_up(self, twin: Economy, without: str = "") -> None:
        """Bring an earlier economy to the quarter of this one, under the scenarios that this one has had."""
        coming = dict(self._scenarios)
        while twin.quarter < self.quarter:
            if twin.quarter > 0 and twin.quarter in coming:
                scenario = coming[twin.quarter]
                twin._follow(scenario_without(scenario, without) if without else scenario)
            twin.step()

    def _another_at(self, quarter: int) -> Economy:
        """The same, sharing nothing with this economy that either changes."""
        found = self._at(quarter)
        return copy.deepcopy(self) if found is self else found

    def _at(self, quarter: int) -> Economy:
        """This economy as it stood at the end of a quarter, run again from its opening."""
        if quarter == self.quarter or self._start is None:
            return self
        again = copy.copy(self)
        again.plan, again.profile = list(self.plan), None
        again._hold(*(array.copy().view(form) for array, form in zip(self._start, (WORLD, FIRM), strict=True)))
        again._forget()
        again._follow(self._scenarios[0][1])
        target = copy.copy(self)
        target.quarter = quarter
        target._catch_up(again)
        if not np.array_equal(again._series[:quarter], self._series[:quarter]):
            raise CircuitError("the economy has been changed by hand since its opening: fork it where you changed it")
        return again

    @property
    def macro_twin(self) -> Economy:
        """The economy in which real AI investment stays at its level of the opening and AI shares carry no news, in the
        same quarter: what damage and gain are measured against. Without AI or boom, the economy itself."""
        return self.macro_twin_from(0)

    def macro_twin_from(self, start: int) -> Economy:
        """The macro twin whose boom stops after `start` quarters."""
        parameters = self._world[0]["parameters"]
        if parameters["ai"] < 0.5 or parameters["boom"] < 0.5:
            return self
        if self._macro_twin is None or self._macro_twin[0] != start or self._macro_twin[1].quarter > self.quarter:
            twin = self._another_at(start)
            twin._follow(scenario_without(twin.scenario, BOOM))
            twin.keep_books = False
            self._macro_twin = start, twin
        self._catch_up(self._macro_twin[1], BOOM)
        return self._macro_twin[1]

    def _move_horizon(self, quarters: int) -> None:
        if not max(self.quarter, 1) <= quarters <= LONGEST:
            raise CircuitError(
                f"quarters = {quarters} is not allowed: the economy stands in quarter {self.quarter}, "
                f"choose {max(self.quarter, 1)} to {LONGEST}"
            )
        self.quarters = int(quarters)
        for name in ("_series", "_residuals", "_innovations", "_owners"):
            before = getattr(self, name)
            longer = np.zeros((self.quarters, *before.shape[1:]))
            longer[: self.quarter] = before[: self.quarter]
            setattr(self, name, longer)
        self._read_levers()

    def _follow(self, scenario: Scenario) -> None:
        """Go on under another scenario. Events that `fail` has added to the one before stay."""
        added = [event for events in self._events_due.values() for event in events]
        added = [event for event in added if event not in self.scenario.events]
        for name, value in scenario.parameters_other_than_in(self.scenario).items():
            self._world[0]["parameters"][name] = value
        set_sizes(self._world[0]["luck"], self._world[0]["parameters"])
        self.scenario = scenario
        self._scenarios = [*(past for past in self._scenarios if past[0] < self.quarter), (self.quarter, scenario)]
        self._read_levers()
        self._events_due = {}
        for event in (*scenario.events, *added):
            self._events_due.setdefault(event.quarter, []).append(event)

    # --- running ---------------------------------------------------------------------------------------------

    def run(self) -> Economy:
        """Run to the horizon. Returns the economy, so that calls can be chained."""
        while self.quarter < self.quarters:
            self.step()
        return self

    def count_uplift_from_here(self) -> None:
        """What own use brings counts from this quarter on: compute that is in use today is old."""
        owners = [self.kinds[kind]["own_use"] for kind in ("clouds", "other_buyers")]
        self.state[0][0]["market"]["old_use"][:] = np.concatenate(owners)

    def step(self) -> None:
        """One quarter: every line of the plan, the audit, the record. Raises Breach if the books do not add up."""
        if self.quarter >= self.quarters:
            raise CircuitError(f"the economy has reached its horizon of {self.quarters} quarters: build one with more")
        if self.quarter == 0:
            self._start = self._world.view(np.uint8).copy(), self._firms.view(np.uint8).copy()
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
        self._owners[self.quarter - 1] = self._now.owners
        self._innovations[self.quarter - 1] = self._now.innovations
        self._notes.append(note_of_quarter(self._now.notable))
        if self.keep_books:
            self._keep_books(self.quarter)
            self._note_agents()

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
            try:
                step(*self._arguments)
            except IndexError:
                name = getattr(step, "__name__", step)
                raise CircuitError(f"{name}, in {phase}: reads or writes past the end of an array") from None
        if self.profile is not None:
            self.profile[phase] = self.profile.get(phase, 0.0) + time.perf_counter() - start

    # --- recording -------------------------------------------------------------------------------------------

    def _keep_books(self, quarter: int) -> None:
        if self.keep_books:
            from simulation.measurement.web import snapshot

            ledger = self._world[0]["ledger"]
            names = ("position", "paid", "received", "transacted", "revalued", "changed")
            books = {name: ledger[name].copy() for name in names}
            if quarter == 0:
                books["position"] = ledger["opening"].copy()
            self._books.append(books | snapshot(self._arguments[0][0], self._accounts))

    def _note_agents(self) -> None:
        """Key figures of named firms, for tables and figures."""
        self._firm_rows.extend(figures_of_agents(self._world[0], self.quarter))

    def __repr__(self) -> str:
        return (
            f"Economy({self.scenario.name}, vintage {self.vintage}, seed {self.seed}, {len(self._firms):,} firms, "
            f"quarter {self.quarter} of {self.quarters})"
        )
