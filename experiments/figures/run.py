"""One run at a glance: investment, what it earns, prices, growth, jobs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..narrative.since import RunSince
from ..narrative.story import claim
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation import Economy

PANELS = (
    ("AI capex, USD bn a quarter", {"ai_capex": 1.0}),
    ("Coverage", {"coverage": 1.0, "coverage_external": 1.0}),
    ("AI equity, opening = 1", {"ai_equity": 1.0}),
    ("Rent and cost of compute, USD bn a GW", {"spot_price": 1.0, "user_cost": 1.0}),
    ("Real growth, % on the quarter before", {"real_growth": 100.0, "growth_without_ai": 100.0}),
    ("Unemployment, %", {"unemployment": 100.0}),
)
COLOURS = (style.BLUE, style.ORANGE)


def draw_run(economy: Economy | RunSince, path: Path, setting: str) -> None:
    """Six panels of one run; quarters in which investors were withdrawing are shaded. The notes name its `setting`."""
    history = economy.history
    data = history.rename_axis("quarter").reset_index()
    notes = f"{setting}. One run of many possible: see circuit compare. Shaded: investors withdrawing."
    with style.drawing(path, claim(economy), notes, data, (10.5, 5.2), (2, 3)) as (_, panels):
        for axes, (title, shown) in zip(panels, PANELS, strict=True):
            for colour, (name, factor) in zip(COLOURS, shown.items(), strict=False):
                axes.plot(history[name].to_numpy() * factor, color=colour, linewidth=1.8, label=name.replace("_", " "))
            _shade(axes, history["withdrawal"].to_numpy() > 0.5)
            axes.set_title(title)
            if len(shown) > 1:
                axes.legend(fontsize=8)
            style.year_ticks(axes, list(history.index))


def _shade(axes: Axes, withdrawing: np.ndarray) -> None:
    for quarter in np.flatnonzero(withdrawing):
        axes.axvspan(quarter - 0.5, quarter + 0.5, color=style.GRID, alpha=0.7, linewidth=0)
