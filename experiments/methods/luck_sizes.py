"""How large luck is: the spread of the record over what a unit of luck does in the economy (indirect inference).

Of each disturbance that the record can tell, the economy is run with that one alone; the spread that it makes, over
the size it was given, is the response. A size is the spread of the record, less what all others make of it, over the
response (Gourieroux, Monfort and Renault 1993). Both are spreads of growth. Luck that starts at nothing with an economy
has had a year to unfold before it is measured: plans reach capital spending by way of sites and orders, and measured
from the first quarter on they seemed to do half of what they do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simulation.disturbances.declared import Size, sizes

from ..common.export import csv_bytes
from ..common.terminal import table_of
from ..store.results import check_writable, write_bytes

if TYPE_CHECKING:
    from rich.console import Console


from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.dates import VINTAGES
from simulation.disturbances.declared import DISTURBANCE_NAMES, GIANTS
from simulation.disturbances.estimates import (
    Estimate,
    jackknife,
    memory_of_passing_luck,
    typical_deviation,
    unforeseen_growth,
)

Floats = npt.NDArray[np.float64]
SEEDS = 40
FIRMS = 100  # ordinary firms: what is measured does not depend on them
LEAST = 1e-9  # USD bn, where a figure is none
YEAR = 4
QUARTERS = 3 * YEAR  # of a run: the first year is not looked at
MOST_MEMORY = 0.95  # per quarter: luck that stayed for ever would have no size
LEAST_PART = 0.1  # of a spread of record that is left to a disturbance, whatever others make of it
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


def _figures(names: tuple[str, ...], seeds: int) -> Floats:
    """Log of capex by giant, sales of Nvidia, cash flow by giant and one lab's share over another's, by quarter, with
    luck in the named disturbances; shape (openings, seeds, quarters, figures)."""
    return np.array([[list(_run(names, vintage, seed)) for seed in range(1, seeds + 1)] for vintage in VINTAGES])


def _run(names: tuple[str, ...], vintage: str, seed: int) -> Iterator[Floats]:
    from simulation import Economy, Scenario

    from .luck import with_luck_in

    scenario = with_luck_in(Scenario.load("baseline"), names)
    economy = Economy(scenario, seed=seed, vintage=vintage, quarters=QUARTERS, firms=FIRMS, keep_books=False)
    for _ in range(QUARTERS):
        economy.step()
        clouds, makers = economy.kinds["clouds"], economy.kinds["chip_makers"]
        cash = clouds["operating_cash_flow"][: len(RECORDED_CASH_FLOW)]
        share = np.maximum(economy.kinds["labs"]["market_share"], LEAST)
        figures = [*clouds["capex"][: len(GIANTS)], makers["ai_revenue"][0], *cash, share[0] / share[1]]
        yield np.log(np.maximum(figures, LEAST))


def estimated(seeds: int = SEEDS) -> list[Size]:
    """All sizes: those the record tells, estimated beside the others as they are in use; the rest as stored.

    The other disturbances have the sizes in use, so the command is run again until its numbers stay.
    """
    told = record()
    still = _figures((), seeds)
    found = {
        "core_luck_memory": _entered(
            sizes()["core_luck_memory"], told.cash_flow_memory, "autocorrelation of its growth"
        )
    }
    for name, aim in aims(told).items():
        others = tuple(each for each in DISTURBANCE_NAMES if each != name)
        alone, rest = (_spread(_figures(names, seeds) - still, aim) for names in ((name,), others))
        size = sizes()[f"{name}_luck"]
        found[size.parameter] = _entered(size, _scaled(_less(aim.record, rest), size.value / alone), aim.source)
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


def _less(estimate: Estimate, spread: float) -> Estimate:
    """What is left of a spread when an independent part is taken out, a tenth of it at least; its standard error by
    the delta method."""
    left = float(np.sqrt(max(estimate.value**2 - spread**2, (LEAST_PART * estimate.value) ** 2)))
    return Estimate(left, estimate.standard_error * estimate.value / left, estimate.n)


def _entered(size: Size, estimate: Estimate, source: str) -> Size:
    """An estimate as a parameter: its range is two standard errors either way, at least a third of it."""
    value, error = round(estimate.value, 4), round(estimate.standard_error, 4)
    width = max(2.0 * error, value / 3.0)
    low, high = round(max(value - width, value / 4.0), 4), round(value + width, 4)
    if size.parameter.endswith("_memory"):
        high = min(high, MOST_MEMORY)
    return size._replace(
        value=value, standard_error=error, n=estimate.n, low=low, high=high, status="estimated", source=SOURCE + source
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
