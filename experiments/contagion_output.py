"""What `circuit fail` and `circuit amplify` print and write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import contagion
from .export import csv_bytes
from .store import check_writable, write_bytes
from .terminal import table_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from .study import Study

DEALS = {"on": {}, "off": {"known_deals": False, "endogenous_deals": False}}
BUFFERS = (1.0, 2.0)
NOTE = (
    "Loss: market value of AI firms and labs and losses of their creditors, USD bn, against the same seeds without the "
    "blow. Amplification: two years later over the first blow, 95% bootstrap interval; below one the web dampens."
)


def report_failures(
    name: str, study: Study, quarter: int, workers: int | None, results: Path, console: Console
) -> pd.DataFrame:
    """Print and write the losses that the failure of one key player, or of each alone, brings."""
    from .single import scenario_of

    names = contagion.KEY_PLAYERS if name == "all" else (name,)
    blows = contagion.failures_of(names, scenario_of(study), quarter)
    check_writable(results)
    found = contagion.losses(blows, study, workers)
    title, stem = f"Failure in quarter {quarter}, {study.runs} seeds", f"fail-{_stem(name)}"
    frame = _show(contagion.table(found), title, results / f"{stem}.csv", console)
    followed = contagion.most_followed(found)
    if followed:
        figure = write_cascade(followed, study, f"{stem}-cascade", results)
        console.print(f"What followed, in the seed in which most fell: {figure}", soft_wrap=True)
    else:
        console.print("Nothing followed from it in any seed.")
    return frame


def write_cascade(followed: contagion.Followed, study: Study, name: str, folder: Path) -> Path:
    """What followed from a forced failure as a tree, with its data. Returns the figure's path."""
    from .figures.cascade import cascade_chart

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
    frames = []
    for deals, switches in DEALS.items():
        for buffers in BUFFERS:
            settings = {**switches, "buffer_scale": buffers, **study.parameters}
            scenario = Scenario.load("baseline").with_parameters(**settings)
            blows = contagion.failures_of(contagion.KEY_PLAYERS, scenario, 5) if failures else []
            if shocks:
                blows += contagion.small_shocks([listed.name for listed in available_scenarios()], **settings)
            found = contagion.losses(blows, study, workers)
            frames.append(contagion.table(found, deals=deals, buffers=f"x{buffers:.0f}"))
    frame = pd.concat(frames, ignore_index=True)
    return _show(frame, f"Amplification, {study.runs} seeds", results / "amplification.csv", console)


def _show(frame: pd.DataFrame, title: str, file: Path, console: Console) -> pd.DataFrame:
    console.print(table_of(frame.round(2), title))
    console.print(NOTE, soft_wrap=True)
    write_bytes(file, csv_bytes(frame))
    console.print(f"Data: {file}", soft_wrap=True)
    return frame


def _stem(name: str) -> str:
    return name.lower().replace(" ", "-")
