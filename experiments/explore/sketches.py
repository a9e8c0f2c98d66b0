"""What a worker of the live page does: a run at first without its macro twin, which takes as long again, then whole.

The sketch of a run is the run itself, books audited. What needs the twin, macro and systemic episodes, is missing from
it, and so is what no rule reads: tracing of AI money and DebtRank. Where levers alone move, quarters before the first
that does are those of the run without them, and are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulation.recent import Recent
from simulation.scenario import Scenario

from ..batch.worker import Rows, build, run_one, start_worker
from ..ensembles.ensemble import shifted
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
    OPENINGS.most = STANDING.most = TRUNKS.most = STARTS_KEPT


def answer(spec: RunSpec) -> Rows:
    """A run or a sketch, with what the page shows of it."""
    return sketch(spec) if isinstance(spec, Sketch) else _shown(run_one(spec))


def sketch(spec: RunSpec) -> Rows:
    """A run without its macro twin and without diagnostics."""
    from ..ensembles.start import past_of

    past = past_of(spec.vintage)
    if shared := quarters_before_anything_moves(spec.scenario):
        bare = replace(spec, run_id="", arm="", scenario=Scenario(overrides=spec.scenario.overrides))
        trunk = TRUNKS(bare, past + min(shared, spec.quarters))
        economy = trunk.fork(shifted(spec.scenario, past, trunk.scenario))
    else:
        economy = build(spec).leave_undiagnosed()
    return _told(economy.run(), past)


def quarters_before_anything_moves(scenario: Scenario) -> int:
    """Quarters that a scenario shares with the one without its shocks, policies and events; none where it has none."""
    first = [path.start for path in scenario.paths] + [event.quarter for event in scenario.events]
    return min(first, default=1) - 1


def _trunk(spec: RunSpec, quarters: int) -> Economy:
    economy = build(spec).leave_undiagnosed()
    while economy.quarter < quarters:
        economy.step()
    return economy


TRUNKS = Recent(_trunk)
"""Economies as they stand before anything moves: all values of a lever that is dragged go on from the same."""


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
