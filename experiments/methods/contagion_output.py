"""What `circuit fail` and `circuit amplify` print and write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.wording import failed_of, span
from ..common.export import csv_bytes
from ..common.terminal import table_of
from ..statistics import FEWEST_FOR_BOOTSTRAP
from ..store.results import check_writable, write_bytes
from . import contagion

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from ..study.schema import Study

DEALS = {"on": {}, "off": {"known_deals": False, "endogenous_deals": False}}
BUFFERS = (1.0, 2.0)
NOTE = (
    "Loss: market value of AI firms and labs and losses of their creditors, USD bn, against the same seeds without the "
    "blow. Amplification: two years later over the first blow; below one the web dampens. 95% intervals: Student's, "
    f"from {FEWEST_FOR_BOOTSTRAP} seeds on BCa bootstrap; Fieller's for the ratio."
)


def report_failures(
    name: str, study: Study, quarter: int, workers: int | None, results: Path, console: Console
) -> pd.DataFrame:
    """Print and write the losses that the failure of one key player, or of each alone, brings."""
    from .one_run import scenario_of

    names = contagion.KEY_PLAYERS if name == "all" else (name,)
    blows = contagion.failures_of(names, scenario_of(study), quarter)
    check_writable(results)
    found = contagion.losses(blows, study, workers)
    frame, stem = contagion.table(found.by_blow, study.runs), f"fail-{_stem(name)}"
    title = f"Failure in quarter {quarter}, {_seeds(frame, study)}"
    _show(frame, title, results / f"{stem}.csv", console, found.failed, found.tried)
    followed = contagion.most_followed(found.by_blow)
    if followed:
        figure = write_cascade(followed, study, f"{stem}-cascade", results)
        console.print(f"What followed, in the seed in which most fell: {figure}", soft_wrap=True)
    else:
        console.print("Nothing followed from it in any seed.")
    return frame


def write_cascade(followed: contagion.Followed, study: Study, name: str, folder: Path) -> Path:
    """What followed from a forced failure as a tree, with its data. Returns the figure's path."""
    from ..figures.cascade import cascade_chart

    notes = (
        f"{study.scenarios[0]}, vintage {study.vintage}, {followed.blow}, seed {followed.seed}: of {study.runs} seeds "
        "the one in which most others fell."
    )
    chart = cascade_chart(followed.chain, name, notes)
    chart.save(folder)
    return folder / f"{name}.png"


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
            blows = contagion.failures_of(contagion.KEY_PLAYERS, scenario, 5) if failures else []
            if shocks:
                blows += contagion.small_shocks([listed.name for listed in available_scenarios()], **settings)
            found = contagion.losses(blows, study, workers)
            frames.append(contagion.table(found.by_blow, study.runs, deals=deals, buffers=f"x{buffers:.0f}"))
            failed, tried = failed + found.failed, tried + found.tried
    frame = pd.concat(frames, ignore_index=True)
    file = results / "amplification.csv"
    return _show(frame, f"Amplification, {_seeds(frame, study)}", file, console, failed, tried)


def _seeds(frame: pd.DataFrame, study: Study) -> str:
    """How many of a study's seeds the rows rest on."""
    return f"{span(frame['n'])} of {study.runs:,} seeds"


def _show(frame: pd.DataFrame, title: str, file: Path, console: Console, failed: int, tried: int) -> pd.DataFrame:
    console.print(table_of(contagion.shown(frame), title, index=False))
    console.print(NOTE, soft_wrap=True)
    console.print(f"{failed_of(failed, tried)}.", highlight=False)
    write_bytes(file, csv_bytes(frame))
    console.print(f"Data: {file}", soft_wrap=True)
    return frame


def _stem(name: str) -> str:
    return name.lower().replace(" ", "-")
