"""`circuit signs`: what every lever, scenario and policy does to its own target, AI capex, AI shares and GDP."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from simulation.errors import CircuitError

from .. import statistics as st
from ..analysis.policy import AGAINST, MET, OPEN, verdict
from ..analysis.wording import failed_of
from ..batch.runner import compute
from ..batch.worker import Rows, build
from ..common.terminal import table_of
from ..store.results import check_writable
from ..study.naming import name_of
from ..study.schema import Arm, RunSpec, Study, line_up
from ..study.situations import START, in_situation
from ..study.targets import THREE_YEARS, Expected, Target, expected_of, expected_of_paths, expected_of_scenario
from .finding import Finding, hand_over

if TYPE_CHECKING:
    from rich.console import Console

    from simulation.scenario import Lever, Scenario


LEVER, SCENARIO, POLICY = "lever", "scenario", "policy"
TITLES = {LEVER: "Levers, each alone", SCENARIO: "Scenarios", POLICY: "Policies"}
CALM = "baseline"
ALSO = {"ai_capex": "capex %", "ai_equity": "shares %", "real_gdp": "GDP %"}
"""Shown of everything, over three years, and how a table calls it."""
LEVELS = ("USD bn", "index", "million", "GW")
"""Units of series whose changes are told in percent."""

REASONS = {
    ("sentiment", "withdrawal"): "shares that have fallen are overvalued no more, which is what investors withdraw from"
}
"""Why something moves a target the other way, where the mechanism has been traced."""
BRIEFLY = {MET: "yes", OPEN: "unclear", AGAINST: "no"}


class Tried(NamedTuple):
    """One thing that is tried: a lever at a size, a scenario or a policy, in a situation, and what it is for."""

    part: str
    name: str
    size: float
    situation: str
    scenario: Scenario
    expected: tuple[Expected, ...]

    @property
    def arm(self) -> str:
        """A name that no other arm has."""
        return f"{self.part} {self.name} {self.size:g} {self.situation}"


class Signs(NamedTuple):
    """Effects in tidy form, and how many of the runs that were tried failed."""

    table: pd.DataFrame
    failed: int
    tried: int


def sizes_of(lever: Lever) -> list[float]:
    """Sizes at which a lever is tried: both bounds, and halfway to each from where it changes nothing."""
    ends = [end for end in (lever.low, lever.high) if end != lever.neutral]
    return sorted({*ends, *(0.5 * (end + lever.neutral) for end in ends)})


def everything(base: Scenario, only: str = "") -> list[Tried]:
    """All levers at all sizes, all scenarios and all policies whose name contains `only`, each in the situation in
    which it acts. Raises `CircuitError` where nothing has such a name."""
    from simulation.scenario import LEVERS, Path, Scenario, available_policies, available_scenarios, load_policy

    found: list[Tried] = []
    for lever in LEVERS.values():
        for size in sizes_of(lever):
            path = Path(lever.name, START, size)
            for need, expected in _by_need(expected_of_paths([path])):
                scenario = in_situation(need, base).with_shocks(path)
                found.append(Tried(LEVER, lever.name, size, need or CALM, scenario, expected))
    for listed in available_scenarios():
        scenario = Scenario.load(listed.name)
        expected = tuple(expected_of_scenario(scenario))
        if listed.name != base.name:
            given = scenario.with_parameters(**base.parameters | scenario.parameters)
            found.append(Tried(SCENARIO, listed.name, np.nan, CALM, given, expected))
    for listed in available_policies():
        for need, expected in _by_need(expected_of(load_policy(listed.name))):
            scenario = in_situation(need, base).with_policy(listed.name)
            found.append(Tried(POLICY, listed.name, np.nan, need or CALM, scenario, expected))
    chosen = [each for each in found if only in each.name]
    if not chosen:
        raise CircuitError(f"no lever, scenario or policy has {only!r} in its name; circuit scenarios lists them")
    return chosen


def _by_need(expected: Iterable[Expected]) -> list[tuple[str, tuple[Expected, ...]]]:
    """Targets by the situation that they need."""
    found: dict[str, list[Expected]] = {}
    for each in expected:
        found.setdefault(each.target.needs, []).append(each)
    return [(need, tuple(targets)) for need, targets in found.items()]


def measure(study: Study, only: str = "", workers: int | None = None) -> Signs:
    """Run everything beside its situation without it, seed by seed, and compare.

    Columns: part, name, size, situation, series, unit, role (target or also), first_quarter, last_quarter, without,
    effect, low, high, n, expected, met. Raises `CircuitError` as `everything` and a study do."""
    from simulation.scenario import Scenario

    base = Scenario.load(CALM).with_parameters(**study.parameters)
    tried = everything(base, only)
    situations = {each.situation: in_situation(each.situation, base) for each in tried}
    arms = [Arm(situation, CALM) for situation in situations]
    arms += [Arm(each.arm, CALM, reference=each.situation) for each in tried]
    planned = line_up(study, arms, situations | {each.arm: each.scenario for each in tried})
    found: dict[tuple[str, int], np.ndarray] = {}
    for spec, rows in compute(planned.specs, workers, record):
        if "books" in rows:
            found[spec.arm, spec.seed] = rows["books"]
    seeds = range(study.seed, study.seed + study.runs)
    effects = [row for each in tried for row in _effects(each, found, seeds, study.horizon)]
    return Signs(pd.DataFrame(effects), len(planned.specs) - len(found), len(planned.specs))


def record(spec: RunSpec) -> Rows:
    """A run of which the recorded series alone are looked at."""
    return Rows(books=build(spec).run().series.copy())


def _effects(
    tried: Tried, found: dict[tuple[str, int], np.ndarray], seeds: Iterable[int], horizon: int
) -> Iterable[dict[str, object]]:
    pairs = [
        (found[tried.situation, seed], found[tried.arm, seed])
        for seed in seeds
        if (tried.situation, seed) in found and (tried.arm, seed) in found
    ]
    start = min((each.start for each in tried.expected), default=START)
    also = [Expected(Target(series, 0, THREE_YEARS), 0, start) for series in ALSO]
    for each in (*tried.expected, *also):
        yield {
            "part": tried.part,
            "name": tried.name,
            "size": tried.size,
            "situation": tried.situation,
            "role": "target" if each.direction else "also",
            "first_quarter": each.start,
            "last_quarter": min(each.window.stop, horizon),
            **_effect(each, pairs),
            "why": REASONS.get((tried.name, each.target.name), ""),
        }


def _effect(each: Expected, pairs: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, object]:
    """The mean over the judged quarters with, less without: in percent of what it is without for a level."""
    from simulation.series import SERIES

    unit = SERIES[each.target.series].unit
    before, after = (
        np.array([each.target.read(pair[place])[each.window].mean() for pair in pairs]) for place in (0, 1)
    )
    without = float(before.mean()) if pairs else np.nan
    estimate = st.mean_effect(after - before)
    if unit.startswith(LEVELS) and without > 0.0:
        estimate, unit = estimate.scaled(100.0 / without), "%"
    expected = {1: "rises", -1: "falls", 0: ""}[each.direction]
    return {
        "series": each.target.name,
        "unit": unit,
        "without": without,
        **estimate.columns("effect"),
        "expected": expected,
        "met": verdict(estimate, each.direction),
    }


def shown(table: pd.DataFrame, part: str) -> pd.DataFrame:
    """A line for each target, in 80 columns: its effect and whether it is the expected one, and what else moves, with
    an asterisk where the interval lies beside zero."""
    rows = []
    chosen = table[table["part"] == part]
    for (name, size, _), lines in chosen.groupby(["name", "size", "situation"], sort=False, dropna=False):
        also = lines[lines["role"] == "also"].set_index("series")
        rest = {title: _starred(also.loc[series].to_dict()) for series, title in ALSO.items()}
        for line in lines[lines["role"] == "target"].to_dict("records"):
            effect = f"{_with_half(line)} {line['unit']}"
            judged = {"ok": BRIEFLY[line["met"]] + "*" * bool(line["why"])}
            rows.append(
                {part: f"{name}{_size(size)}", "target": line["series"].replace("_", " "), "effect": effect}
                | judged
                | rest
            )
    return pd.DataFrame(rows)


def _with_half(row: Mapping[Hashable, Any]) -> str:
    """'+2.1 ±0.4': an effect and half of its interval."""
    value, low, high, _ = st.Estimate.of(row, "effect")
    if not np.isfinite(value):
        return "-"
    half = 0.5 * (high - low)
    return f"{_two_digits(value, '+')} ±{_two_digits(half)}" if np.isfinite(half) else _two_digits(value, "+")


def _starred(row: Mapping[Hashable, Any]) -> str:
    """'-4.3*': an effect, and whether its interval lies beside zero."""
    effect = st.Estimate.of(row, "effect")
    told = _two_digits(effect.value, "+")
    return f"{told}{'' if effect.crosses_zero else '*'}" if np.isfinite(effect.value) else "-"


def _two_digits(value: float, sign: str = "") -> str:
    """A number with two digits that count, in full."""
    size = abs(value)
    places = 0 if size >= 10.0 or size == 0.0 else int(1 - np.floor(np.log10(size)))
    return f"{value:{sign},.{min(places, 4)}f}"


def headline(table: pd.DataFrame) -> str:
    """How many targets move the expected way, and which go the other."""
    judged = table[table["role"] == "target"]
    met, against, still = ((judged["met"] == outcome).sum() for outcome in (MET, AGAINST, OPEN))
    text = f"{met} of {len(judged)} targets move as expected, {still} by too little to tell, {against} the other way"
    wrong = judged[judged["met"] == AGAINST].to_dict("records")
    named = [f"{row['name']}{_size(row['size'])} on {row['series']}{_because(row['why'])}" for row in wrong]
    return f"{text}: {'; '.join(named)}" if named else text


def _size(size: Any) -> str:
    return f" {size:g}" if np.isfinite(size) else ""


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def report_signs(study: Study, only: str, workers: int | None, results: Path, console: Console) -> Signs:
    """Measure, print and write the signs of everything. Raises as `measure`."""
    check_writable(results)
    found = measure(study, only, workers)
    parts = [part for part in TITLES if (found.table["part"] == part).any()]
    note = (
        f"With less without, same seeds {study.seed} to {study.seed + study.runs - 1}, ± half of the 95% interval, * "
        "beside zero; ok: the target moves as expected; "
        f"{study.horizon} quarters, {study.drawn}. Levers step in quarter {START} and stay. Where a lever acts only on "
        "what seldom happens, both have it happen: see the column situation of the file."
    )
    finding = Finding(
        headline(found.table),
        [table_of(shown(found.table, part), TITLES[part], index=False) for part in parts],
        [note, f"{failed_of(found.failed, found.tried)}."],
        {"": found.table},
    )
    hand_over(finding, results, name_of("signs", study, *([only] if only else [])), console)
    return found
