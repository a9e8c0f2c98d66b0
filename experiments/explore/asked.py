"""What a reader asks: a scenario, its policies, and what is changed about it. It is a query of an address and back.

Everything the page can show is in the query, so that an address is the whole state: it can be kept, sent and opened."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from simulation.dates import USUAL, VINTAGES
from simulation.errors import CircuitError

from ..study.schema import Arm, Plan, Study, line_up, parse_study

if TYPE_CHECKING:
    from simulation import Scenario
    from simulation.scenario import Path

Read = Callable[[str, str, list[str]], Any]
"""Reads the value of a key; what is wrong with it is added to the errors."""

WITHOUT, WITH = "without", "with"
SET, LEVER = "set.", "lever."
OPENINGS = (*sorted(VINTAGES, reverse=True), "now")
AGAINST = ("baseline", "scenario")
MOST_RUNS = 1000
LATEST_START = 40
ON, OFF = "on", "off"
SHOWING = ("seed", "quarter", "agent", "series", "view")
"""Keys that say what to look at; they change no run."""
MOST_SEEDS = 2**31


@dataclass(frozen=True)
class Asked:
    """A reader's state. `parameters` and `levers` are changes by name; levers move in quarter `start` and stay there.

    `against` is what the runs are paired with: "baseline", or "scenario", the same one without what is changed about
    it. With `prior`, what nobody knows is drawn by seed, the same in both runs of a pair.
    """

    scenario: str = "baseline"
    policies: tuple[str, ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()
    levers: tuple[tuple[str, float], ...] = ()
    start: int = 5
    vintage: str = USUAL
    prior: bool = True
    runs: int = 100
    against: str = "baseline"

    @classmethod
    def of_query(cls, query: str) -> Asked:
        """The state that a query means. Raises `CircuitError` with every error."""
        errors: list[str] = []
        found: dict[str, Any] = {"policies": (), SET: {}, LEVER: {}}
        for key, value in parse_qsl(query.removeprefix("?")):
            prefix = next((prefix for prefix in (SET, LEVER) if key.startswith(prefix)), None)
            if prefix:
                found[prefix][key.removeprefix(prefix)] = _number(key, value, errors)
            elif key == "policy":
                found["policies"] = tuple(dict.fromkeys([*found["policies"], _name(key, value, errors)]))
            elif key in _READERS:
                field, read = _READERS[key]
                found[field] = read(key, value, errors)
            elif key not in SHOWING:
                errors.append(f"{ascii(key)[:40]} is no part of an address of this page")
        if errors:
            raise CircuitError(*errors)
        found |= {field: tuple(sorted(found.pop(key).items())) for key, field in _CHANGES.items()}
        return cls(**found)

    @property
    def query(self) -> str:
        """The state as a query; what is at its default is left out."""
        usual = Asked()
        pairs: list[tuple[str, str]] = []
        if self.scenario != usual.scenario:
            pairs.append(("scenario", self.scenario))
        pairs += [("policy", name) for name in self.policies]
        pairs += [(f"{SET}{name}", f"{value:.12g}") for name, value in self.parameters]
        pairs += [(f"{LEVER}{name}", f"{value:.12g}") for name, value in self.levers]
        others = {"from": (self.start, usual.start), "vintage": (self.vintage, usual.vintage)}
        others |= {"runs": (self.runs, usual.runs), "against": (self.against, usual.against)}
        pairs += [(key, str(value)) for key, (value, default) in others.items() if value != default]
        return urlencode([*pairs, *([] if self.prior else [("prior", OFF)])])

    @cached_property
    def reference(self) -> Scenario:
        """What the runs are paired with: one whole economy, none of the changes."""
        from simulation import Scenario

        return Scenario.load(self.scenario if self.against == "scenario" else "baseline")

    @cached_property
    def changed(self) -> Scenario:
        """The scenario with all that is changed about it. Raises `CircuitError` with what is not allowed."""
        from simulation import Scenario
        from simulation.scenario import Path

        scenario = Scenario.load(self.scenario).with_parameters(**dict(self.parameters))
        scenario = scenario.with_shocks(*(Path(name, self.start, size) for name, size in self.levers))
        for policy in self.policies:
            scenario = scenario.with_policy(policy)
        return scenario

    @cached_property
    def plan(self) -> Plan:
        """The pairs of runs, seed by seed: the run without the changes, then the one with them."""
        content = {"vintage": self.vintage, "runs": self.runs, "prior": self.prior}
        study: Study = parse_study({"title": "explore", **content}, "")
        arms = [Arm(WITHOUT, self.reference.name), Arm(WITH, self.changed.name, reference=WITHOUT)]
        return line_up(study, arms, {WITHOUT: self.reference, WITH: self.changed})

    @cached_property
    def run_ids(self) -> list[tuple[int, str, str]]:
        """Seed by seed, the identities of the run without the changes and of the one with them."""
        specs = self.plan.specs
        pairs = [(specs.of(rank, 0), specs.of(rank, 1)) for rank in range(self.runs)]
        return [(without.seed, without.run_id, changed.run_id) for without, changed in pairs]

    @property
    def file_name(self) -> str:
        """Under which the scenario is saved."""
        return f"my-{self.scenario}.toml"

    @property
    def toml(self) -> str:
        """The changed scenario as a file that `circuit validate` accepts and every command runs."""
        scenario = self.changed
        made_of = [self.scenario, *self.policies, *(name for name, _ in (*self.parameters, *self.levers))]
        lines = [f'title = "My {self.scenario}"', f'meaning = "Made of {", ".join(made_of)} with circuit explore"']
        if scenario.parameters:
            lines += ["", "[parameters]", *(f"{name} = {value!r}" for name, value in scenario.overrides)]
        for path in scenario.paths:
            lines += ["", "[[shock]]", *_fields(path)]
        for event in scenario.events:
            lines += ["", "[[event]]", *(f"{key} = {_toml(value)}" for key, value in vars(event).items() if value)]
        return "\n".join(lines) + "\n"

    @property
    def command(self) -> str:
        """The command that computes the same pairs, once the scenario is saved."""
        words = ["circuit", "compare", self.reference.name, self.file_name, "--runs", str(self.runs)]
        words += [] if self.vintage == Asked.vintage else ["--vintage", self.vintage]
        return shlex.join([*words, *([] if self.prior else ["--no-prior"])])


@dataclass(frozen=True)
class Looking:
    """What a reader looks at: one run by its seed, a quarter of it (the last by default), an agent, one more series."""

    seed: int = 1
    quarter: str | None = None
    agent: str = "OpenAI"
    series: str | None = None
    view: str = "fans"

    @classmethod
    def of_query(cls, query: str) -> Looking:
        """What a query says of it. Raises `CircuitError` with every error."""
        from simulation.scenario.input_errors import suggestion
        from simulation.series import SERIES

        from ..methods.one_run import check_agents

        found: dict[str, Any] = {key: value for key, value in parse_qsl(query.removeprefix("?")) if key in SHOWING}
        errors: list[str] = []
        if "seed" in found:
            found["seed"] = _whole(MOST_SEEDS)("seed", found["seed"], errors)
        if found.get("series", "gdp") not in SERIES:
            errors.append(
                f"series {found['series'][:40]}: no such series; {suggestion(found['series'], tuple(SERIES))}"
            )
        if errors:
            raise CircuitError(*errors)
        check_agents((found.get("agent", cls.agent),))
        return cls(**found)


def _number(key: str, value: str, errors: list[str]) -> float:
    try:
        return float(value)
    except ValueError:
        errors.append(f"{key} must be a number, not {value[:40]!r}")
        return 1.0


def _name(key: str, value: str, errors: list[str]) -> str:
    """A name and never a path: an address may not say which files are read."""
    from simulation.scenario.files import NAME, NAME_RULE

    if not NAME.fullmatch(value):
        errors.append(f"{key} {ascii(value)[:40]}: {NAME_RULE}")
    return value


def _whole(most: int) -> Read:
    def read(key: str, value: str, errors: list[str]) -> int:
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= most):
            errors.append(f"{key} = {ascii(value)[:40]} is not allowed: choose 1 to {most:,}")
            return 1
        return int(value)

    return read


def _one_of(*allowed: str) -> Read:
    def read(key: str, value: str, errors: list[str]) -> str:
        if value not in allowed:
            errors.append(f"{key} must be {' or '.join(allowed)}, not {ascii(value)[:40]}")
        return value

    return read


def _is_on(key: str, value: str, errors: list[str]) -> bool:
    return bool(_one_of(ON, OFF)(key, value, errors) == ON)


_CHANGES = {SET: "parameters", LEVER: "levers"}
_READERS: dict[str, tuple[str, Read]] = {
    "scenario": ("scenario", _name),
    "from": ("start", _whole(LATEST_START)),
    "vintage": ("vintage", _one_of(*OPENINGS)),
    "prior": ("prior", _is_on),
    "runs": ("runs", _whole(MOST_RUNS)),
    "against": ("against", _one_of(*AGAINST)),
}
"""Keys of an address, the fields that they set, and how each is read."""


def _fields(path: Path) -> Iterable[str]:
    """The lines of a path; what is left out of a file has its default."""
    for key, value in vars(path).items():
        if value is not None and (key, value) != ("shape", "step"):
            yield f"{key} = {_toml(value)}"


def _toml(value: str | float) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
