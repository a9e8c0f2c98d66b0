"""Where in the space of parameters an outcome lives: boxes found by PRIM, measured on runs that did not find them.

Friedman and Fisher (1999), Statistics and Computing 9; for scenario discovery Bryant and Lempert (2010), Technological
Forecasting and Social Change 77. PRIM peels greedily and finds a box in pure noise too. So boxes are found on every
second seed, and their density, coverage and quasi-p values are those on the other seeds."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.errors import CircuitError
from simulation.scenario import PARAMETERS
from simulation.scenario.input_errors import suggestion

from .. import statistics as st
from ..common.progress import counted
from ..store.results import Results, read_manifest
from .wording import percent, several, with_interval

if TYPE_CHECKING:
    from .measures import Measure

FEWEST_RUNS = 100
FEWEST_CASES = 10
CANDIDATES = 5
"""Parameters that PRIM looks at: more of them, and it peels noise. Those that differ most between cases and others."""
SMALLEST_BOX = 0.1
PLAUSIBLE, ESTABLISHED = 0.2, 0.05
"""A limit is kept in the search below the first quasi-p value; a box must hold up elsewhere below the second."""

Flags = NDArray[np.bool_]
Side = tuple[str, int]
Limits = dict[Side, float]
"""Bounds of a box by parameter and side: 0 from below, 1 from above."""


class Sample(NamedTuple):
    """Finished runs: their parameters, whether each is a case, the arm they come from, and how many of it failed."""

    parameters: pd.DataFrame
    cases: Flags
    arm: str
    failed: int = 0

    def part(self, chosen: Flags) -> Sample:
        """Only these runs."""
        return self._replace(parameters=self.parameters[chosen], cases=self.cases[chosen])


class Limit(NamedTuple):
    """A bound of a box, how often chance alone would do as well, and how often resamples find it."""

    parameter: str
    side: str
    value: float
    quasi_p: float
    stability: st.Estimate


class Box(NamedTuple):
    """A region of the parameters; all numbers are of the runs that did not find it, but `found_density`."""

    limits: tuple[Limit, ...]
    density: st.Estimate
    coverage: st.Estimate
    mass: st.Estimate
    found_density: st.Estimate

    @property
    def words(self) -> str:
        """'gamma < 0.03 and capture < 0.3'."""
        return several(f"{bound.parameter} {bound.side} {bound.value:.2g}" for bound in self.limits)


class Discovery(NamedTuple):
    """What was found about a measure in an arm: boxes, and how often it happens overall."""

    measure: str
    arm: str
    overall: st.Estimate
    searched: tuple[str, ...]
    boxes: tuple[Box, ...]
    finding: int
    failed: int = 0


def sample_of(folder: Path, measure: Measure, arm: str | None, names: tuple[str, ...] | None) -> tuple[Sample, Flags]:
    """Runs of an arm (default: the first) and which of them find boxes (every second seed).

    Raises `CircuitError` where there are no results, for an unknown arm or parameter, and for too few runs."""
    manifest = read_manifest(folder)
    results = Results(folder, manifest["study"])
    arms: list[str] = manifest["study"]["arms"]
    chosen = arms[0] if arm is None else arm
    if chosen not in arms:
        raise CircuitError(f"--arm: no arm is called {chosen!r}; {suggestion(chosen, tuple(arms))}")
    runs = results.read("runs")
    runs = runs[runs["arm"] == chosen] if "arm" in runs else runs
    if len(runs) < FEWEST_RUNS:
        raise CircuitError(f"{folder}: {len(runs)} finished runs of {chosen}; boxes need at least {FEWEST_RUNS}")
    table = runs.merge(results.read("parameters"), on="run_id").sort_values("seed", kind="stable")
    varying = [name for name in PARAMETERS if name in table and table[name].nunique() > 2]
    unknown = [name for name in names or () if name not in varying]
    if unknown:
        near = suggestion(unknown[0], tuple(varying))
        raise CircuitError(f"--parameters: {unknown[0]!r} does not vary in these runs; {near}")
    if not varying:
        raise CircuitError(f"{folder}: no parameter varies in {chosen}; run the study with --prior")
    failures = results.read("failures")
    sample = Sample(
        table[list(names or varying)].reset_index(drop=True),
        np.asarray(measure.read(table)) == 1.0,
        chosen,
        int((failures["arm"] == chosen).sum()) if "arm" in failures else 0,
    )
    _check_cases(sample, measure.name)
    return sample, np.arange(len(table)) % 2 == 0


def _check_cases(sample: Sample, name: str) -> None:
    cases, others = int(sample.cases.sum()), int((~sample.cases).sum())
    if min(cases, others) < FEWEST_CASES:
        raise CircuitError(
            f"{name} holds in {cases} of {cases + others} runs of {sample.arm}: boxes need {FEWEST_CASES} runs "
            "where it does and where it does not"
        )


def discover(sample: Sample, finding: Flags, measure: str, boxes: int = 2, resamples: int = 50) -> Discovery:
    """Up to so many boxes, each among the runs that earlier ones leave out; none if none holds up."""
    mine, others = sample.part(finding), sample.part(~finding)
    overall = st.probability(int(others.cases.sum()), others.cases.size)
    searched = _most_different(mine)
    found: list[Box] = []
    left, measured = mine, others
    while len(found) < boxes and min(left.cases.sum(), (~left.cases).sum()) >= FEWEST_CASES:
        limits = find_limits(left)
        box = _measured(limits, left, measured, int(others.cases.sum()), others.cases.size, resamples)
        if box is None:
            break
        found.append(box)
        left, measured = (
            left.part(~inside(left.parameters, limits)),
            measured.part(~inside(measured.parameters, limits)),
        )
    return Discovery(measure, sample.arm, overall, searched, tuple(found), int(finding.sum()), sample.failed)


def find_limits(sample: Sample) -> Limits:
    """The box that holds most cases beyond chance, of all on PRIM's trajectory; empty if none has a plausible limit.

    PRIM runs on the parameters that differ most, then again on those that survive: limits that chance would set are
    dropped one by one."""
    names = list(_most_different(sample))
    candidates = list(_candidates(sample, names))
    survivors = list(dict.fromkeys(name for limits in candidates for name, _ in limits))
    if survivors:
        candidates += _candidates(sample, survivors)
    return max(candidates, key=lambda limits: _excess(sample, limits), default={})


def inside(parameters: pd.DataFrame, limits: Limits, without: Side | None = None) -> Flags:
    """Which runs lie in a box, or would without one of its limits."""
    chosen = np.ones(len(parameters), dtype=bool)
    for (name, side), bound in limits.items():
        if (name, side) != without:
            values = parameters[name].to_numpy()
            chosen &= values <= bound if side else values >= bound
    return chosen


def quasi_p(sample: Sample, limits: Limits, tested: Side) -> float:
    """How often the box would hold so many cases if this limit told nothing: one-sided binomial test."""
    chosen, wider = inside(sample.parameters, limits), inside(sample.parameters, limits, tested)
    if not chosen.any():
        return 1.0
    return float(stats.binom.sf(sample.cases[chosen].sum() - 1, chosen.sum(), sample.cases[wider].mean()))


def _most_different(sample: Sample) -> tuple[str, ...]:
    """Parameters whose values differ most between cases and other runs, by the test of Mann and Whitney (1947)."""
    table = sample.parameters
    p_values = {
        str(name): float(stats.mannwhitneyu(values[sample.cases], values[~sample.cases]).pvalue)
        for name, values in table.items()
    }
    return tuple(sorted(p_values, key=p_values.__getitem__)[:CANDIDATES])


def _candidates(sample: Sample, names: list[str]) -> Iterator[Limits]:
    """Every box on PRIM's trajectory, less the limits that chance would set."""
    for limits in _trajectory(sample, names):
        kept = _plausible(sample, limits)
        if kept:
            yield kept


def _trajectory(sample: Sample, names: list[str]) -> Iterator[Limits]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses libraries that only its evaluators would need
        from ema_workbench.analysis import prim

        table = sample.parameters[names].astype(float).reset_index(drop=True)
        options: dict[str, Any] = {"mass_min": SMALLEST_BOX}
        if "threshold" in prim.Prim.__init__.__code__.co_varnames:  # ema_workbench before 3.0
            options["threshold"] = 0.01
        box = prim.Prim(table, sample.cases.astype(int), **options).find_box()
    whole = box.box_lims[0]
    for frame in box.box_lims[1:]:
        yield {
            (name, side): float(frame[name].iloc[side])
            for name in names
            for side in (0, 1)
            if frame[name].iloc[side] != whole[name].iloc[side]
        }


def _plausible(sample: Sample, limits: Limits) -> Limits:
    """The limits that remain when the least plausible one is dropped until all are plausible."""
    kept = dict(limits)
    while kept:
        p_values = {limit: quasi_p(sample, kept, limit) for limit in kept}
        worst = max(p_values, key=p_values.__getitem__)
        if p_values[worst] < PLAUSIBLE:
            break
        del kept[worst]
    return kept


def _excess(sample: Sample, limits: Limits) -> float:
    """Cases in the box beyond what its size would let one expect, per run. Lavrac, Flach and Zupan (1999)."""
    chosen = inside(sample.parameters, limits)
    return float(chosen.mean() * (sample.cases[chosen].mean() - sample.cases.mean())) if chosen.any() else 0.0


def _measured(limits: Limits, found_on: Sample, others: Sample, all_cases: int, n: int, resamples: int) -> Box | None:
    """A box with its numbers on the runs that did not find it; None if it does not hold up there."""
    chosen = inside(others.parameters, limits)
    if not limits or not chosen.any():
        return None
    cases, size = int(others.cases[chosen].sum()), int(chosen.sum())
    if stats.binom.sf(cases - 1, size, others.cases.mean()) >= ESTABLISHED:
        return None
    mine = found_on.cases[inside(found_on.parameters, limits)]
    stability = _stability(found_on, limits, resamples)
    return Box(
        tuple(
            Limit(name, "<" if side else ">", bound, quasi_p(others, limits, (name, side)), stability[name, side])
            for (name, side), bound in sorted(limits.items())
        ),
        st.probability(cases, size),
        st.probability(cases, all_cases),
        st.probability(size, n),
        st.probability(int(mine.sum()), mine.size),
    )


def _stability(sample: Sample, limits: Limits, resamples: int) -> dict[Side, st.Estimate]:
    """How often each limit appears in the box of a bootstrap resample, wherever its bound lies there."""
    counts = dict.fromkeys(limits, 0)
    for number in counted(range(resamples), "resample", "stability"):
        rows = np.random.default_rng(number).integers(sample.cases.size, size=sample.cases.size)
        again = sample._replace(parameters=sample.parameters.iloc[rows], cases=sample.cases[rows])
        for limit in find_limits(again).keys() & counts.keys():
            counts[limit] += 1
    return {limit: st.probability(count, resamples) for limit, count in counts.items()}


def in_words(found: Discovery) -> list[str]:
    """One sentence a box, or one that says there is none."""
    name = found.measure if "_" in found.measure else found.measure.capitalize()
    overall = f"{with_interval(found.overall)} overall (n {found.overall.n})"
    if not found.boxes:
        return [f"{name}: no box holds up on the runs that did not find it; {overall}."]
    return [
        f"{name} in {with_interval(box.density)} of runs where {box.words}, against {overall}; n {box.density.n}, "
        f"coverage {with_interval(box.coverage)} of the cases with {percent(box.mass.value)} of the runs."
        for box in found.boxes
    ]


def box_table(found: Discovery) -> pd.DataFrame:
    """One row a box: density, coverage and mass with their intervals."""
    rows = []
    for number, box in enumerate(found.boxes, 1):
        row: dict[str, object] = {"box": number, "arm": found.arm, "measure": found.measure, "limits": box.words}
        for name in ("density", "coverage", "mass", "found_density"):
            value, low, high, n = getattr(box, name)
            row |= {name: value, f"{name}_low": low, f"{name}_high": high, f"{name}_n": n}
        rows.append(row)
    return pd.DataFrame(rows)


def limit_table(found: Discovery) -> pd.DataFrame:
    """One row a limit: its bound, quasi-p value on the runs that did not find it, and stability."""
    return pd.DataFrame(
        [
            {
                "box": number,
                "parameter": bound.parameter,
                "side": bound.side,
                "bound": bound.value,
                "quasi_p": bound.quasi_p,
                "n": box.density.n,
                "stability": bound.stability.value,
                "low": bound.stability.low,
                "high": bound.stability.high,
                "resamples": bound.stability.n,
            }
            for number, box in enumerate(found.boxes, 1)
            for bound in box.limits
        ]
    )
