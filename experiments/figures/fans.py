"""Fan charts: where the runs of an arm go, quarter by quarter, with a few whole paths beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..analysis.analysis import Analysis
from ..analysis.wording import money, with_interval
from ..statistics import probability, quantiles
from ..study.schema import Arm
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
WHOLE_PATHS = 6
GDP_GAP = "gdp_gap"
PANELS = {
    "ai_capex": "AI capex, USD bn a quarter",
    "coverage": "Coverage: revenue over required revenue",
    "ai_equity": "AI shares, {first} = 1",
    GDP_GAP: "Real GDP against the reference median, %",
}

Paths = NDArray[np.float64]


def fan_chart(analysis: Analysis, arm: Arm) -> Chart:
    """Median, 50% and 90% bands of four series of an arm; the reference arm's median is dashed."""
    dates, name = analysis.dates, analysis.label(arm)
    every = {variable: paths_of(analysis, arm, variable) for variable in PANELS}
    bands = {variable: quantiles(paths, LEVELS) for variable, paths in every.items()}
    references = {
        variable: quantiles(paths_of(analysis, analysis.reference, variable), (0.5,))[0] for variable in PANELS
    }

    def draw(frame: Frame) -> None:
        for axes, (variable, title) in zip(frame.panels, PANELS.items(), strict=True):
            _draw_bands(axes, every[variable], bands[variable])
            axes.plot(references[variable], **style.REFERENCE_LINE)
            axes.set_title(title.format(first=dates[0]))
            if variable == "coverage":
                axes.axhline(1.0, color=style.MUTED, linewidth=0.8)
            style.year_ticks(axes, dates)

    return Chart(
        f"fan-{file_name(name)}",
        _claim(name, bands["ai_capex"], every["ai_capex"]),
        f"Fan charts of AI capex, coverage, AI shares and real GDP over {len(dates)} quarters in {name}.",
        _notes(analysis, arm, every["ai_capex"].shape[0]),
        pd.concat([_tidy(variable, band, dates) for variable, band in bands.items()], ignore_index=True),
        draw,
        panels=len(PANELS),
        columns=2,
    )


def scenarios_chart(analysis: Analysis, arms: list[Arm]) -> Chart:
    """The same four series of several arms, a row each, the reference's median dashed."""
    dates = analysis.dates
    every = [(arm, variable, paths_of(analysis, arm, variable)) for arm in arms for variable in PANELS]
    bands = [quantiles(paths, LEVELS) for _, _, paths in every]
    references = {
        variable: quantiles(paths_of(analysis, analysis.reference, variable), (0.5,))[0] for variable in PANELS
    }

    def draw(frame: Frame) -> None:
        for panel, (axes, (arm, variable, _), band) in enumerate(zip(frame.panels, every, bands, strict=True)):
            _draw_quantiles(axes, band)
            axes.plot(references[variable], **style.REFERENCE_LINE)
            if panel < frame.columns or frame.narrow:
                axes.set_title("\n".join(style.balanced(PANELS[variable].format(first=dates[0]), 24)), size=8)
            if frame.opens_row(panel):
                axes.set_ylabel("\n".join(style.balanced(analysis.label(arm), 18)), size=8)
            axes.tick_params(labelsize=7)
            style.year_ticks(axes, dates, most=4)

    tidied = [
        _tidy(variable, band, dates).assign(arm=arm.name) for (arm, variable, _), band in zip(every, bands, strict=True)
    ]
    peaks = {analysis.label(arm): float(np.median(np.nanmax(paths, axis=1))) for arm, name, paths in every
             if name == "ai_capex"}  # fmt: skip
    low, high = min(peaks, key=lambda name: peaks[name]), max(peaks, key=lambda name: peaks[name])
    return Chart(
        "fans-scenarios",
        f"The middle run's AI capex peaks at {money(peaks[low])} a quarter under {low}, at {money(peaks[high])} under "
        f"{high}",
        f"Fan charts of AI capex, coverage, AI shares and real GDP over {len(dates)} quarters, {len(arms)} scenarios.",
        f"Median (blue), 50% and 90% bands of runs, median of {analysis.reference_label} dashed. A band is not "
        "a path: single runs cross it.",
        pd.concat(tidied, ignore_index=True),
        draw,
        panels=len(every),
        columns=len(PANELS),
        panel_height=1.3,
        narrow_columns=2,
    )


def paths_of(analysis: Analysis, arm: Arm, variable: str) -> Paths:
    """Whole paths of an arm, shape (runs, quarters); shares are told against their first quarter, the GDP gap is from
    the reference's median."""
    if variable == "ai_equity":
        shares = analysis.paths(arm, variable)
        rebased: Paths = shares / shares[:, :1]
        return rebased
    if variable != GDP_GAP:
        return analysis.paths(arm, variable)
    median = quantiles(analysis.paths(analysis.reference, "real_gdp"), (0.5,))[0]
    gap: Paths = (analysis.paths(arm, "real_gdp") / median - 1.0) * 100.0
    return gap


def file_name(arm: str) -> str:
    """An arm's name as the name of a file."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in arm).split())


def _draw_bands(axes: Axes, paths: Paths, bands: Paths) -> None:
    quarters = np.arange(paths.shape[1])
    for whole in paths[:WHOLE_PATHS]:
        axes.plot(quarters, whole, color=style.MUTED, linewidth=0.6, alpha=0.8)
    _draw_quantiles(axes, bands)


def _draw_quantiles(axes: Axes, bands: Paths) -> None:
    quarters = np.arange(bands.shape[1])
    axes.fill_between(quarters, bands[0], bands[4], color=style.SKY, alpha=0.28, linewidth=0)
    axes.fill_between(quarters, bands[1], bands[3], color=style.SKY, alpha=0.5, linewidth=0)
    axes.plot(quarters, bands[2], color=style.BLUE, linewidth=2.0)


def _claim(name: str, bands: Paths, paths: Paths) -> str:
    if paths.shape[0] == 0:
        return f"{name}: no run finished"
    peaks = np.nanmax(paths, axis=1)
    halved = probability(int(np.sum(paths[:, -1] < peaks / 2.0)), paths.shape[0])
    peak = money(float(np.median(peaks)))
    return (
        f"{name}: AI capex peaks at {peak} a quarter in the middle run; in {with_interval(halved)} of runs it ends "
        "below half its peak"
    )


def _notes(analysis: Analysis, arm: Arm, n: int) -> str:
    return (
        f"{n} runs of {analysis.label(arm)}: median (blue), 50% and 90% bands, the first {min(n, WHOLE_PATHS)} seeds "
        f"as thin lines, median of {analysis.reference_label} dashed. A band is not a path: single runs "
        "cross it."
    )


def _tidy(variable: str, bands: Paths, dates: list[str]) -> pd.DataFrame:
    columns = {f"p{level * 100:02.0f}": band for level, band in zip(LEVELS, bands, strict=True)}
    return pd.DataFrame({"variable": variable, "quarter": dates, **columns})
