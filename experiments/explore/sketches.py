"""What a worker of the live page does: a run at first without its macro twin, which takes as long again, then whole.

The sketch of a run is the run itself. What needs the twin, macro and systemic episodes, is missing from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..batch.worker import Rows, build, run_one, start_worker
from ..study.schema import RunSpec

if TYPE_CHECKING:
    from simulation import Economy

STARTS_KEPT = 128  # a megabyte each: a lever that is dragged opens the same economies again and again
SHOWN = ("outcome", "series", "failure")
EPISODES = {
    "investment pullback": "pullback",
    "market pullback": "market_pullback",
    "credit event": "credit_event",
    "macro episode": "macro_episode",
    "systemic episode": "systemic_episode",
}
"""Episodes on the way, and the column of a run's outcome that says whether one came."""
NEED_THE_TWIN = ("macro episode", "systemic episode")


class Sketch(RunSpec):
    """A run that is wanted without its macro twin."""


def start_quick_worker() -> None:
    """Set up a fresh process that keeps openings, and members of an ensemble that stand at its quarter."""
    from simulation.vintages.finished import OPENINGS

    from ..ensembles.ensemble import STANDING

    start_worker()
    OPENINGS.most = STANDING.most = STARTS_KEPT


def answer(spec: RunSpec) -> Rows:
    """A run or a sketch, with what the page shows of it."""
    return sketch(spec) if isinstance(spec, Sketch) else _shown(run_one(spec))


def sketch(spec: RunSpec) -> Rows:
    """A run without its macro twin."""
    from ..ensembles.start import past_of

    return _told(build(spec).run(), past_of(spec.vintage))


def is_whole(rows: Rows) -> bool:
    """Whether nothing is missing from a run, or will ever come of it."""
    return "failure" in rows or all(EPISODES[kind] in rows["outcome"] for kind in NEED_THE_TWIN)


def _told(economy: Economy, past: int) -> Rows:
    from simulation.endings import outcome_without_twin

    series = economy.series[past:]
    attrition = economy.scenario.parameter_values()["attrition"]
    ending, kinds = outcome_without_twin(series, attrition, economy.label(past))
    known = {column: kind in kinds for kind, column in EPISODES.items() if kind not in NEED_THE_TWIN}
    return Rows(outcome={"outcome": ending, **known}, series=_columns(series))


def _shown(rows: Rows) -> Rows:
    """What the page shows of a run."""
    kept: Any = {name: rows[name] for name in SHOWN if name in rows}  # type: ignore[literal-required]
    if "outcome" in kept:
        kept["outcome"] = {column: rows["outcome"][column] for column in ("outcome", *EPISODES.values())}
    return kept  # type: ignore[no-any-return]


def _columns(series: Any) -> Any:
    import numpy as np

    from ..batch.worker import Columns

    names = series.dtype.names
    return Columns({}, names, np.array([series[name] for name in names], "f4"))
