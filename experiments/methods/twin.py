"""`circuit twin`: pairs of economies with the same luck, told apart in one thing from one quarter on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.errors import CircuitError

from ..analysis.wording import signed
from ..batch.compiling import prepare
from ..batch.worker import build
from ..common.progress import progress
from ..common.terminal import table_of
from ..figures import style
from ..figures.chart import Chart
from ..narrative.since import RunSince, since
from ..statistics import Estimate, mean_effect, quantiles
from ..store.results import check_writable
from ..study.naming import name_of, setting_of
from ..study.schema import Study, plan
from .finding import Finding, hand_over
from .one_run import quarter_number, scenario_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import Console

    from simulation import Economy, Scenario

SHOWN = {
    "real_gdp": ("real GDP, %", "ratio"),
    "unemployment": ("jobless, points", "difference"),
    "ai_capex_real": ("AI capex, bn", "amount"),
    "ai_equity": ("AI shares, %", "ratio"),
    "household_wealth": ("wealth, %", "ratio"),
    "government_debt": ("debt, points", "difference"),
}
"""Series whose differences are told, with how: in percent, in percentage points, or as an amount."""
KEPT = (*SHOWN, "real_growth", "growth_without_ai", "growth_without_ai_net", "gdp", "imports", "employment")
FIGURES = ("with", "without", "difference", "gross", "net")
BAND = (0.05, 0.5, 0.95)
LAST_YEAR_DRAWN = 2027


@dataclass(frozen=True)
class Pairs:
    """Series of runs and their twins: `paths` and `twins` by series, each runs x quarters; `opening_gdp` by run."""

    without: str
    dates: list[str]
    paths: dict[str, np.ndarray]
    twins: dict[str, np.ndarray]
    opening_gdp: np.ndarray

    @property
    def runs(self) -> int:
        """How many pairs there are."""
        return len(self.opening_gdp)

    def difference(self, series: str) -> np.ndarray:
        """What the run has more than its twin: percent, percentage points, or an amount, runs x quarters."""
        own: np.ndarray = self.paths[series]
        other: np.ndarray = self.twins[series]
        how = SHOWN[series][1]
        if how == "ratio":
            return np.asarray(100.0 * (own / other - 1.0))
        return np.asarray((own - other) * (100.0 if how == "difference" else 1.0))

    def growth(self, paths: dict[str, np.ndarray], year: int) -> np.ndarray | None:
        """Growth of real GDP from the fourth quarter before to the fourth quarter of a year (percent), by run.

        Nothing for a year that is not whole."""
        last, before = f"{year}Q4", f"{year - 1}Q4"
        if last not in self.dates or (before not in self.dates and self.dates[0] != f"{year}Q1"):
            return None
        start = paths["real_gdp"][:, self.dates.index(before)] if before in self.dates else self.opening_gdp
        grown: np.ndarray = 100.0 * (paths["real_gdp"][:, self.dates.index(last)] / start - 1.0)
        return grown

    def contribution(self, series: str, year: int) -> np.ndarray:
        """Growth of a year less the growth that `series` leaves once AI investment is taken out (points), by run."""
        quarters = [place for place, date in enumerate(self.dates) if date.startswith(str(year))]
        part = self.paths["real_growth"][:, quarters] - self.paths[series][:, quarters]
        return np.asarray(100.0 * part.sum(axis=1))


def compare_twins(study: Study, without: str, start: int = 0, note: Callable[[], object] = lambda: None) -> Pairs:
    """Run every seed of a study with all its policies at once, and its twin.

    `start` is the last quarter that a run and its twin share; `note` is called after each pair. Raises `CircuitError`
    for something that a twin cannot be without.
    """
    scenario = scenario_of(study)
    pairs = [_pair(study, scenario, seed, without, start, note) for seed in range(study.seed, study.seed + study.runs)]
    one = pairs[0][0]
    return Pairs(
        without,
        list(one.history.index),
        {name: np.array([run.series[name] for run, _, _ in pairs]) for name in KEPT},
        {name: np.array([twin.series[name] for _, twin, _ in pairs]) for name in KEPT},
        np.array([opened for _, _, opened in pairs]),
    )


def _pair(
    study: Study, scenario: Scenario, seed: int, without: str, start: int, note: Callable[[], object]
) -> tuple[Economy | RunSince, Economy | RunSince, float]:
    single = study.model_copy(update={"seed": seed, "runs": 1, "scenarios": study.scenarios[:1], "policies": []})
    spec = plan(single).specs[0]
    economy = build(type(spec)(**{**vars(spec), "scenario": scenario}))
    opened = float(economy.state[0][0]["macro"]["real_gdp"])
    past = economy.quarter
    while economy.quarter < past + start:
        economy.step()
    twin = economy.twin(without, past + start)
    for each in (economy, twin):
        each.run()
    note()
    return since(economy, past, seed), since(twin, past, seed), opened


def growth_table(pairs: Pairs) -> pd.DataFrame:
    """Growth of each whole year with and without, the difference, and what AI investment adds by accounting; no row
    where no year is whole."""
    rows = []
    for year in range(int(pairs.dates[0][:4]), int(pairs.dates[-1][:4]) + 1):
        own, other = pairs.growth(pairs.paths, year), pairs.growth(pairs.twins, year)
        if own is None or other is None:
            continue
        figures = {
            "with": mean_effect(own),
            "without": mean_effect(other),
            "difference": mean_effect(own - other),
            "gross": mean_effect(pairs.contribution("growth_without_ai", year)),
            "net": mean_effect(pairs.contribution("growth_without_ai_net", year)),
        }
        rows.append({"year": year, **figures})
    return pd.DataFrame(rows, columns=["year", *FIGURES])


def difference_table(pairs: Pairs) -> pd.DataFrame:
    """Mean difference of each told series at the end of some quarters, with its interval."""
    last = len(pairs.dates) - 1
    places = sorted({min(place, last) for place in (3, 7, last)})
    rows = {
        words: {pairs.dates[place]: mean_effect(pairs.difference(series)[:, place]) for place in places}
        for series, (words, _) in SHOWN.items()
    }
    return pd.DataFrame(rows).T


def claim(pairs: Pairs) -> str:
    """What one thing does to growth of 2025 and 2026, or else of the first two years, and to output at the end."""
    table = growth_table(pairs)
    told = table[table["year"].isin((2025, 2026))]
    told = told if len(told) else table.head(2)
    differences = zip(told["difference"], told["year"], strict=True)
    years = " and ".join(f"{signed(difference)} points in {year}" for difference, year in differences)
    end = signed(mean_effect(pairs.difference("real_gdp")[:, -1]))
    growth = f"growth of GDP {years}, " if years else ""
    return f"Against the twin without {pairs.without}: {growth}GDP {end}% in {pairs.dates[-1]}"


def show(study: Study, without: str, start: str | None, folder: Path, console: Console) -> Pairs:
    """Compute, print two tables and write the figure with its data. Raises `CircuitError` for what cannot be."""
    first = quarter_number(study, start) if start else 1
    if first < 1:
        raise CircuitError(f"--from {start}: is the opening; the first quarter that can differ is the one after it")
    check_writable(folder)
    prepare()
    with progress(study.runs, "pair") as bar:
        pairs = compare_twins(study, without, first - 1, bar.update)
    name = name_of("twin", study, "without", without, *(("from", start) if start else ()))
    growth, differences = growth_table(pairs), difference_table(pairs)
    whole = not growth.empty  # a run of less than a year has no growth of one
    finding = Finding(
        f"{claim(pairs)}.",
        [
            *([table_of(_in_words(growth), "Growth of real GDP, 4th quarter on 4th quarter, %", index=False)] * whole),
            table_of(differences.map(_short).rename_axis("more than twin").reset_index(), index=False),
        ],
        [
            f"{pairs.runs} pairs; means with 95% intervals over seeds. Gross, net: what home AI investment contributes "
            "by accounting alone, gross and net of what it imports."
        ],
        {"growth": _spread(growth)} if whole else {},
        [twin_chart(pairs, name, _notes(study, pairs))],
    )
    hand_over(finding, folder, name, console)
    return pairs


def _short(estimate: Estimate) -> str:
    return signed(estimate, 0 if max(abs(estimate.low), abs(estimate.high)) >= 10.0 else 1)


def _in_words(growth: pd.DataFrame) -> pd.DataFrame:
    return growth.assign(**{name: growth[name].map(_short if name == "difference" else _level) for name in FIGURES})


def _level(estimate: Estimate) -> str:
    return f"{estimate.value:.1f}"


def _spread(growth: pd.DataFrame) -> pd.DataFrame:
    """The growth table with value and bounds as columns of their own."""
    rows = []
    for row in growth.to_dict("records"):
        wide = {"year": row["year"]}
        for name in FIGURES:
            wide |= row[name].bounded(name)
        rows.append(wide | {"n": row["with"].n})
    return pd.DataFrame(rows)


def _notes(study: Study, pairs: Pairs) -> str:
    return (
        f"{setting_of(study)}, a pair each, {study.drawn}. "
        f"Blue: with, orange: without {pairs.without}; median, 90% band; growth: mean, 95% interval."
    )


def twin_chart(pairs: Pairs, name: str, notes: str) -> Chart:
    """Growth by year with and without, AI investment, and the difference of output and of jobs, to the end of 2027."""
    return Chart(
        name,
        claim(pairs),
        f"Growth, AI investment, output and jobs with and without {pairs.without}.",
        notes,
        _tidy(pairs),
        lambda frame: _draw(pairs, frame.panels),
        panels=4,
        columns=2,
        panel_height=2.6,
    )


def _draw(pairs: Pairs, panels: list[Axes]) -> None:
    last = max((place for place, date in enumerate(pairs.dates) if int(date[:4]) <= LAST_YEAR_DRAWN), default=0) + 1
    dates = pairs.dates[:last]
    _draw_growth(panels[0], pairs)
    _draw_bands(panels[1], (pairs.paths["ai_capex_real"], pairs.twins["ai_capex_real"]), last)
    panels[1].set_title("Real AI capex, USD bn a quarter")
    for axes, series in zip(panels[2:], ("real_gdp", "unemployment"), strict=True):
        _draw_bands(axes, (pairs.difference(series),), last)
        axes.axhline(0.0, color=style.MUTED, linewidth=0.8)
        axes.set_title(f"More than in the twin: {SHOWN[series][0]}")
    for axes in panels[1:]:
        style.year_ticks(axes, dates)


def _draw_growth(axes: Axes, pairs: Pairs) -> None:
    table = growth_table(pairs)
    table = table[table["year"] <= max(LAST_YEAR_DRAWN, int(pairs.dates[0][:4]) + 1)]
    for shift, name, colour in ((-0.18, "with", style.BLUE), (0.18, "without", style.ORANGE)):
        values = [estimate.value for estimate in table[name]]
        low = [estimate.value - estimate.low if estimate.low == estimate.low else 0.0 for estimate in table[name]]
        high = [estimate.high - estimate.value if estimate.high == estimate.high else 0.0 for estimate in table[name]]
        axes.bar(table["year"] + shift, values, 0.34, color=colour, label=name, yerr=(low, high), capsize=2)
    axes.set_xticks(list(table["year"]))
    axes.set_title("Growth of real GDP, 4th on 4th quarter, %")
    axes.legend(fontsize=8)


def _draw_bands(axes: Axes, paths: Sequence[np.ndarray], last: int) -> None:
    for colour, each in zip((style.BLUE, style.ORANGE), paths, strict=False):
        low, middle, high = quantiles(each[:, :last], BAND)
        axes.fill_between(np.arange(last), low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(middle, color=colour, linewidth=1.8)


def _tidy(pairs: Pairs) -> pd.DataFrame:
    """Median and band of every kept series with and without, by quarter."""
    frames = []
    for kind, paths in (("with", pairs.paths), ("without", pairs.twins)):
        for name, values in paths.items():
            bands = dict(zip(("p05", "p50", "p95"), quantiles(values, BAND), strict=True))
            frames.append(pd.DataFrame({"economy": kind, "series": name, "quarter": pairs.dates, **bands}))
    return pd.concat(frames, ignore_index=True)
