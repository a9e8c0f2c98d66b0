"""A scenario: the parameters, shocks and policies under which an economy runs. It knows no state."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy.typing as npt

from simulation.dates import USUAL
from simulation.errors import CircuitError
from simulation.scenario import files, reading
from simulation.scenario.events import AgentEvent
from simulation.scenario.input_errors import InputErrors, parameter_error, range_error
from simulation.scenario.parameters import PARAMETERS, SWITCH_NAMES, record
from simulation.scenario.paths import LONGEST_HORIZON, Path, Policy, lever_table, note_combination_errors


class Listing(NamedTuple):
    """A shipped scenario or policy as lists show it."""

    name: str
    title: str
    meaning: str


@dataclass(frozen=True)
class Scenario:
    """Everything an analyst chooses about an economy. Immutable, hashable, equal when its parts are equal.

    `overrides` holds the parameters that differ from their defaults by choice, as sorted (name, value) pairs. Where a
    file gave quarters as dates (`dated`), they were counted from `opening`, and an economy that opens at another date
    refuses the scenario.
    Begin with `Scenario.load` and derive copies with the `with_` methods; each checks what it is given and
    raises CircuitError with every error.
    """

    name: str = "baseline"
    title: str = ""
    meaning: str = ""
    overrides: tuple[tuple[str, float], ...] = ()
    shocks: tuple[Path, ...] = ()
    policies: tuple[Policy, ...] = ()
    events: tuple[AgentEvent, ...] = ()
    opening: str = field(default=USUAL, compare=False)
    dated: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        errors = InputErrors(self.name)
        note_combination_errors(errors, self.paths)
        errors.raise_if_any()

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str], opening: str = USUAL) -> Scenario:
        """The scenario of a shipped name, of a name in the current folder, or in a TOML file.

        Quarters that the file gives as dates ("2026Q3") are counted from `opening`."""
        file = files.find("scenario", name_or_path)
        return scenario_from_table(files.read_toml(file), file.stem.lower(), files.plain(file), opening)

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters this scenario sets, by name."""
        return dict(self.overrides)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All lever paths: of the shocks, then of the policies."""
        return self.shocks + tuple(path for policy in self.policies for path in policy.paths)

    def with_parameters(self, **values: float | bool) -> Scenario:
        """A copy with these parameters set; every other one stays as it is."""
        errors = InputErrors()
        for name, value in values.items():
            if name not in PARAMETERS:
                errors.unknown("", "parameter", name, PARAMETERS)
            elif error := parameter_error(PARAMETERS[name], value):
                errors.add(name, error)
        errors.raise_if_any()
        chosen = self.parameters | {name: float(value) + 0.0 for name, value in values.items()}
        return replace(self, overrides=tuple(sorted(chosen.items())))

    def over(self, values: Mapping[str, float]) -> Scenario:
        """A copy with parameters of another scenario, or drawn from their prior, where this one sets none."""
        return replace(self, overrides=tuple(sorted({**values, **self.parameters}.items())))

    def with_switches(self, **on: bool) -> Scenario:
        """A copy with mechanisms turned on or off, as in `with_switches(withdrawal=False)`."""
        errors = InputErrors()
        for name in on:
            if name not in SWITCH_NAMES:
                errors.unknown("", "switch", name, SWITCH_NAMES)
        errors.raise_if_any()
        return self.with_parameters(**on)

    def with_shocks(self, *shocks: Path) -> Scenario:
        """A copy in which these shocks happen too."""
        return replace(self, shocks=self.shocks + shocks)

    def with_events(self, *events: AgentEvent) -> Scenario:
        """A copy in which these events befall named agents too."""
        return replace(self, events=self.events + events)

    def with_policy(self, policy: str | os.PathLike[str] | Policy, start: int | None = None) -> Scenario:
        """A copy with a policy (shipped name, TOML file or Policy) added, moved to `start` if given."""
        added = policy if isinstance(policy, Policy) else load_policy(policy, self.opening)
        if added.name in {present.name for present in self.policies}:
            raise CircuitError(f"policy {added.name} is part of the scenario already: a policy is applied once")
        policies = (*self.policies, added if start is None else added.starting(start))
        return replace(self, policies=policies, dated=self.dated or (added.dated and start is None))

    def parameter_values(self) -> dict[str, float]:
        """Every parameter of the economy by name: what the scenario sets, defaults elsewhere."""
        return {name: parameter.default for name, parameter in PARAMETERS.items()} | self.parameters

    def parameters_other_than_in(self, other: Scenario) -> dict[str, float]:
        """Parameters that have another value here than in another scenario, with their value here."""
        mine, theirs = self.parameters, other.parameters
        values = {name: mine.get(name, PARAMETERS[name].default) for name in mine.keys() | theirs.keys()}
        return {name: value for name, value in values.items() if value != theirs.get(name, PARAMETERS[name].default)}

    def __deepcopy__(self, memo: dict[int, Any]) -> Scenario:
        return self  # nothing of it can change

    def parameter_record(self) -> npt.NDArray[Any]:
        """The same as a structured array of PARAMETER_DTYPE, shape 1, as the compiled rules read it."""
        return record(self.parameters)

    def lever_table(self, quarters: int) -> npt.NDArray[Any]:
        """Every lever in quarters 0 to `quarters`: LEVER_DTYPE, shape quarters + 1; row 0 is neutral."""
        if error := range_error(quarters, 1, LONGEST_HORIZON, whole=True):
            raise CircuitError(f"quarters {error}")
        return lever_table(self.paths, int(quarters))

    def canonical(self) -> dict[str, Any]:
        """All that can change a run, in one order and spelling; names and titles cannot."""
        values = {name: float(value) for name, value in sorted(self.parameter_values().items())}
        ordered = sorted(self.paths, key=lambda path: path.key)
        events = [vars(event) for event in sorted(self.events, key=lambda event: event.key)]
        return {"parameters": values, "paths": [vars(path) for path in ordered], "events": events}

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical scenario: equal on every machine for scenarios that run alike."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def load_policy(name_or_path: str | os.PathLike[str], opening: str = USUAL) -> Policy:
    """The policy of a shipped name, of a name in the current folder, or in a TOML file; dates count from `opening`."""
    file = files.find("policy", name_or_path)
    return policy_from_table(files.read_toml(file), file.stem.lower(), files.plain(file), opening)


def scenario_from_table(table: Mapping[str, Any], name: str, where: str = "", opening: str = USUAL) -> Scenario:
    """A scenario from parsed TOML. Raises CircuitError with every error; `where` opens each line."""
    errors = InputErrors(where)
    title, meaning = _read_head(errors, table, name, ("title", "meaning", "parameters", "shock", "event"))
    values = reading.read_parameters(errors, table.get("parameters", {}))
    shocks = reading.read_paths(errors, "shock", table.get("shock", []), opening)
    events = reading.read_events(errors, table.get("event", []), opening)
    note_combination_errors(errors, shocks)
    errors.raise_if_any()
    dated = reading.has_dates(table.get("shock"), table.get("event"))
    return Scenario(name, title, meaning, tuple(sorted(values.items())), shocks, (), events, opening, dated)


def policy_from_table(table: Mapping[str, Any], name: str, where: str = "", opening: str = USUAL) -> Policy:
    """A policy from parsed TOML. Raises CircuitError with every error; `where` opens each line."""
    errors = InputErrors(where)
    title, meaning = _read_head(errors, table, name, ("title", "meaning", "policy"))
    paths = reading.read_paths(errors, "policy", table.get("policy", []), opening)
    if not table.get("policy"):
        errors.add("policy", "is missing: a policy moves at least one lever, each in a [[policy]] table")
    note_combination_errors(errors, paths)
    errors.raise_if_any()
    return Policy(name, title, meaning, paths, reading.has_dates(table.get("policy")))


def _read_head(errors: InputErrors, table: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> tuple[str, str]:
    reading.check_name(errors, name)
    reading.check_keys(errors, table, keys)
    title = reading.read_text(errors, table, "title", name.replace("-", " ").capitalize())
    return title, reading.read_text(errors, table, "meaning", "")


def available_scenarios() -> tuple[Listing, ...]:
    """Name, title and meaning of every shipped scenario."""
    loaded = [
        Scenario.load(files.shipped_folder("scenario") / f"{name}.toml") for name in files.shipped_names("scenario")
    ]
    return tuple(Listing(scenario.name, scenario.title, scenario.meaning) for scenario in loaded)


def available_policies() -> tuple[Listing, ...]:
    """Name, title and meaning of every shipped policy."""
    loaded = [load_policy(files.shipped_folder("policy") / f"{name}.toml") for name in files.shipped_names("policy")]
    return tuple(Listing(policy.name, policy.title, policy.meaning) for policy in loaded)
