"""How an economy goes on elsewhere: as a copy, from a file, under another scenario, as its own twin."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from simulation import state_file
from simulation.agents.firms import FIRM
from simulation.disturbances.process import set_sizes
from simulation.errors import CircuitError
from simulation.plan import DEFAULT_PLAN, Phase, default_plan
from simulation.scenario import Scenario
from simulation.scenario.parameters import AT_OPENING
from simulation.state import WORLD
from simulation.twins import AI, BOOM, check_can_be_left_out, scenario_without
from simulation.views import Readings

if TYPE_CHECKING:
    from simulation.disturbances.given import Disturbances
    from simulation.scenario.events import AgentEvent

LONGEST = 400  # quarters
_VIEWS = ("_accounts", "_arguments", "_now", "_levers", "_macro_twin")
_RECORDED = ("_notes", "_books", "_firm_rows")
"""Lists that grow by what never changes afterwards."""


class Continuing(Readings):
    """The part of an economy that makes others of it."""

    keep_books: bool
    disturbances: Disturbances | None
    plan: list[Phase]
    profile: dict[str, float] | None
    step: Callable[[], None]
    _hold: Callable[[np.ndarray, np.ndarray], None]
    _forget: Callable[[], None]
    _read_levers: Callable[[], np.ndarray]
    _events_due: dict[int, list[AgentEvent]]
    _scenarios: list[tuple[int, Scenario]]
    _begun: list[tuple[int, int]]
    _start: tuple[np.ndarray, np.ndarray] | None
    _macro_twin: tuple[int, Self] | None  # and the quarter after which it differs

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

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy that shares what never changes: the opening, and what has been recorded."""
        state = self.__getstate__()
        shared = {"_start": state.pop("_start")} | {name: list(state.pop(name)) for name in _RECORDED}
        copied = {
            name: value.copy() if type(value) is np.ndarray else copy.deepcopy(value, memo)
            for name, value in state.items()
        }
        twin = type(self).__new__(type(self))
        twin.__setstate__(copied | shared)
        return twin

    def save(self, file: str | os.PathLike[str]) -> Self:
        """Write all of the economy into a file, from which `Economy.load` goes on to the same numbers.

        Returns the economy. Raises CircuitError where the file cannot be written, and for a plan of one's own, since
        functions do not go into a file."""
        if tuple(self.plan) != DEFAULT_PLAN:
            raise CircuitError("the plan is your own: save under plan = default_plan() and set yours after loading")
        self._check_is_diagnosed()
        state_file.write(self.__getstate__(), file)
        return self

    @classmethod
    def load(cls, file: str | os.PathLike[str]) -> Self:
        """The economy that was saved in a file. Raises CircuitError for a file that is damaged, no state of an economy
        or one of a version with other records."""
        economy = cls.__new__(cls)
        economy.__setstate__({"plan": None, "profile": None, **state_file.read(file)})
        return economy

    def fork(self, scenario: Scenario | None = None, quarters: int | None = None) -> Self:
        """An economy that stands where this one does and goes its own way from here.

        Under `scenario`, if one is given: parameters in which it differs from this economy's, its shocks, policies and
        events take effect from the next quarter on; what is past stays. `quarters` is its horizon. Raises CircuitError
        for a horizon that is behind it or too far, and for a parameter that only an opening reads."""
        fork = copy.deepcopy(self)
        if quarters is not None:
            fork._move_horizon(quarters)
        if scenario is not None:
            fork._follow(scenario)
        return fork

    def twin(self, without: str, start: int = 0) -> Self:
        """The same economy, seed and luck, without one thing from the quarter after `start` on (0 is the opening), in
        the quarter in which this one stands.

        What it can be without, see `simulation.twins.what_can_be_left_out`: "boom" (real AI investment stays at its
        level, AI shares carry no news: the macro twin), "ai" (an economy that never had it), any other switch, "deals",
        a shock by its lever, a policy, an agent to whom something happens. Raises CircuitError for anything else, for a
        quarter that has not been reached, and where the economy has been changed by hand since the opening."""
        check_can_be_left_out(self.scenario, without)
        if not 0 <= start <= self.quarter:
            raise CircuitError(f"start = {start} is not allowed: the economy has been simulated to {self.quarter}")
        if without != AI:
            return self._twin(without, start)
        if start > 0:
            raise CircuitError('an economy without AI never had it: leave start out, or choose "boom"')
        scenario = scenario_without(self.scenario, AI)
        size = len(self._firms)
        make: type[Any] = type(self)
        twin: Self = make(scenario, self.seed, self.vintage, self.quarters, size, self.keep_books, self.disturbances)
        twin._begun = self._begun
        while twin.quarter < self.quarter:
            twin.step()
        return twin

    def _twin(self, without: str, start: int) -> Self:
        """The twin that differs from `start` on, in this economy's quarter."""
        twin = self._another_at(start)
        twin._follow(scenario_without(twin.scenario, without))
        self._catch_up(twin, without)
        return twin

    def _catch_up(self, twin: Self, without: str = "") -> None:
        """Bring an earlier economy to the quarter of this one, under the scenarios that this one has had."""
        coming = dict(self._scenarios)
        while twin.quarter < self.quarter:
            if twin.quarter > 0 and twin.quarter in coming:
                scenario = coming[twin.quarter]
                twin._follow(scenario_without(scenario, without) if without else scenario)
            twin.step()

    def _another_at(self, quarter: int) -> Self:
        """The same, sharing nothing with this economy that either changes."""
        found = self._at(quarter)
        return copy.deepcopy(self) if found is self else found

    def _at(self, quarter: int) -> Self:
        """This economy as it stood at the end of a quarter, run again from its opening."""
        if quarter == self.quarter or self._start is None:
            return self
        self._check_is_diagnosed()
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
    def macro_twin(self) -> Self:
        """The economy in which real AI investment stays at its level of the opening and AI shares carry no news, in the
        same quarter: what damage and gain are measured against. Without AI or boom, the economy itself."""
        return self.macro_twin_from(0)

    def macro_twin_from(self, start: int) -> Self:
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
        others = scenario.parameters_other_than_in(self.scenario)
        if too_late := sorted(AT_OPENING & {*others}):
            raise CircuitError(
                f"{', '.join(too_late)}: read as an economy opens, so that a change would do nothing later; open one "
                "with it"
            )
        for name, value in others.items():
            self._world[0]["parameters"][name] = value
        set_sizes(self._world[0]["luck"], self._world[0]["parameters"])
        self.scenario = scenario
        self._scenarios = [*(past for past in self._scenarios if past[0] < self.quarter), (self.quarter, scenario)]
        self._read_levers()
        self._events_due = {}
        for event in (*scenario.events, *added):
            self._events_due.setdefault(event.quarter, []).append(event)
