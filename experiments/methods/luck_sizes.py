"""How large luck is: the sizes with which the economy's own record is as restless as the real one (simulated moments).

All sizes that the record can tell are sought together, everything else in the economy as it is in use: the economy is
run with luck in all disturbances, what luck did to growth is measured by a median as on record, and the sizes are
moved until as many spreads agree (McFadden 1989; Gourieroux, Monfort and Renault 1993). Luck that starts at nothing
with an economy has had a year to unfold before it is measured: plans reach capital spending by way of sites and orders.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simulation.disturbances.declared import Size, sizes

from ..common.export import csv_bytes
from ..common.progress import progress
from ..common.terminal import table_of
from ..store.results import check_writable, write_bytes

if TYPE_CHECKING:
    from rich.console import Console


from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from simulation.dates import VINTAGES
from simulation.disturbances.declared import GIANTS
from simulation.disturbances.estimates import (
    Estimate,
    jackknife,
    memory_of_passing_luck,
    typical_deviation,
    unforeseen_growth,
)
from simulation.disturbances.process import set_sizes

Floats = npt.NDArray[np.float64]
SEEDS = 60
FIRMS = 100  # ordinary firms: what is measured does not depend on them
LEAST = 1e-9  # USD bn, where a figure is none
YEAR = 4
QUARTERS = 3 * YEAR  # of a run: the first year is not looked at
MOST_MEMORY = 0.95  # per quarter: luck that stayed for ever would have no size
LEAST_SIZE, MOST_SIZE = 0.01, 2.0  # between which sizes are sought
STEP = 0.15  # of the log of a size, .1 to .4 of it, over which responses are taken: spreads are medians, not smooth
CLOSE = 0.005  # in logs of sizes
MOST_STEPS = 10
RECORDED_CASH_FLOW = GIANTS[:4]  # Oracle's has too few quarters
RIVALS = ("OpenAI", "Anthropic")
MAKERS = ("Nvidia", "AMD", "Broadcom")
SOURCE = "estimated by `circuit luck --estimate`: "


class Record(NamedTuple):
    """What the quarters of record say of luck."""

    capex_quarter: Estimate
    capex_year: Estimate
    chip_sales: Estimate
    cash_flow: Estimate
    cash_flow_memory: Estimate
    lab_lead: Estimate


def record() -> Record:
    """Spreads of unforeseen growth from the history of the vintages: capex of giants over a quarter and a year, sales
    of chip makers, operating cash flow of giants, and how fast the luck of the last passes.

    Unforeseen growth of capex is not correlated from quarter to quarter (on record by .1 at most), so that over four
    quarters its variance is four times as large.
    """
    capex = unforeseen_growth(_panel("capex", GIANTS), season=False)
    chips = unforeseen_growth(_panel("ai_sales", MAKERS), season=False)
    cash = unforeseen_growth(_panel("operating_cash_flow", RECORDED_CASH_FLOW), season=True)
    quarter = jackknife(typical_deviation, capex)
    return Record(
        quarter,
        _scaled(quarter, np.sqrt(YEAR)),
        jackknife(typical_deviation, chips),
        jackknife(typical_deviation, cash),
        jackknife(memory_of_passing_luck, cash),
        _lead_of_labs(),
    )


def _lead_of_labs() -> Estimate:
    """How far the log of revenue of one lab over another's moves in a year (root mean square). The quarters between
    figures of record are interpolated, so only whole years count as observations."""
    revenue = np.log(_panel("lab_revenue", RIVALS))
    lead = revenue[:, 0] - revenue[:, 1]
    moved = lead[YEAR:] - lead[:-YEAR]
    years = (len(lead) - 1) // YEAR
    spread = float(np.sqrt(np.mean(moved**2)))
    return Estimate(spread, spread / np.sqrt(2.0 * years), years)


def _panel(series: str, entities: tuple[str, ...]) -> Floats:
    """Levels by quarter and entity, NaN where the history has none."""
    from simulation.vintages.facts import history

    wide = pd.DataFrame({entity: dict(history(series, entity)) for entity in entities}).sort_index()
    levels: Floats = wide.to_numpy(dtype=np.float64)
    return levels


class Aim(NamedTuple):
    """What a disturbance's size is estimated by: a spread of record, and the simulated figures that have to have it."""

    record: Estimate
    over: int
    """Quarters of growth."""
    figures: slice
    source: str


def aims(told: Record) -> dict[str, Aim]:
    """Record and simulated figures for every disturbance that the record can tell."""
    lengths = (len(GIANTS), 1, len(RECORDED_CASH_FLOW), 1)
    ends = np.cumsum(lengths)
    capex, nvidia, cash, lead = (slice(end - length, end) for end, length in zip(ends, lengths, strict=True))
    return {
        "releases": Aim(told.lab_lead, YEAR, lead, "revenue of OpenAI over Anthropic's, year on year"),
        "chips": Aim(told.chip_sales, 1, nvidia, "quarterly growth of AI sales of Nvidia, AMD and Broadcom"),
        "building": Aim(told.capex_quarter, 1, capex, "quarterly growth of capex of five giants"),
        "plans": Aim(told.capex_year, YEAR, capex, "growth over a year of capex of five giants"),
        "core": Aim(told.cash_flow, 1, cash, "operating cash flow of four giants, season removed"),
    }


def figures_with(sizes_tried: Mapping[str, float], seeds: int = SEEDS) -> Floats:
    """Log of capex by giant, sales of Nvidia, cash flow by giant and one lab's share over another's, by quarter, with
    luck of these sizes; none has any where no size is given. Shape (openings, seeds, quarters, figures)."""
    return np.array([[list(_run(sizes_tried, vintage, seed)) for seed in range(1, seeds + 1)] for vintage in VINTAGES])


def _run(sizes_tried: Mapping[str, float], vintage: str, seed: int) -> Iterator[Floats]:
    from simulation import Economy, Scenario

    scenario = Scenario.load("baseline").with_switches(luck=bool(sizes_tried))
    economy = Economy(scenario, seed=seed, vintage=vintage, quarters=QUARTERS, firms=FIRMS, keep_books=False)
    # A size that is tried may lie outside the range that the last estimate gave its parameter.
    set_sizes(economy.state[0]["luck"][0], {**scenario.parameter_values(), **sizes_tried})
    for _ in range(QUARTERS):
        economy.step()
        clouds, makers = economy.kinds["clouds"], economy.kinds["chip_makers"]
        cash = clouds["operating_cash_flow"][: len(RECORDED_CASH_FLOW)]
        share = np.maximum(economy.kinds["labs"]["market_share"], LEAST)
        figures = [*clouds["capex"][: len(GIANTS)], makers["ai_revenue"][0], *cash, share[0] / share[1]]
        yield np.log(np.maximum(figures, LEAST))


class Solution(NamedTuple):
    """Sizes by parameter, and their standard errors in logs."""

    sizes: dict[str, float]
    relative_errors: Floats


def solved(wanted: dict[str, Aim], seeds: int = SEEDS) -> Solution:
    """Sizes with which all aimed spreads are those of record, sought from those in use by least squares in logs."""
    names = [f"{name}_luck" for name in wanted]
    still = figures_with({}, seeds)
    start = np.log([sizes()[name].value for name in names])
    bounds = np.log([LEAST_SIZE, MOST_SIZE])
    with progress(MOST_STEPS * (len(names) + 1), "trial", "sizes tried, at most") as bar:

        def logs_of_made(logs: Floats) -> Floats:
            made = made_by(dict(zip(names, np.exp(logs), strict=True)), wanted, still)
            bar.update()
            return np.log(list(made.values()))

        found = least_squares(
            logs_of_made, np.clip(start, *bounds), bounds=bounds, diff_step=STEP, xtol=CLOSE, max_nfev=MOST_STEPS
        )
    errors = np.sqrt(((np.linalg.pinv(found.jac) @ errors_of(wanted)) ** 2).sum(axis=1))
    return Solution(dict(zip(names, np.exp(found.x).tolist(), strict=True)), errors)


def errors_of(wanted: dict[str, Aim]) -> Floats:
    """Standard errors of the logs of the spreads of record, one column for each set of figures: two spreads of the same
    figures err together."""
    figures = [aim.figures.start for aim in wanted.values()]
    relative = np.array([aim.record.standard_error / aim.record.value for aim in wanted.values()])
    return relative[:, None] * np.equal.outer(figures, sorted(set(figures)))


def made_by(sizes_tried: Mapping[str, float], wanted: dict[str, Aim], still: Floats) -> dict[str, float]:
    """What of each aimed spread of record luck of these sizes makes (ratio), against `still` paths without any."""
    effects = figures_with(sizes_tried, still.shape[1]) - still
    return {name: _spread(effects, aim) / aim.record.value for name, aim in wanted.items()}


def estimated(seeds: int = SEEDS) -> list[Size]:
    """All sizes: those the record tells, estimated together beside the others in use; the rest as stored."""
    told = record()
    wanted = aims(told)
    solution = solved(wanted, seeds)
    memory = _entered(sizes()["core_luck_memory"], told.cash_flow_memory, "autocorrelation of its growth")
    found = {memory.parameter: memory}
    for (parameter, value), aim, error in zip(
        solution.sizes.items(), wanted.values(), solution.relative_errors, strict=True
    ):
        estimate = Estimate(value, value * float(error), aim.record.n)
        found[parameter] = _entered(sizes()[parameter], estimate, aim.source)
    return [found.get(name, size) for name, size in sizes().items()]


def _spread(effects: Floats, aim: Aim) -> float:
    """What luck did to growth of the aimed figure of a typical firm after the first year, in both openings: the measure
    of the record, which single failures and take-offs do not move."""
    level = effects[..., aim.figures]
    growth = level[:, :, YEAR + aim.over - 1 :] - level[:, :, YEAR - 1 : -aim.over]
    unforeseen = growth - np.median(growth, axis=1, keepdims=True)
    return typical_deviation(unforeseen.reshape(-1, unforeseen.shape[-1]))


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.standard_error * factor, estimate.n)


def _entered(size: Size, estimate: Estimate, source: str) -> Size:
    """An estimate as a parameter: its range is two standard errors either way, at least a third of it. Of a size errors
    are taken in logs, as it is sought and drawn: the middle of its prior is the estimate."""
    value, error = round(estimate.value, 4), round(estimate.standard_error, 4)
    if size.parameter.endswith("_memory"):
        low, high = max(value - 2.0 * error, value / 4.0), min(value + 2.0 * error, MOST_MEMORY)
    else:
        factor = float(np.exp(max(2.0 * error / value, np.log(4.0 / 3.0))))
        low, high = value / factor, value * factor
    return size._replace(
        value=value,
        standard_error=error,
        n=estimate.n,
        low=round(low, 4),
        high=round(high, 4),
        status="estimated",
        source=SOURCE + source,
    )


def table(found: list[Size]) -> pd.DataFrame:
    """Sizes as they are stored."""
    return pd.DataFrame(found, columns=list(Size._fields))


def report_estimates(results: Path, console: Console) -> list[Size]:
    """Estimate sizes anew from the record, print them beside those in use and write them as they are stored."""
    check_writable(results)
    found = estimated()
    in_use = sizes()
    rows = [
        (
            each.parameter,
            f"{in_use[each.parameter].value:g}",
            f"{each.value:g}",
            f"{each.standard_error:g}",
            str(each.n),
        )
        for each in found
        if each.status == "estimated"
    ]
    frame = pd.DataFrame(rows, columns=["size", "in use", "record says", "s.e.", "n"])
    console.print(table_of(frame, "Sizes of luck that the record can tell", index=False))
    path = results / "sizes.csv"
    write_bytes(path, csv_bytes(table(found)))
    console.print(f"All sizes, as they are stored: {path}", soft_wrap=True)
    return found
