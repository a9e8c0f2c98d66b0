"""Published scenarios of an AI downturn beside the simulated runs: shown, never fitted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from ..analysis.analysis import Analysis
from ..analysis.wording import several, with_interval
from ..common.arrays import Floats, Indices
from ..statistics import finite, probability, quantiles
from ..study.designs import PULLBACK
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PUBLISHED = Path(__file__).with_name("published.csv")
YEAR = 4
BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST = 5
READ = {"gdp", "consumption", "price_level", "imports", "twin_real_gdp", "twin_consumption", "twin_price_level"}
MEASURES = {
    "growth_2026": "Real GDP growth in 2026, %",
    "gdp_against_twin": "GDP growth in the year after the peak of AI shares, less that of the macro twin, points",
    "gdp_by_consumption": "The part of that difference that comes through consumption, net of its imports, points",
    "consumption_against_twin": "Consumption growth in the same year, less that of the macro twin, points",
}


class Group(NamedTuple):
    """Runs that share an ending."""

    name: str
    values: Floats


def published_chart(analysis: Analysis) -> Chart | None:
    """Bands of the reference's runs, with and without a pullback, and published figures in rows beneath."""
    if len(analysis.finished(analysis.reference)) == 0 or not set(analysis.series) >= READ:
        return None
    groups = {measure: _groups(analysis, values) for measure, values in measured(analysis).items()}
    groups = {measure: found for measure, found in groups.items() if any(group.values.size for group in found)}
    if not groups:
        return None
    facts = pd.read_csv(PUBLISHED)
    facts = facts[facts["measure"].isin(groups)]

    def draw(frame: Frame) -> None:
        for axes, (measure, found) in zip(frame.panels, groups.items(), strict=True):
            _draw_groups(axes, found)
            mine = facts[facts["measure"] == measure]
            told = dict(zip(mine["label"], mine["value"].astype(float), strict=True))
            _draw_published(axes, list(told.values()), len(found))
            axes.set_title("\n".join(style.balanced(MEASURES[measure], 34 if frame.narrow else 90)))
            names = [*(group.name for group in found), *(f"{label}: {value:g}" for label, value in told.items())]
            axes.set_yticks(range(len(names)), ["\n".join(style.balanced(name, 28)) for name in names], size=8)
            axes.set_ylim(len(names) - 0.5, -0.6)

    return Chart(
        "published-scenarios",
        _claim(groups, facts),
        f"Bands of simulated {several(MEASURES[measure] for measure in groups)} with published figures beneath.",
        f"{analysis.reference_label}: median (dot), 50% and 90% of runs. Scenarios say what a fall of shares takes off "
        "growth; runs are held against their macro twin, the same luck without the boom, to say as much. A run's GDP "
        "also loses the AI investment that ends; Gopinath says what consumption takes off, before investment. "
        "Diamonds: published scenarios, which are shown and never fitted; they differ in country, horizon and shock, "
        "so nearness is no test. " + " ".join(f"{source}." for source in dict.fromkeys(facts["source"])),
        pd.concat(
            [_tidy(groups), facts.drop(columns="confidence").rename(columns={"label": "group"})], ignore_index=True
        ),
        draw,
        panels=len(groups),
        panel_height=1.8,
        narrow_height=2.1,
    )


def _draw_published(axes: Axes, values: list[float], first: int) -> None:
    """A row for each published figure, from row `first` on, with a line up through the bands of runs."""
    for row, value in enumerate(values, first):
        axes.plot([value, value], [-0.6, row], color=style.INK, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        axes.plot(value, row, "D", color=style.INK, markersize=5)


def measured(analysis: Analysis) -> dict[str, Floats]:
    """Each measure for every finished run of the reference, in the order of seeds; NaN where it has none."""
    reference = analysis.reference
    gdp, spent = analysis.paths(reference, "real_gdp"), analysis.paths(reference, "consumption")
    twin_spent = analysis.paths(reference, "twin_consumption") / analysis.paths(reference, "twin_price_level")
    peaks = peaks_of_shares(analysis.paths(reference, "ai_equity"))
    consumption = growth_against(twin_spent, spent / analysis.paths(reference, "price_level"), peaks)
    # Imports serve consumption by its part of all that is sold at home and abroad.
    part = spent / (analysis.paths(reference, "gdp") + analysis.paths(reference, "imports"))
    measures = {
        "gdp_against_twin": growth_against(analysis.paths(reference, "twin_real_gdp"), gdp, peaks),
        "gdp_by_consumption": consumption * part[np.arange(len(peaks)), peaks],
        "consumption_against_twin": consumption,
    }
    years = np.array([date[:4] for date in analysis.dates])
    if (years == "2025").sum() == YEAR and (years == "2026").sum() == YEAR:
        growth = gdp[:, years == "2026"].sum(axis=1) / gdp[:, years == "2025"].sum(axis=1) - 1.0
        measures = {"growth_2026": growth * 100.0} | measures
    return measures


def peaks_of_shares(equity: Floats) -> Indices:
    """The quarter before AI equity's largest fall within a year, for each run; the last but a year at the latest."""
    if equity.shape[1] <= YEAR:
        return np.zeros(len(equity), np.int64)
    peaks: Indices = np.argmax(equity[:, :-YEAR] / equity[:, YEAR:], axis=1)
    return peaks


def growth_against(twins: Floats, paths: Floats, peaks: Indices) -> Floats:
    """Growth over the year after its peak less the twin's, points, for each run; NaN where no year comes after."""
    if paths.shape[1] <= YEAR:
        return np.full(len(paths), np.nan)
    rows = np.arange(len(paths))
    own, other = (each[rows, peaks + YEAR] / each[rows, peaks] for each in (paths, twins))
    less: Floats = (own - other) * 100.0
    return less


def _groups(analysis: Analysis, values: Floats) -> list[Group]:
    endings = analysis.finished(analysis.reference)[PULLBACK].astype(bool).to_numpy()
    return [
        Group(f"{name} (n {finite(values[chosen]).size})", finite(values[chosen]))
        for name, chosen in (("with an investment pullback", endings), ("other runs", ~endings))
    ]


def _draw_groups(axes: Axes, groups: list[Group]) -> None:
    for row, group in enumerate(groups):
        if group.values.size < FEWEST:
            axes.plot(group.values, [row] * group.values.size, "o", color=style.BLUE, markersize=4, alpha=0.6)
            continue
        low, quarter, middle, upper, high = quantiles(group.values, BANDS)
        axes.barh(row, high - low, left=low, height=0.5, color=style.SKY, alpha=0.35)
        axes.barh(row, upper - quarter, left=quarter, height=0.5, color=style.SKY, alpha=0.8)
        axes.plot(middle, row, "o", color=style.BLUE, markersize=6)
    axes.use_sticky_edges = False  # bars end beside the frame, not at it
    axes.autoscale_view()
    axes.grid(axis="y", visible=False)


def _claim(groups: dict[str, list[Group]], facts: pd.DataFrame) -> str:
    """What GDP loses against the twin and how much of it by consumption, beside a crash of dot-com size."""
    whole, by_consumption = (
        groups[measure][0].values if measure in groups else np.array([])
        for measure in ("gdp_against_twin", "gdp_by_consumption")
    )
    if by_consumption.size < FEWEST:
        return "Too few investment pullbacks to set beside published scenarios"
    harshest = float(facts.loc[facts["measure"] == "gdp_by_consumption", "value"].min())
    reach = probability(int(np.sum(by_consumption <= harshest)), by_consumption.size)
    return (
        f"In the year after the peak of AI shares growth of GDP differs by {np.median(whole):+.1f} points from the "
        f"twin's in the middle pullback, by {np.median(by_consumption):+.1f} through consumption, where a crash of "
        f"dot-com size has {harshest:+.1f}; {with_interval(reach)} of pullbacks go that far"
    )


def _tidy(groups: dict[str, list[Group]]) -> pd.DataFrame:
    rows = [
        {"measure": measure, "group": " ".join(group.name.split()), "quantile": level, "value": value}
        for measure, found in groups.items()
        for group in found
        if group.values.size
        for level, value in zip(BANDS, quantiles(group.values, BANDS), strict=True)
    ]
    return pd.DataFrame(rows)
