"""Collects finished runs and commits them in shards of whole seeds.

A shard holds the same runs whatever the number of workers, in the order of the plan, so its bytes are the
same too. A shard that was committed half-finished (Ctrl-C, or a study that now has more runs) is filled up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .store import TABLES, Results, read_table

if TYPE_CHECKING:
    import pyarrow as pa

    from .study import Plan, RunSpec
    from .worker import Rows

RUNS_PER_SHARD = 50
RUN_COLUMNS = ("run_id", "arm", "scenario", "policy", "seed", "vintage", "quarters", "firms", "prior")


class Shards:
    """The runs of a plan, grouped by shard; writes a shard as soon as it is complete."""

    def __init__(self, plan: Plan, results: Results) -> None:
        self.results = results
        self.arms = {arm.name: arm for arm in plan.arms}
        self.seeds_per_shard = max(1, RUNS_PER_SHARD // len(plan.arms))
        self.first_seed = plan.study.seed
        self.members: dict[int, list[RunSpec]] = defaultdict(list)
        for spec in plan.specs:
            self.members[self.shard_of(spec)].append(spec)
        self.order = {spec.run_id: rank for rank, spec in enumerate(plan.specs)}
        self.done = results.run_ids() & self.order.keys()
        self.failed = len(set(results.read("failures", columns=["run_id"])["run_id"]) & self.done)
        self.waiting: dict[str, Rows] = {}

    @property
    def total(self) -> int:
        """Distinct runs of the plan: two arms that come to the same economy share theirs."""
        return len(self.order)

    def shard_of(self, spec: RunSpec) -> int:
        """Which shard a run belongs to: seeds in order, never anything that depends on who computed it."""
        return (spec.seed - self.first_seed) // self.seeds_per_shard

    def missing(self) -> list[RunSpec]:
        """Runs still to compute, each once, in the order of the plan."""
        first = {spec.run_id: spec for specs in self.members.values() for spec in reversed(specs)}
        return [first[run_id] for run_id in self.order if run_id not in self.done]

    def add(self, spec: RunSpec, rows: Rows) -> None:
        """Take a finished run, and commit its shard if it was the last one missing."""
        self.waiting[spec.run_id] = rows
        self.done.add(spec.run_id)
        self.failed += "failure" in rows
        shard = self.shard_of(spec)
        if all(member.run_id in self.done for member in self.members[shard]):
            self._commit(shard)

    def commit(self) -> None:
        """Commit every shard that has finished runs waiting, complete or not."""
        for shard in sorted(self.members):
            self._commit(shard)

    def _commit(self, shard: int) -> None:
        specs = [spec for spec in self.members[shard] if spec.run_id in self.waiting]
        if not specs:
            return
        finished = self._tables(specs)
        self.results.commit(shard, {name: self._merged(name, shard, finished[name]) for name in TABLES})
        for spec in specs:
            self.waiting.pop(spec.run_id, None)

    def _merged(self, name: str, shard: int, table: pa.Table) -> pa.Table:
        """The rows committed before and the new ones, in the order of the plan."""
        import pyarrow as pa

        file = f"{name}/{shard:05d}.parquet"
        if file not in self.results.files:
            return table
        earlier = read_table(self.results.folder / file, self.results.files[file])
        whole = pa.concat_tables([earlier, table], promote_options="default")
        ranks = [self.order.get(run_id, -1) for run_id in whole["run_id"].to_pylist()]
        order = sorted(range(len(ranks)), key=ranks.__getitem__)
        return whole.take(pa.array(order, type=pa.int64()))

    def _tables(self, specs: list[RunSpec]) -> dict[str, pa.Table]:
        """The tables of some runs. Arms that share a run each have a row in `runs`; all else is once."""
        every = {spec.run_id: self.waiting[spec.run_id] for spec in specs}
        good = {run_id: rows for run_id, rows in every.items() if "failure" not in rows}
        finished = [self._facts(spec) | good[spec.run_id]["outcome"] for spec in specs if spec.run_id in good]
        failed = [self._facts(spec) | every[spec.run_id]["failure"] for spec in specs if spec.run_id not in good]
        parameters = [{"run_id": run_id, **rows["parameters"]} for run_id, rows in good.items()]
        return {
            "runs": _table(finished, RUN_COLUMNS),
            "parameters": _table(parameters, ("run_id",)),
            "series": _stacked({run_id: rows["series"] for run_id, rows in good.items()}),
            "events": _stacked({run_id: rows["events"] for run_id, rows in good.items()}),
            "failures": _table(failed, (*RUN_COLUMNS, "kind", "message")),
        }

    def _facts(self, spec: RunSpec) -> dict[str, Any]:
        arm = self.arms[spec.arm]
        values = (spec.run_id, arm.name, arm.scenario, arm.policy or "", spec.seed)
        return dict(zip(RUN_COLUMNS, (*values, spec.vintage, spec.quarters, spec.firms, spec.prior), strict=True))


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pa.Table:
    """Rows as a table; without rows the columns are there all the same, without a type."""
    import pyarrow as pa

    return pa.Table.from_pylist(rows) if rows else pa.table({name: pa.nulls(0) for name in columns})


def _stacked(tables: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """Tables of several runs under each other, with the run they belong to in the first column."""
    import pyarrow as pa

    if not tables:
        return _table([], ("run_id", "quarter"))
    lengths = [len(columns["quarter"]) for columns in tables.values()]
    ids = pa.array([run_id for run_id, length in zip(tables, lengths, strict=True) for _ in range(length)])
    parts = [pa.table(dict(columns)) for columns in tables.values()]
    whole = pa.concat_tables(parts, promote_options="default").combine_chunks()
    return whole.add_column(0, "run_id", ids.cast(pa.string()))
