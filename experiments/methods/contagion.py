"""Small shocks to one player, large losses to all? Runs with a shock against the same seeds without it.

The loss of a run is what owners and lenders of the AI sector have lost against its twin: market value of AI firms and
labs, and credit losses up to then. What is lost at the first blow is the *direct* loss: all that owners and creditors
of an agent that is made to fail lose, or, for a shock, the sector's loss in the quarter in which it strikes.
Amplification is the total loss two years later over the direct loss: above one the web amplifies, below it dampens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..batch.runner import compute
from ..narrative.chains import FAILURES
from ..narrative.reactions import chain_of, followers, started_by
from ..study.schema import Arm, Plan, line_up, part_of

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from simulation import Scenario

    from ..batch.worker import Rows
    from ..statistics import Estimate
    from ..study.schema import Study

    Floats = npt.NDArray[np.float64]

KEY_PLAYERS = (
    "Nvidia", "AMD", "Broadcom", "Microsoft", "Alphabet", "Amazon", "Meta", "Oracle", "CoreWeave", "OpenAI",
    "Anthropic", "xAI",
)  # fmt: skip
SMALL = 0.25
HORIZON = 8
FORCED = "forced_failure"
AMPLIFICATION = "amplification"
WHOLE = 100.0  # from here on numbers are shown without decimals
NUMBERS = ("direct loss", "total loss", AMPLIFICATION, "output lost", "failures that follow")
"""The columns of the table that carry an interval."""


@dataclass(frozen=True)
class Blow:
    """A shock to an economy: its name, the scenario with and without it, and the quarter in which it strikes."""

    name: str
    scenario: Scenario
    twin: Scenario
    quarter: int


@dataclass(frozen=True)
class Loss:
    """What one run has lost against its twin (USD bn), the failures that followed, by channel, and all its events."""

    seed: int
    direct: float
    total: float
    output: float
    failures: int
    channels: Mapping[str, int]
    events: Mapping[str, list[Any]] = field(repr=False)


def failures_of(names: Iterable[str], scenario: Scenario, quarter: int) -> list[Blow]:
    """Each of some agents failing alone in a quarter. Raises CircuitError for a name that is no key player's."""
    from simulation.scenario import AgentEvent

    blows = []
    for name in names:
        event = AgentEvent(agent=name, kind="failure", quarter=quarter)
        blows.append(Blow(f"{name} fails", scenario.with_events(event), scenario, quarter))
    return blows


def small_shocks(names: Iterable[str], size: float = SMALL, **parameters: float) -> list[Blow]:
    """Shipped scenarios with every shock scaled to a part of its size; other parameters as in the baseline."""
    from simulation import Scenario

    blows = []
    for name in names:
        whole = Scenario.load(name)
        if not whole.shocks:
            continue
        scaled = tuple(part_of(path, size) for path in whole.shocks)
        twin = replace(whole, shocks=(), events=()).with_parameters(**parameters)
        blow = replace(twin, shocks=scaled)
        blows.append(Blow(f"{whole.title}, {size:.0%}", blow, twin, min(path.start for path in scaled)))
    return blows


class Losses(NamedTuple):
    """Losses of every blow, one for each seed in order on which run and twin finished; of `tried` runs some failed."""

    by_blow: dict[str, list[Loss]]
    failed: int
    tried: int


def losses(blows: Sequence[Blow], study: Study, workers: int | None = None) -> Losses:
    """Run every blow and its twin with the same seeds; a seed whose run or twin failed is left out."""
    from ..batch.compiling import prepare
    from ..batch.pool import default_workers
    from ..batch.runner import with_progress

    prepare()
    planned = _plan_of(blows, study)
    specs = {spec.run_id: spec for spec in planned.specs}
    paths: dict[str, _Path] = {}
    for spec, rows in with_progress(compute(list(specs.values()), workers or default_workers()), len(specs)):
        if "failure" not in rows:
            paths[spec.run_id] = _Path.of(rows)
    found: dict[str, list[Loss]] = {blow.name: [] for blow in blows}
    for rank in range(study.runs):
        for number, blow in enumerate(blows):
            run, twin = planned.specs.of(rank, 2 * number), planned.specs.of(rank, 2 * number + 1)
            if run.run_id in paths and twin.run_id in paths:
                found[blow.name].append(_loss(run.seed, paths[run.run_id], paths[twin.run_id], blow.quarter))
    return Losses(found, len(specs) - len(paths), len(specs))


def _plan_of(blows: Sequence[Blow], study: Study) -> Plan:
    """Two arms for each blow, with it and without; twins that several blows share are one run."""
    arms: list[Arm] = []
    scenarios: dict[str, Scenario] = {}
    for blow in blows:
        twin = f"{blow.name}: twin"
        arms += [Arm(blow.name, blow.scenario.name, reference=twin), Arm(twin, blow.twin.name)]
        scenarios |= {blow.name: blow.scenario, twin: blow.twin}
    return line_up(study, arms, scenarios)


def table(found: Mapping[str, list[Loss]], seeds: int, **labels: str) -> pd.DataFrame:
    """One row a blow: mean losses, amplification and failures with their intervals, and the channel of most failures.

    `seeds` is how many were run; on those that are not in n a run failed.
    """
    import pandas as pd

    rows = []
    for name, runs in found.items():
        channels: dict[str, int] = {}
        for run in runs:
            for channel, count in run.channels.items():
                channels[channel] = channels.get(channel, 0) + count
        main = max(channels, key=lambda channel: channels[channel]) if channels else "none"
        row: dict[str, object] = {"blow": name, **labels, "n": len(runs), "seeds failed": seeds - len(runs)}
        for number, estimate in _numbers(runs).items():
            row |= {number: estimate.value, f"{number} low": estimate.low, f"{number} high": estimate.high}
        rows.append(row | {"main channel": main})
    return pd.DataFrame(rows)


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with each number and its interval in one cell."""
    import pandas as pd

    from ..analysis.wording import ranged
    from ..statistics import Estimate

    texts = {
        name: [
            ranged(Estimate(*row), 2 if name == AMPLIFICATION else 0 if abs(row[0]) >= WHOLE else 1)
            for row in zip(frame[name], frame[f"{name} low"], frame[f"{name} high"], frame["n"], strict=True)
        ]
        for name in NUMBERS
    }
    others = [name for name in frame.columns if name not in NUMBERS and not name.endswith((" low", " high"))]
    *first, last = others
    return pd.concat([frame[first], pd.DataFrame(texts, index=frame.index), frame[[last]]], axis=1)


def _numbers(runs: Sequence[Loss]) -> dict[str, Estimate]:
    """What a blow does on average over its runs, by the name of its column."""
    from .. import statistics as st

    read = {
        "direct loss": [run.direct for run in runs],
        "total loss": [run.total for run in runs],
        "output lost": [run.output for run in runs],
        "failures that follow": [float(run.failures) for run in runs],
    }
    means = {name: st.mean_effect(values) for name, values in read.items()}
    means[AMPLIFICATION] = st.ratio_of_means(read["total loss"], read["direct loss"])
    return {name: means[name] for name in NUMBERS}


class Followed(NamedTuple):
    """A failure that was made, the seed in which it brought most others down, and the chain that followed there."""

    blow: str
    seed: int
    chain: pd.DataFrame


def most_followed(found: Mapping[str, list[Loss]]) -> Followed | None:
    """The forced failure that brought most agents down, over all blows and seeds; none where nothing followed."""
    import pandas as pd

    best: Followed | None = None
    for name, runs in found.items():
        for run in runs:
            chain = chain_of(pd.DataFrame(dict(run.events)))
            forced = chain.loc[chain["event"] == FORCED, "number"]
            reaction = started_by(chain, int(forced.iloc[0])) if len(forced) else chain.iloc[:0]
            if len(reaction) > 1 and (best is None or followers(reaction) > followers(best.chain)):
                best = Followed(name, run.seed, reaction)
    return best


@dataclass(frozen=True)
class _Path:
    """What of a run its losses are read from."""

    value: Floats
    losses: Floats
    forced: Floats
    output: Floats
    dates: list[str]
    events: Mapping[str, list[Any]]

    @classmethod
    def of(cls, rows: Rows) -> _Path:
        value, losses, forced, output = (np.asarray(rows["series"][name], float) for name in _READ)
        return cls(value, losses, forced, output, rows["series"]["date"], rows["events"])


_READ = ("ai_value", "ai_credit_losses", "forced_loss", "real_gdp")


def _loss(seed: int, run: _Path, twin: _Path, quarter: int) -> Loss:
    start = quarter - 1
    end = min(start + HORIZON, len(run.value) - 1)
    lost = twin.value - run.value + np.cumsum(run.losses - twin.losses)
    direct = float(run.forced.sum()) or float(lost[start])
    output = float((twin.output - run.output)[start : end + 1].sum())
    window = set(run.dates[start : end + 1])
    ours, theirs = (_failures(path.events, window) for path in (run, twin))
    channels = {channel: max(ours[channel] - theirs.get(channel, 0), 0) for channel in ours}
    followed = max(sum(ours.values()) - sum(theirs.values()), 0)
    named = {name: n for name, n in channels.items() if n}
    return Loss(seed, direct, float(lost[end]), output, followed, named, run.events)


def _failures(events: Mapping[str, list[Any]], window: set[str]) -> dict[str, int]:
    """Failures in some quarters by channel, without those an experiment made."""
    counts: dict[str, int] = {}
    for quarter, event, channel in zip(events["quarter"], events["event"], events["channel"], strict=True):
        if event in FAILURES and event != FORCED and quarter in window:
            counts[channel] = counts.get(channel, 0) + 1
    return counts
