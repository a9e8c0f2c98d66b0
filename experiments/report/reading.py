"""Opens a results folder for reading alone: no scenario file is needed, and nothing is recomputed."""

from __future__ import annotations

from pathlib import Path

from simulation.errors import CircuitError

from ..analysis import Analysis
from ..store import read_manifest, read_shards, sorted_frame
from ..study import Plan, parse_study
from .section import Findings


def findings_in(folder: Path) -> Findings:
    """The findings of a results folder, as far as it was computed.

    Raises `CircuitError` where there are no readable results.
    """
    manifest = read_manifest(folder)
    if "inputs" not in manifest:
        raise CircuitError(f"{folder}: the study stopped before its inputs were stored; run the same command again")
    study = parse_study(manifest["inputs"], f"{folder}: ")
    plan = Plan(study, study.arms(), [])
    names = {arm.name for arm in plan.arms}
    tables = {
        name: sorted_frame(read_shards(folder, name, manifest["files"]))
        for name in ("runs", "failures", "parameters", "series")
    }
    for name in ("runs", "failures"):
        table = tables[name]
        if {"arm", "seed"} <= set(table):
            wanted = table["arm"].isin(names) & table["seed"].between(study.seed, study.seed + study.runs - 1)
            tables[name] = table[wanted].reset_index(drop=True)
    for name in ("parameters", "series"):
        table = tables[name]
        tables[name] = table[table["run_id"].isin(tables["runs"]["run_id"])].reset_index(drop=True)
    return Findings(Analysis(plan, **tables), manifest)
