"""A study: scenarios x policies x runs, with what is sampled. From TOML or from the command line.

An *arm* is one economy to run many times: a scenario, perhaps a policy, perhaps a point of the grid. Every arm is run
with the same seeds, and all but the first name the arm they are compared with. Runs are ordered seed by seed, so that a
batch that is stopped half-way has compared all arms on the seeds it finished."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, overload

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from simulation.dates import USUAL, VINTAGES
from simulation.errors import CircuitError

from ..store.results import RUNS_PER_SHARD, SCHEMA_VERSION
from .designs import Design, Draw, StoppingRule, design_errors
from .messages import in_words

if TYPE_CHECKING:
    from simulation import Scenario
    from simulation.scenario import Path as LeverPath

STUDIES = Path(__file__).parent.parent / "studies"
MOST_RUNS = 1_000_000
MOST_ARMS = 100_000
MOST_SEEDS = 100_000_000
FROM_PRIOR = "prior"
USUAL_QUARTERS = 40

Vintage = Literal["2022Q4", "2024Q4", "now"] | Annotated[str, StringConstraints(pattern=r".\.ensemble$")]
Value = bool | float
Point = tuple[tuple[str, Value | str], ...]


@dataclass(frozen=True)
class Arm:
    """One economy that a study runs with every seed, and the arm it is compared with."""

    name: str
    scenario: str
    policy: str | None = None
    point: Point = ()
    reference: str | None = None


class Study(BaseModel):
    """What a batch computes. Every field is a key of a study's TOML file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    title: str = "Comparison"
    meaning: str = ""
    scenarios: list[str] = Field(default=["baseline"], min_length=1)
    policies: list[str] = []
    policies_on: list[str] | None = None
    runs: int = Field(default=200, ge=1, le=MOST_SEEDS)
    seed: int = Field(default=1, ge=0, le=2**31)
    vintage: Vintage = USUAL
    quarters: int | None = Field(default=None, ge=1, le=400)
    firms: int = Field(default=1000, ge=10, le=1_000_000)
    prior: bool = True
    parameters: dict[str, Value] = {}
    shock_size: float = Field(default=1.0, ge=0.0, le=1.0)
    grid: dict[str, list[Value | Literal["prior"]]] = {}
    keep: list[Literal["agents", "claims"]] = []
    design: Design | None = None
    stop: StoppingRule | None = None

    @property
    def size(self) -> int:
        """How many economies the study runs with every seed."""
        points = math.prod(len(values) for values in self.grid.values())
        return points * (len(self.scenarios) + len(self.policies_on or self.scenarios) * len(self.policies))

    @property
    def horizon(self) -> int:
        """Quarters of each run: the vintage's, 40 from any other start, unless the study says otherwise."""
        return self.quarters or (VINTAGES[self.vintage].horizon if self.vintage in VINTAGES else USUAL_QUARTERS)

    @property
    def drawn(self) -> str:
        """How uncertain parameters are set, in words."""
        if self.vintage not in VINTAGES:
            return "each run from another economy that the record allows"
        return "uncertain parameters drawn from their priors" if self.prior else "parameters as the scenarios set them"

    def arms(self) -> list[Arm]:
        """Every economy of the study; the first is the one the others are compared with."""
        arms: list[Arm] = []
        for point in _points(self.grid):
            for scenario in self.scenarios:
                reference = None if scenario == self.scenarios[0] else _name(self.scenarios[0], None, point)
                arms.append(Arm(_name(scenario, None, point), scenario, None, point, reference))
            for scenario in self.policies_on or self.scenarios:
                for policy in self.policies:
                    without = _name(scenario, None, point)
                    arms.append(Arm(_name(scenario, policy, point), scenario, policy, point, without))
        return arms

    def _repr_html_(self) -> str:
        """What a notebook shows: title, meaning, size, and every key that is not left at its default."""
        chosen = {name: escape(str(getattr(self, name))) for name in sorted(self.model_fields_set)}
        rows = "".join(f"<tr><td><code>{name}</code></td><td>{value}</td></tr>" for name, value in chosen.items())
        size = f"{self.size:,} economies x {self.runs:,} runs of {self.horizon} quarters"
        return f"<p><b>{escape(self.title)}</b>: {size}</p><p>{escape(self.meaning)}</p><table>{rows}</table>"


@dataclass(frozen=True)
class RunSpec:
    """One run, completely: enough for a worker on any machine, and hashed into the run's identity."""

    run_id: str
    arm: str
    seed: int
    scenario: Scenario
    vintage: str
    quarters: int
    firms: int
    prior: bool
    point: Draw = ()
    keep: tuple[str, ...] = ()


class Specs(Sequence[RunSpec]):
    """The runs of a study in order, seed by seed; each is made when it is asked for, so a million cost nothing."""

    def __init__(self, study: Study, arms: list[Arm], scenarios: Mapping[str, Scenario]) -> None:
        self.study, self.arms, self.scenarios = study, arms, scenarios
        self.inputs = [_canonical(_inputs(study, scenarios[arm.name])) for arm in arms]
        self.distinct = sorted({inputs: number for number, inputs in reversed(list(enumerate(self.inputs)))}.values())
        self._digests = [hashlib.sha256(inputs) for inputs in self.inputs]

    @cached_property
    def points(self) -> list[Draw]:
        """What the design draws for each seed, in order; empty without a design."""
        return self.study.design.points(self.study.runs, self.study.seed) if self.study.design else []

    def __len__(self) -> int:
        return self.study.runs * len(self.arms)

    @overload
    def __getitem__(self, index: int) -> RunSpec: ...

    @overload
    def __getitem__(self, index: slice) -> list[RunSpec]: ...

    def __getitem__(self, index: int | slice) -> RunSpec | list[RunSpec]:
        if isinstance(index, slice):
            return [self.of(*divmod(number, len(self.arms))) for number in range(*index.indices(len(self)))]
        return self.of(*divmod(range(len(self))[index], len(self.arms)))

    def of(self, rank: int, number: int) -> RunSpec:
        """The run of the seed with this rank in the arm with this number, both counted from zero."""
        study, arm, seed = self.study, self.arms[number], self.study.seed + rank
        point = self.points[rank] if study.design else ()
        return RunSpec(
            run_id=_run_id(self._digests[number], seed, point),
            arm=arm.name,
            seed=seed,
            scenario=self.scenarios[arm.name],
            vintage=study.vintage,
            quarters=study.horizon,
            firms=study.firms,
            prior=study.prior,
            point=point,
            keep=tuple(study.keep),
        )


@dataclass(frozen=True)
class Plan:
    """A study made concrete: its arms as checked scenarios, and its runs in order."""

    study: Study
    arms: list[Arm]
    specs: Specs = field(repr=False)
    varied: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The design whose points the arms are, as results tell it; empty where they are scenarios and policies."""

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two results folders the same study, whatever the number of runs."""
        first_seed = [spec.run_id for spec in self.specs[: len(self.arms)]]
        stored = {"model": model_digest(), "seeds_per_shard": self.seeds_per_shard}
        stored |= {"keep": sorted(self.study.keep)} if self.study.keep else {}
        return {"title": self.study.title, "arms": [arm.name for arm in self.arms], "first_runs": first_seed, **stored}

    @property
    def seeds_per_shard(self) -> int:
        """How many seeds of all arms are stored together."""
        return max(1, RUNS_PER_SHARD // len(self.arms))

    @property
    def digest(self) -> str:
        """Eight characters that name the results folder of this study."""
        return hashlib.sha256(_canonical(self.identity)).hexdigest()[:8]

    def of_seeds(self, runs: int) -> Plan:
        """The same plan cut to its first seeds, as a stopping rule does, or going on to more of them."""
        study = self.study.model_copy(update={"runs": runs})
        specs = Specs(study, self.arms, self.specs.scenarios)
        if runs <= self.study.runs:
            specs.points = self.specs.points[:runs]
        return replace(self, study=study, specs=specs)


def load_study(name_or_path: str) -> Study:
    """A shipped study by name, or a TOML file. Raises `CircuitError` with all errors at once."""
    from simulation.scenario.files import find_in, plain, read_toml

    file = find_in(STUDIES, "study", name_or_path)
    return parse_study(read_toml(file), f"{plain(file.name)}: ")


def available_studies() -> list[tuple[str, str, str]]:
    """Name, title and meaning of every shipped study."""
    studies = {path.stem: load_study(path.stem) for path in sorted(STUDIES.glob("*.toml"))}
    return [(name, study.title, study.meaning) for name, study in studies.items()]


def parse_study(content: Mapping[str, Any], source: str) -> Study:
    """Validate the content of a study file or of options; `source` is put before each key that is wrong."""
    try:
        study = Study.model_validate(dict(content))
    except ValidationError as invalid:
        raise CircuitError(*in_words(invalid, source, Study)) from None
    found = _contradictions(study)
    if found:
        raise CircuitError(*(f"{source}{error}" for error in found))
    return study


def _contradictions(study: Study) -> list[str]:
    """What is wrong with a study whose keys are all well-formed."""
    from simulation.scenario.files import plain

    errors = [
        f"{key}: {name} is named twice"
        for key in ("scenarios", "policies", "policies_on")
        for name in _twice(getattr(study, key) or ())
    ]
    repeated = {
        name: _twice([value_in_words(_number(value)) for value in values]) for name, values in study.grid.items()
    }
    errors += [f"grid.{plain(name)}: {', '.join(values)} is there twice" for name, values in repeated.items() if values]
    unknown = sorted(set(study.policies_on or ()) - set(study.scenarios))
    if unknown:
        errors.append(f"policies_on: {', '.join(map(ascii, unknown))} is not among scenarios")
    if study.size == 0:
        errors.append("grid: must have a value for each of its parameters")
    if study.size > MOST_ARMS:
        errors.append(f"grid: makes {study.size:,} economies to compare; at most {MOST_ARMS:,}")
    ranged = set(study.design.ranges) if study.design else set()
    for key in ("parameters", "grid"):
        both = sorted(ranged & set(getattr(study, key)))
        errors += [f"design.ranges.{name}: is set in {key} too: leave one of them out" for name in both]
    return errors


def _number(value: Value | str) -> Value | str:
    """A switch that is on or off is the number 1 or 0."""
    return float(value) if isinstance(value, bool) else value


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({ascii(name) for name in names if names.count(name) > 1})


def plan(study: Study, large: bool = False) -> Plan:
    """Load and check every scenario, policy and parameter of a study, and line up its runs.

    Raises `CircuitError` with the errors of all arms at once, or if there are more than a million runs and
    `large` does not say that this is meant.
    """
    if study.size * study.runs > MOST_RUNS and not large:
        raise CircuitError(
            f"runs: {study.size:,} arms x {study.runs:,} runs are more than {MOST_RUNS:,}: add --yes if you mean it"
        )
    _check_parts(study)
    arms = study.arms()
    scenarios = {arm.name: _scenario(study, arm) for arm in arms}
    errors = [error for scenario in scenarios.values() for error in _never(scenario, study.horizon)]
    if errors:
        raise CircuitError(*dict.fromkeys(errors))
    return line_up(study, arms, scenarios)


def _never(scenario: Scenario, last: int) -> Iterator[str]:
    """Shocks, policies and events that would begin after the last quarter of a run."""
    late = [(policy.name, path.lever, path.start) for policy in scenario.policies for path in policy.paths]
    late += [(scenario.name, path.lever, path.start) for path in scenario.shocks]
    late += [(scenario.name, f"{event.kind} of {event.agent}", event.quarter) for event in scenario.events]
    for name, what, start in late:
        if start > last:
            yield f"{name}: {what} begins in quarter {start}, after the last of the run, {last}: take more quarters"


def line_up(study: Study, arms: list[Arm], scenarios: Mapping[str, Scenario]) -> Plan:
    """The runs of arms whose scenarios are known by name, seed by seed. The first arm opens the study."""
    return Plan(study, arms, Specs(study, arms, scenarios))


@lru_cache(maxsize=1)
def model_digest() -> str:
    """SHA-256 of the model's code and data: results of two versions of the model are never mixed."""
    digest = hashlib.sha256()
    for file in _files_of_the_model():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files_of_the_model() -> Iterator[Path]:
    import simulation

    for folder in sorted(simulation.__path__):
        files = sorted(Path(folder).rglob("*"))
        yield from (file for file in files if file.suffix in (".py", ".csv", ".toml"))


def with_runs(study: Study, runs: int) -> Study:
    """The same study with another number of runs per arm."""
    return parse_study({**study.model_dump(), "runs": runs}, "--")


def _scenario(study: Study, arm: Arm) -> Scenario:
    from simulation import Scenario

    scenario = Scenario.load(arm.scenario, opening_of(study))
    if study.shock_size < 1.0:
        scenario = replace(scenario, shocks=tuple(part_of(path, study.shock_size) for path in scenario.shocks))
    if arm.policy is not None:
        scenario = scenario.with_policy(arm.policy)
    fixed: dict[str, Value] = dict(study.parameters)
    fixed |= {name: value for name, value in arm.point if not isinstance(value, str)}
    return scenario.with_parameters(**fixed) if fixed else scenario


def opening_of(study: Study) -> str:
    """The quarter from which a study counts: that in which its economies stand when it takes over."""
    from ..ensembles.start import start_of

    return start_of(study.vintage)


def part_of(shock: LeverPath, share: float) -> LeverPath:
    """A shock that moves its lever only this share of the way from where it changes nothing."""
    from simulation.scenario import LEVERS

    neutral = LEVERS[shock.lever].neutral
    return replace(shock, size=neutral + share * (shock.size - neutral))


def _check_parts(study: Study) -> None:
    """Try every scenario, policy and parameter by itself, so that all errors come at once."""
    from simulation import Scenario
    from simulation.scenario import load_policy

    points: list[dict[str, Any]] = [study.parameters]
    points += [{name: value} for name, values in study.grid.items() for value in values if value != FROM_PRIOR]
    attempts: list[Callable[[], object]] = [
        *(partial(Scenario.load, name, opening_of(study)) for name in study.scenarios),
        *(partial(load_policy, name, opening_of(study)) for name in study.policies),
        *(partial(Scenario().with_parameters, **point) for point in points),
    ]
    errors = design_errors(study.design) if study.design else []
    for attempt in attempts:
        try:
            attempt()
        except CircuitError as error:
            errors += error.errors
    if errors:
        raise CircuitError(*dict.fromkeys(errors))


def _points(grid: Mapping[str, Sequence[Value | str]]) -> Iterator[Point]:
    for values in itertools.product(*grid.values()):
        yield tuple(zip(grid, values, strict=True))


def _name(scenario: str, policy: str | None, point: Point) -> str:
    place = "".join(f", {name}={value_in_words(value)}" for name, value in point)
    return (f"{scenario} + {policy}" if policy else scenario) + place


def value_in_words(value: object) -> str:
    """A value of the grid, as arms and figures name it."""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _inputs(study: Study, scenario: Scenario) -> dict[str, Any]:
    """Everything a run depends on but its seed. Titles and meanings do not count; defaults do."""
    return {
        "schema_version": SCHEMA_VERSION,
        "defaults": scenario.parameter_values(),
        "scenario": scenario.canonical(),
        "vintage": study.vintage,
        "quarters": study.horizon,
        "firms": study.firms,
        "prior": study.prior,
        **_ensemble(study),
    }


def _ensemble(study: Study) -> dict[str, Any]:
    """What is in the ensemble that a study starts from, if it does; where its file lies does not count."""
    from ..ensembles.start import ensemble_of

    ensemble = ensemble_of(study.vintage)
    return {"vintage": ensemble.until, "ensemble": ensemble.digest(), "prior": False} if ensemble else {}


def _run_id(inputs: hashlib._Hash, seed: int, point: Draw) -> str:
    """Name of a run: its inputs, hashed once for all seeds, then its seed and what is drawn for it."""
    digest = inputs.copy()
    digest.update(f"|{seed}".encode())
    if point:
        digest.update(b"|" + _canonical(point))
    return f"r{digest.hexdigest()[:15]}"  # a letter first, or a spreadsheet takes 04462764850204e5 for a number


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
