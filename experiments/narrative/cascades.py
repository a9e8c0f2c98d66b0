"""The largest chain reaction among the runs of a study, found in its stored events."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from .reactions import COLUMNS, FALLS, chain_of, followers, largest_reaction

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from ..store.results import Results

CANDIDATES = 50
"""Runs whose reactions are compared: those with the most failures that were put down to somebody else."""


def events_of_largest(results: Results, wanted: Collection[str]) -> pd.DataFrame:
    """All events of the run with the largest chain reaction among `wanted` runs, with its run_id; empty if none.

    Largest: the most agents brought down by one failure; of equals, the failures that cost most, then the first run."""
    linked = _linked_failures(results, wanted)
    best: tuple[int, float] = (0, 0.0)
    events = _events_of(results, list(linked.index[:CANDIDATES]))
    chosen = events.iloc[:0]
    for run_id, count in linked.head(CANDIDATES).items():
        if count < best[0]:
            break
        mine = events[events["run_id"] == run_id]
        reaction = largest_reaction(chain_of(mine))
        size = (followers(reaction), float(reaction.loc[reaction["event"].isin(FALLS), "amount"].sum()))
        if size[0] and size > best:
            best, chosen = size, mine
    return chosen.reset_index(drop=True)


def _linked_failures(results: Results, wanted: Collection[str]) -> pd.Series:
    """How many failures of each run were put down to somebody else, most first."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    counts: dict[str, int] = {}
    for table in _shards(results, ["run_id", "event", "other"]):
        fell = pc.is_in(table["event"], value_set=pa.array(FALLS))
        rows = table.filter(pc.and_(fell, pc.not_equal(table["other"], "")))
        for count in rows["run_id"].value_counts().to_pylist():
            if count["values"] in wanted:
                counts[count["values"]] = counts.get(count["values"], 0) + count["counts"]
    order = sorted(counts, key=lambda run_id: (-counts[run_id], run_id))
    return pd.Series([counts[run_id] for run_id in order], index=order, dtype=int)


def _events_of(results: Results, run_ids: list[str]) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    columns, chosen = ["run_id", *COLUMNS], pa.array(run_ids, pa.string())
    tables = [table.filter(pc.is_in(table["run_id"], value_set=chosen)) for table in _shards(results, columns)]
    return pa.concat_tables(tables).to_pandas() if tables else pd.DataFrame(columns=columns)


def _shards(results: Results, columns: list[str]) -> Iterator[pa.Table]:
    """These columns of the events, shard by shard, of the shards in which a run finished."""
    for shard, seal in sorted(results.seals.items()):
        if any(file.startswith("events/") for file in seal.files):
            table = results.shard_table("events", shard, columns)
            if set(columns) <= set(table.column_names):
                yield table.select(columns)
