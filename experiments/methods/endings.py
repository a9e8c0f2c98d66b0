"""What the endings of the baseline are, cost and hang on: the tables of `results/reference/endings`.

`python -m experiments.methods.endings FOLDER` runs the baseline from both openings over the prior, each run with its
macro twin, and writes how runs go, end and cost (`outcomes`), what every threshold does to that (`thresholds`), whether
runs that end differently cost different amounts (`costs`), what is called an episode where there is no boom
(`without-boom`), and what would have prevented twenty pullbacks (`autopsies`).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simulation.dates import VINTAGES
from simulation.endings import ENDINGS, outcome_of
from simulation.endings.episodes import KINDS
from simulation.endings.thresholds import variations
from simulation.errors import CircuitError

from .. import statistics as st
from ..analysis.costs import COSTS, cost_table
from ..batch.compiling import prepare
from ..batch.worker import build, outcome_columns
from ..common.export import folder_named
from ..store.results import check_writable, write_csv
from ..study.schema import Study, plan
from .autopsy import dissect

if TYPE_CHECKING:
    from simulation import Economy, Outcome

OPENINGS = (*sorted(VINTAGES, reverse=True),)
RUNS = 200
PULLBACKS = 20
DECLARED = "as declared"
PAID_OFF = "paid off"
MOVED = {"-": "lower", "+": "higher"}
WITHOUT_AI, WITHOUT_BOOM = "without AI", "AI investment at its level, against without AI"


@dataclass(frozen=True)
class Judged:
    """A finished run: its outcome, and the outcome with every threshold moved, by what was moved."""

    row: dict[str, object]
    outcomes: dict[str, Outcome]


def economies(vintage: str, runs: int, *switches_off: str) -> Iterator[Economy]:
    """The baseline's economies of a vintage before their first quarter, with parameters drawn from their priors."""
    for spec in plan(Study(scenarios=["baseline"], runs=runs, vintage=vintage)).specs:
        scenario = spec.scenario.with_switches(**dict.fromkeys(switches_off, False))
        yield build(replace(spec, scenario=scenario))


def judged(vintage: str, runs: int) -> tuple[list[Judged], int]:
    """Runs with their outcomes, and how many runs failed."""
    found, failed = [], 0
    for economy in economies(vintage, runs):
        try:
            outcome = economy.run().outcome
        except CircuitError:
            failed += 1
            continue
        attrition = economy.scenario.parameter_values()["attrition"]
        moved = {
            name: outcome_of(economy.series, economy.macro_twin.series, attrition, vintage, bounds)
            for name, bounds in variations().items()
        }
        found.append(Judged(outcome_columns(outcome), {DECLARED: outcome} | moved))
    return found, failed


def outcome_table(vintage: str, runs: list[Judged], failed: int) -> pd.DataFrame:
    """The three questions: shares of runs with an episode and by ending (%), mean and median costs and gains."""
    table = pd.DataFrame([run.row for run in runs])
    rows = [
        {"question": _question(what), "what": what, "unit": "% of runs"} | share.scaled(100.0).columns("value")
        for what, share in _shares([run.outcomes[DECLARED] for run in runs]).items()
    ]
    for cost in COSTS:
        values = cost.read(table).astype(float)
        for how, estimate in (("mean", st.mean_effect(values)), ("median", st.median(values))):
            told = {"question": "what it costs", "what": f"{cost.name}, {how}", "unit": cost.unit}
            rows.append(told | estimate.columns("value"))
    return pd.DataFrame(rows).assign(failed=failed, vintage=vintage)


def _question(what: str) -> str:
    return "what happens on the way" if what in KINDS else "how it ends"


def _shares(outcomes: list[Outcome]) -> dict[str, st.Estimate]:
    """Shares of runs with each kind of episode, by ending (intervals simultaneous over them), and of those paid off."""
    kinds = Counter(kind for outcome in outcomes for kind in {episode.kind for episode in outcome.episodes})
    endings = Counter(outcome.ending for outcome in outcomes)
    paid = sum(outcome.ending.startswith(PAID_OFF) for outcome in outcomes)
    return {
        **{kind: st.probability(kinds[kind], len(outcomes)) for kind in KINDS},
        **st.outcome_shares({ending: endings[ending] for ending in ENDINGS}),
        PAID_OFF: st.probability(paid, len(outcomes)),
    }


def threshold_table(vintage: str, runs: list[Judged]) -> pd.DataFrame:
    """Every share with every threshold a fifth lower and higher, beside the share with the thresholds as declared."""
    declared = _shares([run.outcomes[DECLARED] for run in runs])
    rows = []
    for name in variations():
        threshold, moved = name.rsplit(" ", 1)
        for what, share in _shares([run.outcomes[name] for run in runs]).items():
            told = {"vintage": vintage, "threshold": threshold, "moved": MOVED[moved[0]], "what": what}
            rows.append(told | share.columns("share") | {"as_declared": declared[what].value})
    return pd.DataFrame(rows)


def without_boom_table(runs: int) -> pd.DataFrame:
    """Shares of runs with episodes where there is no boom: the economy without AI by itself, and the economy in which
    AI investment keeps its level against the one that never had AI.

    The first has no twin but itself; the second shows how often the ordinary cycle, which both have, is taken for
    damage because it does not cancel."""
    rows = []
    for vintage in OPENINGS:
        alone = [economy.run().outcome for economy in economies(vintage, runs, "ai")]
        level = []
        for economy in economies(vintage, runs, "boom"):
            without = economy.twin("ai").run()
            attrition = economy.scenario.parameter_values()["attrition"]
            level.append(outcome_of(economy.run().series, without.series, attrition, vintage))
        for name, outcomes in ((WITHOUT_AI, alone), (WITHOUT_BOOM, level)):
            for kind, share in list(_shares(outcomes).items())[: len(KINDS)]:
                rows.append({"vintage": vintage, "economy": name, "kind": kind} | share.columns("share"))
    return pd.DataFrame(rows)


def autopsy_table(pullbacks: int, runs: int) -> pd.DataFrame:
    """The first investment pullbacks by seed: when, its first sign, links, those that prevent it when removed alone by
    kind, and the lever whose smallest change, for a year from the quarter before the peak on, prevents it."""
    rows: list[dict[str, object]] = []
    for economy in economies(OPENINGS[0], runs):
        try:
            found = dissect(economy)
        except CircuitError:  # no pullback in this run
            continue
        least = found.smallest[0] if found.smallest else None
        rows.append(
            {
                "seed": economy.seed,
                "peak": economy.label(int(found.pullback.peak)),
                "shows": economy.label(int(found.pullback.start)),
                "depth": found.pullback.depth,
                "first_sign": found.pullback.cause,
                "links": len(found.removed),
                "single": len(found.single),
                "kinds": ", ".join(sorted({each.link.kind for each in found.single})),
                "lever": least.lever if least else "",
                "size": least.size if least else float("nan"),
                "part_of_reach": least.share if least else float("nan"),
            }
        )
        if len(rows) == pullbacks:
            break
    return pd.DataFrame(rows)


def write(folder: Path, runs: int = RUNS, pullbacks: int = PULLBACKS) -> None:
    """Run everything and write the tables. Raises `CircuitError` where the folder cannot be written."""
    check_writable(folder)
    prepare()
    outcomes, thresholds, costs = [], [], []
    for vintage in OPENINGS:
        found, failed = judged(vintage, runs)
        outcomes.append(outcome_table(vintage, found, failed))
        thresholds.append(threshold_table(vintage, found))
        costs.append(cost_table(pd.DataFrame([run.row for run in found])).assign(vintage=vintage))
    tables = {
        "outcomes": pd.concat(outcomes),
        "thresholds": pd.concat(thresholds),
        "costs": pd.concat(costs),
        "without-boom": without_boom_table(runs),
        "autopsies": autopsy_table(pullbacks, runs),
    }
    for name, table in tables.items():
        write_csv(folder / f"{name}.csv", table)
        print(f"{folder / name}.csv: {len(table)} rows")


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=folder_named, help="where the tables go")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs of each opening (default {RUNS})")
    parser.add_argument("--pullbacks", type=int, default=PULLBACKS, help=f"autopsies (default {PULLBACKS})")
    options = parser.parse_args()
    write(options.folder, options.runs, options.pullbacks)


if __name__ == "__main__":
    main()
