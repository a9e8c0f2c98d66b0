"""Two dimensions at once: policy by scenario, and the phases of a grid over two parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..analysis.analysis import Analysis
from ..analysis.measures import PAID_OFF, PULLBACK, Effect
from ..analysis.wording import percent, several, span, with_interval
from ..statistics import Estimate
from ..study.schema import Arm, value_in_words
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def policy_map(analysis: Analysis) -> Chart | None:
    """Effect of each policy on each scenario, bold where the sign is established; needs two of each."""
    effects = {
        (effect.arm.policy, effect.arm.scenario): effect
        for effect in analysis.effects_on(PULLBACK)
        if effect.arm.policy and not effect.arm.point
    }
    policies = list(dict.fromkeys(policy for policy, _ in effects))
    scenarios = list(dict.fromkeys(scenario for _, scenario in effects))
    if len(policies) < 2 or len(scenarios) < 2:
        return None
    table = analysis.effect_table
    shown = table[(table["measure"] == PULLBACK.name) & (table["policy"] != "")]

    def draw(frame: Frame) -> None:
        [axes] = frame.panels
        values = np.array([[effects[policy, scenario].estimate.value for scenario in scenarios] for policy in policies])
        reach = max(float(np.nanmax(np.abs(values))), 1.0)
        axes.imshow(values, cmap="RdBu_r", vmin=-1.6 * reach, vmax=1.6 * reach, aspect="auto")
        for row, policy in enumerate(policies):
            for column, scenario in enumerate(scenarios):
                _effect_cell(axes, row, column, effects[policy, scenario])
        _label_cells(
            axes,
            [*map(analysis.title_of, scenarios)],
            [*map(analysis.title_of, policies)],
            slanted=frame.narrow or len(scenarios) > 5,
        )

    return Chart(
        "policy-by-scenario",
        _claim_of_policies(analysis, list(effects.values())),
        f"Heat map of the effects of {len(policies)} policies in {len(scenarios)} scenarios, in points.",
        "Change of the share of investment pullbacks in points, against the same scenario without the policy, "
        f"{span(effect.estimate.n for effect in effects.values())} pairs of runs with the same seed a cell. Blue: "
        "fewer. Bold: the sign is established (95% interval beside zero, and exact McNemar test below .05 with Holm's "
        "correction).",
        shown,
        draw,
        panel_height=1.4 + 0.45 * len(policies),
    )


def _effect_cell(axes: Axes, row: int, column: int, effect: Effect) -> None:
    value, low, high, n = effect.estimate
    text = f"{value:+.0f}\n({low:.0f} to {high:.0f})" if n else "-"
    axes.text(column, row, text, ha="center", va="center", size=7.5, bbox=_plate(), **_weight(effect))


def _claim_of_policies(analysis: Analysis, effects: list[Effect]) -> str:
    established = [effect for effect in effects if effect.established]
    helping = [effect for effect in established if effect.estimate.value < 0]
    if not established:
        return f"None of the {len(effects)} pairs of policy and scenario has an effect these runs can establish"
    best = min(established, key=lambda effect: effect.estimate.value)
    return (
        f"{len(helping)} of {len(effects)} pairs of policy and scenario have fewer investment pullbacks by an amount "
        f"these runs can establish, {len(established) - len(helping)} have more"
        + (f"; {analysis.label(best.arm).removeprefix('+ ')} does most" if helping else "")
    )


def phase_diagram(analysis: Analysis) -> Chart | None:
    """Shares of runs that pay off and of runs with an investment pullback over a grid of exactly two parameters."""
    grid = analysis.plan.study.grid
    if len(grid) != 2:
        return None
    scenario = analysis.reference.scenario
    arms = [arm for arm in analysis.plan.arms if arm.scenario == scenario and not arm.policy]
    (across, columns), (down, rows) = sorted(grid.items(), key=lambda item: -len(item[1]))
    places = [[_arm_at(arms, {across: column, down: row}) for column in columns] for row in rows]

    def draw(frame: Frame) -> None:
        for panel, (axes, measure) in enumerate(zip(frame.panels, (PAID_OFF, PULLBACK), strict=True)):
            shares = [[analysis.share(arm, measure) for arm in row] for row in places]
            axes.imshow(
                [[share.value for share in row] for row in shares], cmap="Greys", vmin=0, vmax=1.6, aspect="auto"
            )
            for row, line in enumerate(shares):
                for column, share in enumerate(line):
                    axes.text(
                        column,
                        row,
                        _share_text(share),
                        ha="center",
                        va="center",
                        size=7,
                        color=style.INK,
                        bbox=_plate(),
                    )
            axes.set_title(measure.name)
            _label_cells(axes, [value_in_words(value) for value in columns], [value_in_words(value) for value in rows])
            axes.set_xlabel(across.replace("_", " "))
            axes.set_ylabel(down.replace("_", " ") if frame.opens_row(panel) else "")

    n = span(len(analysis.finished(arm)) for arm in arms)
    return Chart(
        "phase-diagram",
        _claim_of_phases(analysis, arms),
        f"Phase diagram of the shares of runs that pay off and that have a pullback by {across} and {down}.",
        f"Share of runs, with 95% Wilson intervals beneath; {n} runs a cell, same seeds in "
        f"every cell, scenario {scenario}. Darker: more often. Cells stand side by side whatever lies between them.",
        pd.DataFrame([_phase_row(analysis, arm) for arm in arms]),
        draw,
        panels=2,
        columns=1 if len(columns) > 4 else 2,
        panel_height=1.1 + 0.5 * len(rows),
    )


def _arm_at(arms: list[Arm], values: dict[str, object]) -> Arm:
    return next(arm for arm in arms if dict(arm.point) == values)


def _phase_row(analysis: Analysis, arm: Arm) -> dict[str, object]:
    row: dict[str, object] = dict(arm.point)
    for measure in (PAID_OFF, PULLBACK):
        name, share = measure.name.replace(" ", "_"), analysis.share(arm, measure)
        row |= share.bounded(name)
    return row | {"n": len(analysis.finished(arm))}


def _claim_of_phases(analysis: Analysis, arms: list[Arm]) -> str:
    ordered = sorted(arms, key=lambda arm: analysis.share(arm, PAID_OFF).value)
    low, high = (analysis.share(arm, PAID_OFF) for arm in (ordered[0], ordered[-1]))
    names = [
        several(f"{name} {value_in_words(value)}" for name, value in arm.point) for arm in (ordered[0], ordered[-1])
    ]
    if low.high >= high.low:
        return f"Between {percent(low.value)} and {percent(high.value)} of runs pay off, ends whose intervals overlap"
    return f"Runs that pay off go from {with_interval(low)} at {names[0]} to {with_interval(high)} at {names[1]}"


def _share_text(share: Estimate) -> str:
    return f"{percent(share.value)}\n({share.low * 100:.0f}-{share.high * 100:.0f})" if share.n else "-"


def _label_cells(axes: Axes, columns: list[str], rows: list[str], slanted: bool = False) -> None:
    axes.set_xticks(range(len(columns)), columns, rotation=35 if slanted else 0, ha="right" if slanted else "center")
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _weight(effect: Effect) -> dict[str, Any]:
    """How a number is written: bold where its sign is established, muted where it is not."""
    return {"weight": "bold", "color": style.INK} if effect.established else {"color": style.MUTED}


def _plate() -> dict[str, object]:
    """White behind a number, so that it reads on any colour."""
    return {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}
