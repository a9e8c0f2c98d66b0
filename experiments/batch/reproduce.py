"""`circuit reproduce`: a stored run computed again, every row of it compared byte by byte."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from simulation.errors import CircuitError

from ..store.ledger import Ledger
from ..store.results import TABLES, Results, encoded
from ..study.reopening import plan_of_all_runs, reopened
from . import worker
from .collecting import Shards
from .compiling import prepare

if TYPE_CHECKING:
    import pyarrow as pa

    from ..study.schema import Plan, RunSpec
    from .pool import RunOne


def differences(folder: str, run_id: str, run_one: RunOne = worker.run_one) -> list[str]:
    """Tables in which a run computed now is not the stored one, in words; empty if all bytes are the same.

    Raises `CircuitError` for a run that is not stored."""
    planned, (_, stored) = plan_of_all_runs(folder), reopened(folder)
    spec = _spec_of(planned, stored, run_id)
    if run_one is worker.run_one:
        prepare()
    with tempfile.TemporaryDirectory() as scratch:
        again = _computed(planned, spec, scratch, run_one)
        pairs = {
            table: (_rows(stored, table, run_id), _rows(again, table, run_id))
            for table in (*TABLES, *planned.study.keep)
        }
    return [
        f"{run_id}: {table} differs: {_what(before, now)}"
        for table, (before, now) in pairs.items()
        if encoded(before) != encoded(now)
    ]


def stored_run(folder: str, run_id: str) -> RunSpec:
    """The run of a results folder with this name. Raises `CircuitError` for one that is not stored."""
    return _spec_of(plan_of_all_runs(folder), reopened(folder)[1], run_id)


def _spec_of(planned: Plan, stored: Results, run_id: str) -> RunSpec:
    """The run with this name; its seed tells where in the plan it stands."""
    for shard, seal in stored.seals.items():
        if run_id not in seal.runs:
            continue
        for table in ("runs", "failures"):
            rows = stored.shard_table(table, shard, ["run_id", "seed"]).to_pylist()
            seed = next((row["seed"] for row in rows if row["run_id"] == run_id), None)
            if seed is not None:
                specs = (planned.specs.of(seed - planned.study.seed, number) for number in range(len(planned.arms)))
                return next(spec for spec in specs if spec.run_id == run_id)
    raise CircuitError(f"{run_id!a}: no such run; circuit query RESULTS 'select run_id from runs' lists them")


def _computed(planned: Plan, spec: RunSpec, scratch: str, run_one: RunOne) -> Results:
    """A results folder with this one run in it."""
    results = Results(scratch, planned.identity)
    shard = (spec.seed - planned.study.seed) // planned.seeds_per_shard
    with Ledger(":memory:", ()) as ledger:
        shards = Shards(planned, results, ledger, only=[shard])
        shards.add(spec, worker.attempted(run_one, spec))
        shards.commit()
    return results


def _rows(results: Results, table: str, run_id: str) -> pa.Table:
    """The rows of one run, without the columns of which they say nothing."""
    import pyarrow.compute as pc

    shard = next(number for number, seal in results.seals.items() if run_id in seal.runs)
    rows = results.shard_table(table, shard)
    if rows.num_rows:
        rows = rows.filter(pc.equal(rows["run_id"], run_id))
    kept = [name for name in rows.column_names if rows.num_rows and rows[name].null_count < rows.num_rows]
    return rows.select(sorted(kept))


def _what(before: pa.Table, now: pa.Table) -> str:
    """Which columns are not the same."""
    if before.num_rows != now.num_rows or before.column_names != now.column_names:
        return f"{before.num_rows} rows of {before.num_columns} columns then, {now.num_rows} of {now.num_columns} now"
    changed = [name for name in before.column_names if not before[name].equals(now[name])]
    return f"column {', '.join(changed[:5])}{' and more' if len(changed) > 5 else ''}"
