"""Collects finished runs and commits them in shards of whole seeds.

A shard holds the same runs whatever the number of workers, in the order of the plan, so its bytes are the same too. A
shard that was committed half-finished (after ten seconds, after Ctrl-C, or by a study that now has more runs) is filled
up."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from ..store.results import FAILED, FINISHED, TABLES, Results
from ..study.designs import PULLBACK
from .stopping import Stopping
from .worker import BETWEEN_TEXTS, Columns, Packed

if TYPE_CHECKING:
    import pyarrow as pa

    from ..store.ledger import Ledger
    from ..study.schema import Plan, RunSpec
    from .worker import Rows

SECONDS_PER_SHARD = 10.0
TYPE_OF = {"seed": "int64", "quarters": "int64", "firms": "int64", "prior": "bool"}  # others are texts
RUN_COLUMNS = ("run_id", "arm", "scenario", "policy", "seed", "vintage", "quarters", "firms", "prior")


class Shards:
    """The runs of a plan, grouped by shard; writes a shard as soon as it is complete, or ten seconds old.

    With a stopping rule shards are committed in order, so that what is on the disk is what the rule has seen, and
    `enough` says that it is met."""

    def __init__(self, plan: Plan, results: Results, ledger: Ledger, only: Sequence[int] | None = None) -> None:
        self.plan, self.results, self.ledger = plan, results, ledger
        self.arms = {arm.name: arm for arm in plan.arms}
        self.seeds_per_shard = plan.seeds_per_shard
        self.shards = math.ceil(plan.study.runs / self.seeds_per_shard)
        self.waiting: dict[int, dict[str, Rows]] = defaultdict(dict)
        wanted = range(self.shards) if only is None else [shard for shard in only if shard < self.shards]
        self.left = [len(self._missing_in(shard)) if shard in wanted else 0 for shard in range(self.shards)]
        self.failed = ledger.failed_in(self.shards)
        self.rule = Stopping(plan) if plan.study.stop and only is None else None
        self.settled, self.enough = 0, False
        self.committed_at = time.monotonic()
        self._settle()

    @property
    def total(self) -> int:
        """Distinct runs of the plan: two arms that come to the same economy share theirs."""
        return self.plan.study.runs * len(self.plan.specs.distinct)

    @property
    def saved(self) -> int:
        """Distinct runs of the plan that are on the disk."""
        distinct, counted = len(self.plan.specs.distinct), 0
        for shard, seal in self.results.seals.items():
            seeds = self._seeds_of(shard)
            if len(seeds) == self.seeds_per_shard:
                counted += len(seal.runs)
            elif seeds:  # the last one may hold seeds that the plan no longer has
                counted += len(seeds) * distinct - len(self._without(seal.runs, seeds))
        return counted

    @property
    def missing_count(self) -> int:
        """How many runs are still to compute, if no stopping rule ends it sooner."""
        return 0 if self.enough else sum(self.left)

    @property
    def seeds(self) -> int:
        """Seeds of the plan that count: all, or those at which the stopping rule was met."""
        return min(self.settled * self.seeds_per_shard, self.plan.study.runs) if self.enough else self.plan.study.runs

    def missing(self) -> Iterator[RunSpec]:
        """Runs still to compute, each once, in the order of the plan; found as they are asked for."""
        for shard in range(self.shards):
            if self.enough:
                return
            if self.left[shard]:
                yield from self._missing_in(shard)

    def add(self, spec: RunSpec, rows: Rows) -> None:
        """Take a finished run, and commit what is complete or has waited long enough."""
        shard = (spec.seed - self.plan.study.seed) // self.seeds_per_shard
        self.waiting[shard][spec.run_id] = rows
        self.left[shard] -= 1
        self.failed += "failure" in rows
        if self.left[shard] == 0:
            self._settle() if self.rule else self._commit(shard)
        if time.monotonic() - self.committed_at > SECONDS_PER_SHARD:
            self.commit()

    def commit(self) -> None:
        """Commit every shard that has finished runs waiting, complete or not; with a rule, the one it sees next.

        Once the rule is met there is none: runs that finished ahead of it do not count, whoever computed them."""
        last = self.shards if self.rule is None else self.settled - self.enough
        for shard in sorted(self.waiting):
            if shard <= last:
                self._commit(shard)
        self.committed_at = time.monotonic()

    def _settle(self) -> None:
        """Show the stopping rule one complete shard after the other, without a gap."""
        while self.rule and not self.enough and self.settled < self.shards and self.left[self.settled] == 0:
            self._commit(self.settled)
            runs = self.results.shard_table("runs", self.settled, ["arm", "seed", PULLBACK])
            self.enough = self.rule.met(runs, self._seeds_of(self.settled))
            self.settled += 1

    def _seeds_of(self, shard: int) -> range:
        ranks = range(shard * self.seeds_per_shard, (shard + 1) * self.seeds_per_shard)
        return range(ranks.start, min(ranks.stop, self.plan.study.runs))

    def _missing_in(self, shard: int) -> list[RunSpec]:
        """Runs of a shard that are neither committed nor waiting."""
        done = self.ledger.of_shard(shard).keys() | self.waiting.get(shard, {}).keys()
        if len(done) == self.seeds_per_shard * len(self.plan.specs.distinct):
            return []
        return self._without(done, self._seeds_of(shard))

    def _without(self, done: Container[str], seeds: range) -> list[RunSpec]:
        """Runs of some seeds that are not among those done."""
        wanted = (self.plan.specs.of(rank, number) for rank in seeds for number in self.plan.specs.distinct)
        return [spec for spec in wanted if spec.run_id not in done]

    def _commit(self, shard: int) -> None:
        """Write a shard with what was committed of it before and what is waiting."""
        before = self.results.seals[shard].runs if shard in self.results.seals else {}
        waiting = {run_id: rows for run_id, rows in self.waiting.get(shard, {}).items() if run_id not in before}
        if waiting:
            members = self._members(shard)
            ranks = {spec.run_id: rank for rank, spec in reversed(list(enumerate(members)))}
            members.sort(key=lambda spec: ranks[spec.run_id])  # arms that share a run stand together
            tables = self._tables([spec for spec in members if spec.run_id in waiting], waiting)
            if before:
                tables = {
                    name: _ordered(self._with_earlier(name, shard, table), ranks) for name, table in tables.items()
                }
            states = {run_id: FAILED if "failure" in rows else FINISHED for run_id, rows in waiting.items()}
            runs = dict(sorted((before | states).items()))
            self.results.commit(shard, tables, runs)
        self.waiting.pop(shard, None)
        self.ledger.note([self.results.seals[shard]] if waiting else [])

    def _members(self, shard: int) -> list[RunSpec]:
        seeds, arms = self._seeds_of(shard), range(len(self.arms))
        return [self.plan.specs.of(rank, number) for rank in seeds for number in arms]

    def _with_earlier(self, name: str, shard: int, table: pa.Table) -> pa.Table:
        import pyarrow as pa

        # A part whose runs all failed, or all finished, knows no types for what it lacks.
        earlier = self.results.shard_table(name, shard)
        held = [part for part in (earlier, table) if part.num_rows] or [earlier]
        return pa.concat_tables(held, promote_options="default")

    def _tables(self, specs: list[RunSpec], waiting: Mapping[str, Rows]) -> dict[str, pa.Table]:
        """The tables of some runs. Arms that share a run each have a row in `runs`; all else is once."""
        every = {spec.run_id: waiting[spec.run_id] for spec in specs}
        good = {run_id: rows for run_id, rows in every.items() if "failure" not in rows}
        finished = [self._facts(spec) | good[spec.run_id]["outcome"] for spec in specs if spec.run_id in good]
        failed = [self._facts(spec) | every[spec.run_id]["failure"] for spec in specs if spec.run_id not in good]
        tables = {
            "runs": _table(finished, RUN_COLUMNS),
            "parameters": _numbers({run_id: rows["parameters"] for run_id, rows in good.items()}),
            "series": _stacked({run_id: rows["series"] for run_id, rows in good.items()}),
            "events": _stacked({run_id: rows["events"] for run_id, rows in good.items()}),
            "failures": _table(failed, (*RUN_COLUMNS, "kind", "message")),
        }
        kept: list[Literal["agents", "claims"]] = sorted(self.plan.study.keep)
        asked = {name: _stacked({run_id: rows[name] for run_id, rows in good.items()}) for name in kept}
        return {name: tables[name] for name in TABLES} | asked

    def _facts(self, spec: RunSpec) -> dict[str, Any]:
        arm = self.arms[spec.arm]
        values = (spec.run_id, arm.name, arm.scenario, arm.policy or "", spec.seed)
        return dict(zip(RUN_COLUMNS, (*values, spec.vintage, spec.quarters, spec.firms, spec.prior), strict=True))


def _ordered(table: pa.Table, ranks: Mapping[str, int]) -> pa.Table:
    """Rows in the order of the plan, whenever their runs were finished."""
    import numpy as np
    import pyarrow as pa

    if table.num_rows == 0:
        return table
    run_ids = table["run_id"].combine_chunks().dictionary_encode()
    places = np.array([ranks.get(run_id, len(ranks)) for run_id in run_ids.dictionary.to_pylist()])
    return table.take(pa.array(np.argsort(places[run_ids.indices.to_numpy()], kind="stable")))


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pa.Table:
    """Rows as a table; without rows the columns are there all the same. A number that there is not is null: a
    not-a-number would sort above every number, and be averaged and counted as one."""
    import pyarrow as pa

    if not rows:
        return pa.schema([(name, TYPE_OF.get(name, "string")) for name in columns]).empty_table()
    table = pa.Table.from_pylist(rows)
    return pa.table({name: _or_null(column) for name, column in zip(table.column_names, table.columns, strict=True)})


def _or_null(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)


def _numbers(rows: Mapping[str, Columns]) -> pa.Table:
    """A row of numbers a run, with the run in the first column."""
    import numpy as np
    import pyarrow as pa

    if not rows:
        return _table([], ("run_id",))
    parts = [row.parts for row in rows.values()]
    columns = np.stack([array for _, _, array in parts], axis=1)
    return pa.table({"run_id": list(rows), **dict(zip(parts[0][1], columns, strict=True))})


def _stacked(tables: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """Tables of several runs under each other, with the run they belong to in the first column."""
    import numpy as np
    import pyarrow as pa

    if not tables:
        return _table([], ("run_id", "quarter"))
    parts = list(tables.values())
    lengths = [part.rows if isinstance(part, Packed | Columns) else len(part["quarter"]) for part in parts]
    run_ids = pa.array(list(tables), pa.string()).take(pa.array(np.repeat(np.arange(len(parts)), lengths)))
    if packed := [part.columns for part in parts if isinstance(part, Packed)]:
        filled = [columns for columns, rows in zip(packed, lengths, strict=True) if rows] or packed[:1]
        columns = {name: _joined([columns[name] for columns in filled]) for name in packed[0]}
    elif blocks := [part.parts for part in parts if isinstance(part, Columns)]:
        whole = np.hstack([array for _, _, array in blocks])
        columns = {name: _joined([first[name] for first, _, _ in blocks]) for name in blocks[0][0]}
        columns |= dict(zip(blocks[0][1], whole, strict=True))
    else:
        columns = {name: _joined([part[name] for part in parts]) for name in parts[0]}
    return pa.table({"run_id": run_ids} | columns)


def _joined(columns: list[Any]) -> Any:
    """A column of several runs, each of which has it as a list, an array, one text, or words by number."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from simulation.event_log import Coded

    if isinstance(columns[0], Coded):
        return pa.array(columns[0].words).take(pa.array(np.concatenate([column.numbers for column in columns])))
    if isinstance(columns[0], str):
        return pc.split_pattern(pa.array([BETWEEN_TEXTS.join(columns)]), BETWEEN_TEXTS).values
    return np.concatenate(columns) if isinstance(columns[0], np.ndarray) else list(chain.from_iterable(columns))
