"""The table of runs that the report carries, so that a reader can weigh them by beliefs of their own."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulation.endings import ENDINGS
from simulation.scenario.parameters import PARAMETERS

from ..analysis.analysis import Analysis
from ..analysis.beliefs import FEWEST_EFFECTIVE, can_be_believed, family_of, on_scale
from ..analysis.measures import EPISODES
from ..ensembles.start import ensemble_of
from ..statistics import normal_quantile
from ..study.schema import FROM_PRIOR, Arm

SCRIPT = Path(__file__).parent / "templates" / "simulator.js"
MOST_PARAMETERS, MOST_SEEDS, MOST_ARMS = 12, 5000, 24
ALWAYS = ("gamma", "withdrawal_state")
"""Offered in any case: the gain from AI, and how soon investors lose patience over bad news."""
DIGITS = 4
NINETY = normal_quantile(0.90)
"""Standard deviations from the middle of a normal distribution within which 90% of it lies."""
SPREADS = (0.15, 1.0)
"""The narrowest and the widest belief offered, as parts of the spread of the runs' own draws."""
MISSING = "--"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SHOWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("investment pullback", ("investment pullback",)),
    ("credit event", ("credit event",)),
    ("macro episode", ("macro episode",)),
    ("paid off", ENDINGS[:2]),
    ("collapsed", ("collapsed",)),
)
"""What the simulator shows of each economy: episodes, or endings taken together."""


@cache
def script() -> str:
    """The program that weighs the runs."""
    return SCRIPT.read_text(encoding="utf-8")


def script_source() -> str:
    """What a content-security policy must name so that this program runs in the page, and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()}'"


def simulator_of(analysis: Analysis) -> dict[str, Any] | None:
    """Parameters and endings of the runs of every economy, seed by seed; nothing where nothing was drawn.

    Members of an ensemble were drawn from the priors too, and kept as the record allows: the ratio of belief to prior
    makes of them what the record leaves of that belief. Each member counts once."""
    study = analysis.plan.study
    ensemble = ensemble_of(study.vintage)
    if study.design or analysis.runs.empty or not (study.prior or ensemble):
        return None
    fixed = {arm.name: fixed_in(analysis, arm) for arm in analysis.plan.arms}
    drawn = _drawn(analysis, fixed[analysis.reference.name]).iloc[: len(ensemble) if ensemble else MOST_SEEDS]
    if drawn.empty:
        return None
    return {
        "runs": len(drawn),
        "conditioned": ensemble is not None,
        "fewest": FEWEST_EFFECTIVE,
        "z": normal_quantile(),
        "ninety": NINETY,
        "endings": list(ENDINGS),
        "episodes": [measure.name for measure in EPISODES],
        "shown": [{"name": name, "labels": list(labels)} for name, labels in SHOWN],
        "parameters": [_parameter(name, drawn[name]) for name in chosen(analysis, drawn)],
        "arms": [
            {
                "name": analysis.label(arm),
                "fixed": sorted(fixed[arm.name]),
                "codes": "".join(_codes(analysis, arm).reindex(drawn.index).fillna(MISSING)),
            }
            for arm in analysis.plan.arms[:MOST_ARMS]
        ],
    }


def flags_of(content: dict[str, Any], arm: dict[str, Any], labels: Sequence[str]) -> list[float]:
    """Whether each run of an economy had one of these endings or episodes, as the program reads it off the table: 1,
    0, or NaN where the run is missing."""
    flags = []
    for run in range(content["runs"]):
        code = arm["codes"][2 * run : 2 * run + 2]
        if code == MISSING:
            flags.append(np.nan)
            continue
        bits, ending = divmod(int(code, 36), len(content["endings"]))
        had = {content["endings"][ending]} | {name for k, name in enumerate(content["episodes"]) if bits >> k & 1}
        flags.append(float(not had.isdisjoint(labels)))
    return flags


def as_json(content: dict[str, Any]) -> str:
    """The table as text that cannot end the element it stands in."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def fixed_in(analysis: Analysis, arm: Arm) -> set[str]:
    """Parameters that were not drawn in an arm, because the study or its scenario sets them."""
    found = set(analysis.plan.study.parameters) | {name for name, value in arm.point if value != FROM_PRIOR}
    scenario = analysis.plan.specs.scenarios.get(arm.name)
    return found | set(scenario.parameters if scenario else ())


def chosen(analysis: Analysis, drawn: pd.DataFrame) -> list[str]:
    """Those always offered, and the parameters with which results went together most, by rank correlation."""
    runs = analysis.finished(analysis.reference).loc[drawn.index]
    results = pd.DataFrame({measure.name: measure.read(runs) for measure in EPISODES})
    results = results.assign(paid_off=runs["outcome"].isin(ENDINGS[:2]).astype(float)).rank()
    ranks = drawn.rank()
    strength = {str(name): results.corrwith(ranks[name]).abs().max() for name in drawn if name not in ALWAYS}
    order = sorted(strength, key=lambda name: -np.nan_to_num(strength[name]))
    return [*(name for name in ALWAYS if name in drawn), *order][:MOST_PARAMETERS]


def _drawn(analysis: Analysis, fixed: set[str]) -> pd.DataFrame:
    """What was drawn for each seed of the reference, a column a parameter."""
    runs = analysis.finished(analysis.reference)["run_id"]
    names = [name for name in can_be_believed() if name in analysis.parameters and name not in fixed]
    table = analysis.parameters.set_index("run_id")[names].reindex(runs).set_index(runs.index)
    return table.loc[:, table.nunique() > 2].dropna()


def _parameter(name: str, values: pd.Series) -> dict[str, Any]:
    """A parameter with its draws and what its sliders span: the middle from end to end of 90% of them."""
    family, x = family_of(name), on_scale(name, values)
    low, middle, high = np.quantile(x, (0.05, 0.5, 0.95))
    return {
        "name": name,
        "meaning": PARAMETERS[name].meaning,
        "unit": PARAMETERS[name].unit,
        "family": family._asdict(),
        "low": float(low),
        "middle": float(middle),
        "high": float(high),
        "spread": float(x.std()),
        "spreads": [float(part * x.std()) for part in SPREADS],
        "values": [float(f"{value:.{DIGITS}g}") for value in values],
    }


def _codes(analysis: Analysis, arm: Arm) -> pd.Series:
    """Two letters a run: its ending, and which episodes it had, as a number in base 36."""
    runs = analysis.finished(arm)
    number = runs["outcome"].map({ending: place for place, ending in enumerate(ENDINGS)})
    for place, measure in enumerate(EPISODES):
        number = number + len(ENDINGS) * 2**place * (measure.read(runs) > 0.0)
    return number.astype(int).map(lambda code: ALPHABET[code // 36] + ALPHABET[code % 36])
