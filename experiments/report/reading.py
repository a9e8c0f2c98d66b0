"""Opens a results folder for reading alone. No scenario file is needed but to compute a run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulation.errors import CircuitError

from ..analysis.analysis import Analysis
from ..analysis.runs import SERIES
from ..narrative.cascades import events_of_largest
from ..study.reopening import reopened, replanned
from ..study.schema import Plan, Specs, Study, parse_study
from .section import Findings

if TYPE_CHECKING:
    import pandas as pd


def findings_in(folder: Path) -> Findings:
    """The findings of a results folder, as far as it was computed; of its seeds those that a stopping rule left.

    Raises `CircuitError` where there are no readable results, or those of a sensitivity study."""
    manifest, results = reopened(str(folder))
    if "varied" in manifest:
        raise CircuitError(
            f"{folder}: holds a sensitivity study, whose tables and figures lie in it; "
            "circuit report reads what circuit compare and circuit batch wrote"
        )
    if "inputs" not in manifest:
        raise CircuitError(f"{folder}: the study stopped before its inputs were stored; run the same command again")
    asked = parse_study(manifest["inputs"], f"{folder}: ")
    planned = _plan(folder, asked, min(manifest.get("seeds_used", asked.runs), asked.runs))
    study = planned.study
    runs, failures = _of_study(results.read("runs"), study), _of_study(results.read("failures"), study)
    parameters = _of_runs(results.read("parameters"), runs)
    series = _of_runs(results.read("series", SERIES), runs)
    cascade = events_of_largest(results, set(runs["run_id"]))
    return Findings(Analysis(planned, runs, failures, parameters, series), manifest, cascade, results.warning())


def _plan(folder: Path, asked: Study, seeds: int) -> Plan:
    """The plan with its scenarios, so that a run can be computed again; without them where they have changed."""
    try:
        return replanned(str(folder)).of_seeds(seeds)
    except CircuitError:
        study = asked.model_copy(update={"runs": seeds})
        return Plan(study, study.arms(), Specs(study, [], {}))


def _of_study(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The rows of a study's own arms and seeds: a folder may hold more runs than were asked for last."""
    if "arm" not in rows:
        return rows
    names = {arm.name for arm in study.arms()}
    last = study.seed + study.runs - 1
    return rows[rows["arm"].isin(names) & rows["seed"].between(study.seed, last)].reset_index(drop=True)


def _of_runs(rows: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["run_id"].isin(runs["run_id"])].reset_index(drop=True)
