"""What an outcome hangs on: a tornado of Morris effects, and bars of Sobol indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.sensitivity import Answer, Question
from ..analysis.wording import percent, several
from ..study.naming import note_on
from ..study.points import REACH
from . import style
from .chart import Chart

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_BARS = 15


def tornado_chart(asked: Question, found: Answer) -> Chart:
    """Mean effect of moving each parameter up through its prior, strongest on top, with 95% intervals."""
    table = found.screening.head(MOST_BARS)
    return Chart(
        "tornado",
        _tornado_claim(asked, found),
        f"Bars of the effects of {len(table)} parameters on {asked.measure.name}, strongest on top.",
        _tornado_notes(asked, found),
        found.screening,
        lambda frame: _draw_tornado(asked, table, frame.panels[0]),
        panel_height=0.9 + 0.27 * len(table),
    )


def _draw_tornado(asked: Question, table: pd.DataFrame, axes: Axes) -> None:
    rows = range(len(table))
    colours = [style.VERMILION if mean > 0.0 else style.BLUE for mean in table["mu"]]
    axes.barh(rows, table["mu"], color=colours, height=0.62)
    axes.hlines(rows, table["mu_low"], table["mu_high"], color=style.INK, linewidth=1.2)
    sided = [star if mean > 0.0 else -star for star, mean in zip(table["mu_star"], table["mu"], strict=True)]
    axes.plot(sided, rows, "D", color=style.INK, markerfacecolor="white", markersize=4.5)
    axes.axvline(0.0, **style.REFERENCE_LINE)
    axes.set_yticks(rows, [_with_range(row) for row in table.itertuples()])
    axes.invert_yaxis()
    axes.set_xlabel(f"change of {asked.measure.name}, {asked.measure.unit}")
    axes.grid(axis="y", visible=False)


def index_chart(asked: Question, found: Answer) -> Chart:
    """First-order and total Sobol indices side by side, with 95% intervals."""
    table = found.indices
    return Chart(
        "sobol-indices",
        _index_claim(asked, found),
        f"Bars of the shares of the variance of {asked.measure.name} that {len(table)} parameters explain.",
        _index_notes(asked, found),
        table,
        lambda frame: _draw_indices(table, frame.panels[0]),
        panel_height=1.0 + 0.5 * len(table),
    )


def _draw_indices(table: pd.DataFrame, axes: Axes) -> None:
    for offset, name, colour, label in (
        (-0.19, "first_order", style.BLUE, "alone (first order)"),
        (0.19, "total", style.SKY, "with all others (total)"),
    ):
        places = [row + offset for row in range(len(table))]
        axes.barh(places, table[name] * 100.0, height=0.36, color=colour, label=label)
        axes.hlines(places, table[f"{name}_low"] * 100.0, table[f"{name}_high"] * 100.0, color=style.INK, linewidth=1.2)
    axes.axvline(0.0, color=style.MUTED, linewidth=0.8)
    axes.set_yticks(range(len(table)), table["parameter"].tolist())
    axes.invert_yaxis()
    axes.set_xlabel("share of the variance between economies, %")
    axes.grid(axis="y", visible=False)
    axes.legend(fontsize=8, ncols=2, loc="lower left", bbox_to_anchor=(0.0, 1.0))


def _with_range(row: object) -> str:
    name, low, high = (getattr(row, field) for field in ("parameter", "prior_low", "prior_high"))
    return f"{name}, {low:.3g} to {high:.3g}"


def _tornado_claim(asked: Question, found: Answer) -> str:
    table = found.screening
    if table["mu_star"].max() == 0.0:
        return f"Nothing that was varied moves {asked.measure.name}"
    strongest = [str(name) for name in table.head(3)["parameter"]]
    return f"What moves {asked.measure.name} most: {several(strongest)}"


def _index_claim(asked: Question, found: Answer) -> str:
    table, name = found.indices, asked.measure.name
    if table["total"].isna().all():
        return f"{name} is the same in all economies of the design"
    alone = table[table["first_order_low"] > 0.0].sort_values("first_order", ascending=False)
    if alone.empty:
        return f"No parameter by itself explains a share of {name} that these runs can establish"
    top = alone.iloc[0]
    interval = f"{top['first_order_low'] * 100:.0f}-{top['first_order_high'] * 100:.0f}"
    share = percent(top["first_order"])
    return f"{top['parameter']} by itself explains {share} ({interval}) of the variance of {name}"


def _tornado_notes(asked: Question, found: Answer) -> str:
    return (
        f"Morris design, {found.screening['n'].iloc[0]} trajectories; each economy is the mean of "
        f"{asked.study.runs} common seeds. Bars: mean effect of moving a parameter from the {(1 - REACH) / 2:.0%} to "
        f"the {(1 + REACH) / 2:.0%} quantile of its prior (values beside its name), with 95% interval; diamonds: mean "
        "absolute effect. A diamond far beyond its bar marks an effect whose sign depends on the others. "
        f"{_failed(found)}{note_on(asked.study)}"
    )


def _index_notes(asked: Question, found: Answer) -> str:
    noise = found.noise.iloc[-1]
    share = ""
    if noise["noise_share"] == noise["noise_share"]:
        interval = f"{noise['low'] * 100:.0f}-{noise['high'] * 100:.0f}"
        share = f"{percent(noise['noise_share'])} of the variance ({interval}) is noise of these seeds. "
    return (
        f"Sobol indices, Saltelli's scheme, {found.indices['n'].iloc[0]} base points; each economy is the mean of "
        f"{asked.study.runs} common seeds. {share}95% intervals by bootstrap. The other parameters keep their values. "
        f"{_failed(found)}{note_on(asked.study)}"
    )


def _failed(found: Answer) -> str:
    return f"{found.failed} runs failed."
