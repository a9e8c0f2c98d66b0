"""Small shocks to one player, large losses to all? Runs with a shock against the same seeds without it.

The loss of a run is what owners and lenders of the AI sector have lost against its twin: market value of AI firms and
labs, and credit losses up to then. What is lost at the first blow is the *direct* loss: all that owners and creditors
of an agent that is made to fail lose, or, for a shock, the sector's loss in the quarter in which it strikes.
Amplification is the total loss two years later over the direct loss: above one the web amplifies, below it dampens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..analysis.contagion import AMPLIFICATION, Loss, amplified, estimate_of, shown, table, told
from ..analysis.wording import failed_of, ranged, span
from ..batch.runner import compute
from ..common.terminal import table_of
from ..figures.cascade import cascade_chart
from ..figures.dots import Panel, Row, dots_chart
from ..narrative.chains import FAILURES
from ..narrative.reactions import chain_of, followers, started_by
from ..statistics import FEWEST_FOR_BOOTSTRAP
from ..store.results import check_writable
from ..study.naming import name_of, setting_of
from ..study.schema import Arm, Plan, line_up, part_of
from .finding import Finding, hand_over
from .one_run import scenario_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from simulation import Scenario

    from ..batch.worker import Rows
    from ..common.arrays import Floats
    from ..figures.chart import Chart
    from ..study.schema import Study


KEY_PLAYERS = (
    "Nvidia", "AMD", "Broadcom", "Microsoft", "Alphabet", "Amazon", "Meta", "Oracle", "CoreWeave", "OpenAI",
    "Anthropic", "xAI",
)  # fmt: skip
SMALL = 0.25
HORIZON = 8
FORCED = "forced_failure"
DEALS = {"on": {}, "off": {"known_deals": False, "endogenous_deals": False}}
BUFFERS = (1.0, 2.0)
NOTE = (
    "Loss: market value of AI firms and labs and losses of their creditors, USD bn, against the same seeds without the "
    "blow. Amplification: two years later over the first blow; below one the web dampens. 95% intervals: Student's, "
    f"from {FEWEST_FOR_BOOTSTRAP} seeds on BCa bootstrap; Fieller's for the ratio."
)
UNTOLD = "A blow whose first loss these runs cannot tell from nothing has no amplification."
MOST_SHOWN = 12


@dataclass(frozen=True)
class Blow:
    """A shock to an economy: its name, the scenario with and without it, and the quarter in which it strikes."""

    name: str
    scenario: Scenario
    twin: Scenario
    quarter: int


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
    planned = _plan_of(blows, study)
    specs = {spec.run_id: spec for spec in planned.specs}
    paths: dict[str, _Path] = {}
    for spec, rows in compute(specs.values(), workers):
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


def report_failures(
    name: str, study: Study, quarter: int, workers: int | None, results: Path, console: Console
) -> pd.DataFrame:
    """Print and write the losses that the failure of one key player, or of each alone, brings."""
    names = KEY_PLAYERS if name == "all" else (name,)
    blows = failures_of(names, scenario_of(study), quarter)
    check_writable(results)
    found = losses(blows, study, workers)
    frame, stem = table(found.by_blow, study.runs), name_of("fail", study, name, f"quarter{quarter}")
    title = f"Losses in USD bn, failure in quarter {quarter}, {_seeds(frame, study)}"
    followed = most_followed(found.by_blow)
    charts = [loss_chart(stem, frame, failure_claim(frame), setting_of(study))]
    notes = [NOTE, f"{failed_of(found.failed, found.tried)}."]
    if followed:
        charts.append(_cascade_of(followed, study, f"{stem}-cascade"))
        notes.append(f"What followed is drawn for seed {followed.seed}, in which most fell.")
    else:
        notes.append("Nothing followed from it in any seed.")
    channels = shown(frame).assign(channel=frame.set_index("blow").loc[shown(frame)["blow"], "main channel"].to_numpy())
    answer = Finding(failure_claim(frame), [table_of(channels, title, index=False)], notes, {}, charts)
    hand_over(answer, results, stem, console)
    return frame


def failure_claim(frame: pd.DataFrame) -> str:
    """What the failure that costs most costs, at once and in all, and whether the web made it more."""
    worst = frame.sort_values("total loss").to_dict("records")[-1]
    total = ranged(estimate_of(worst, "total loss"), 0)
    size = ranged(estimate_of(worst, AMPLIFICATION), 2)
    web = f"{size} times the first blow" if told(worst) else "against a first blow that these runs cannot tell"
    follow = ranged(estimate_of(worst, "failures that follow"), 1)
    others = f", most of {len(frame)}" if len(frame) > 1 else ""
    return f"{worst['blow']}: {total} USD bn are lost two years later, {web}; {follow} failures follow{others}"


def loss_chart(name: str, frame: pd.DataFrame, claim: str, notes: str) -> Chart:
    """What each blow costs at once and in all."""
    rows = [
        Row(str(row["blow"]), estimate_of(row, number), number)
        for row in frame.sort_values("total loss", ascending=False).to_dict("records")
        for number in ("direct loss", "total loss")
    ]
    return dots_chart(name, claim, f"{notes}. {NOTE}", frame, [Panel("Loss of owners and lenders", "USD bn", rows)])


def _cascade_of(followed: Followed, study: Study, name: str) -> Chart:
    """What followed from a forced failure as a tree."""
    notes = (
        f"{followed.blow}, seed {followed.seed}: of {study.runs} seeds the one in which most others fell. "
        f"{setting_of(study)}."
    )
    return cascade_chart(followed.chain, name, notes)


def report_amplification(
    study: Study, failures: bool, shocks: bool, workers: int | None, results: Path, console: Console
) -> pd.DataFrame:
    """Print and write the table of amplification, with deals on and off and buffers as they are and doubled."""
    import pandas as pd

    from simulation import Scenario
    from simulation.scenario import available_scenarios

    check_writable(results)
    frames, failed, tried = [], 0, 0
    for deals, switches in DEALS.items():
        for buffers in BUFFERS:
            settings = {**switches, "buffer_scale": buffers, **study.parameters}
            scenario = Scenario.load("baseline").with_parameters(**settings)
            blows = failures_of(KEY_PLAYERS, scenario, 5) if failures else []
            if shocks:
                blows += small_shocks([listed.name for listed in available_scenarios()], **settings)
            found = losses(blows, study, workers)
            frames.append(table(found.by_blow, study.runs, deals=deals, buffers=f"x{buffers:.0f}"))
            failed, tried = failed + found.failed, tried + found.tried
    frame = pd.concat(frames, ignore_index=True)
    stem = name_of("amplification", study, *(() if failures and shocks else ("failures",) if failures else ("shocks",)))
    usual = frame[(frame["deals"] == "on") & (frame["buffers"] == "x1")]
    title = f"As the economy is, {_seeds(frame, study)}: losses in USD bn, the {MOST_SHOWN} largest"
    answer = Finding(
        amplification_claim(frame),
        [
            table_of(_summary(frame), "How many blows the web amplifies", index=False),
            table_of(shown(usual).head(MOST_SHOWN), title, index=False),
        ],
        [
            NOTE,
            UNTOLD,
            f"{failed_of(failed, tried)}.",
            "All blows, with deals on and off and both buffers: in the data.",
        ],
        {},
        [amplification_chart(stem, frame, f"{setting_of(study)}. {UNTOLD}")],
    )
    hand_over(answer, results, stem, console)
    return frame


def _summary(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    groups = frame.groupby(["deals", "buffers"], sort=False)
    return pd.DataFrame([{"deals": deals, "buffers": buffers, **amplified(part)} for (deals, buffers), part in groups])


def amplification_claim(frame: pd.DataFrame) -> str:
    """How many small blows the web makes larger, with deals and without."""
    counts = {deals: amplified(part) for deals, part in frame[frame["buffers"] == "x1"].groupby("deals")}
    total = sum(counts["on"].values())
    return (
        f"Of {total} blows the web amplifies {counts['on']['amplified']} and dampens {counts['on']['dampened']}; "
        f"without deals it amplifies {counts['off']['amplified']} and dampens {counts['off']['dampened']}"
    )


def amplification_chart(name: str, frame: pd.DataFrame, notes: str) -> Chart:
    """Amplification of each blow that the runs tell, with deals on and off, buffers as they are."""
    chosen = frame[frame["buffers"] == "x1"].sort_values("total loss", ascending=False)
    rows = [
        Row(str(row["blow"]), estimate_of(row, AMPLIFICATION), f"deals {row['deals']}")
        for row in chosen.to_dict("records")
        if told(row)
    ]
    panel = Panel("Loss two years later over the first blow", "times", rows, neutral=1.0)
    return dots_chart(name, amplification_claim(frame), notes, frame, [panel])


def _seeds(frame: pd.DataFrame, study: Study) -> str:
    """How many of a study's seeds the rows rest on."""
    return f"{span(frame['n'])} of {study.runs:,} seeds"
