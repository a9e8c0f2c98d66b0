"""How large luck is: the sizes with which the economy's own record is as restless as the real one (simulated moments).

One ruler measures both: a simulated record has the firms, quarters and gaps of the real one, and what moves its firms
is all that moves them, luck or not. All sizes that the record can tell are sought together, everything else in the
economy as it is in use, until the mean log of each spread over simulated records is that of the real one (McFadden
1989; Gourieroux, Monfort and Renault 1993). Luck that starts at nothing with an economy has had a year to unfold
before it is measured: plans reach capital spending by way of sites and orders.

Errors (delta method) hold the chance in the record and that in the simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.dates import VINTAGES
from simulation.disturbances.declared import GIANTS, Size, sizes
from simulation.disturbances.estimates import (
    Estimate,
    deviations,
    jackknife,
    log_growth,
    memory_of_passing_luck,
    unforeseen_growth,
)
from simulation.disturbances.process import set_sizes
from simulation.errors import CircuitError

from ..common.export import csv_bytes
from ..common.progress import progress
from ..common.terminal import table_of
from ..store.results import check_writable, write_bytes

if TYPE_CHECKING:
    from rich.console import Console

Floats = npt.NDArray[np.float64]
Levels = Mapping[str, Floats]  # by series, of shape (quarters, firms)
SEEDS = range(1, 601)
FIRMS = 20  # ordinary firms: what is measured does not depend on them
YEAR = 4
MOST_MEMORY = 0.95  # per quarter: luck that stayed for ever would have no size
LEAST_SIZE, MOST_SIZE = 0.005, 2.0  # between which sizes are sought: e^2 is a sevenfold quality by a mean release
STEP = 0.1  # of the log of a size, either way, over which responses are taken: spreads are medians, not smooth
CLOSE = 0.005  # in logs of sizes
MOST_STEPS = 12
CASH_FLOWS = GIANTS[:4]  # Oracle's is next to nothing in a quarter of every year, so that its logs tell nothing
RIVALS = ("OpenAI", "Anthropic")
SOURCE = "estimated by `circuit luck --estimate`: "


class Ruler(NamedTuple):
    """How a spread is measured, on record and in the economy alike."""

    series: str
    spread: Callable[[Floats], Floats]
    """Of levels by quarter and firm: one number for every firm."""
    source: str


def _of_unforeseen(levels: Floats, over: int = 1, season: bool = False, common: bool = False) -> Floats:
    return deviations(unforeseen_growth(levels, over, season, common))


def _root_mean_square_of_moves(levels: Floats) -> Floats:
    """About zero: nobody knows what part of so few moves is trend."""
    squares = np.ma.masked_invalid(log_growth(levels, YEAR) ** 2)
    return np.sqrt(np.ma.filled(squares.mean(axis=0), np.nan))


RULERS = {
    "releases": Ruler("lead", _root_mean_square_of_moves, "revenue of OpenAI over Anthropic's, year on year"),
    "plans": Ruler(
        "capex",
        partial(_of_unforeseen, over=YEAR, common=True),
        "growth over four quarters of capex of five giants, less what they have in common",
    ),
    "building": Ruler(
        "capex",
        partial(_of_unforeseen, common=True),
        "quarterly growth of capex of five giants, less what they have in common",
    ),
    "core": Ruler(
        "cash_flow", partial(_of_unforeseen, season=True), "operating cash flow of four giants, season removed"
    ),
}
"""What the size of each disturbance that the record can tell is found by."""

PARAMETERS = [f"{name}_luck" for name in RULERS]


def record() -> Levels:
    """Levels of the quarters on record, NaN where it has none."""
    revenue = _panel("lab_revenue", RIVALS)
    return {
        "capex": _panel("capex", GIANTS),
        "cash_flow": _panel("operating_cash_flow", CASH_FLOWS),
        "lead": revenue[:, :1] / revenue[:, 1:],
    }


def _panel(series: str, entities: tuple[str, ...]) -> Floats:
    from simulation.vintages.facts import history

    wide = pd.DataFrame({entity: dict(history(series, entity)) for entity in entities}).sort_index()
    levels: Floats = wide.to_numpy(dtype=np.float64)
    return levels


def simulated_record(tried: Mapping[str, float], vintage: str, seed: int, like: Levels) -> Levels:
    """The same figures of an economy with luck of these sizes, from its second year on, for as many quarters and with
    the same gaps as those of record."""
    quarters = max(map(len, like.values()))
    rows = list(_run(tried, vintage, seed, YEAR + quarters - 1))[YEAR - 1 :]
    made = {name: np.array([row[name] for row in rows[: len(levels)]]) for name, levels in like.items()}
    return {name: np.where(np.isfinite(like[name]), levels, np.nan) for name, levels in made.items()}


def _run(tried: Mapping[str, float], vintage: str, seed: int, quarters: int) -> Iterator[Levels]:
    from simulation import Economy, Scenario

    scenario = Scenario.load("baseline")
    economy = Economy(scenario, seed=seed, vintage=vintage, quarters=quarters, firms=FIRMS, keep_books=False)
    # A size that is tried may lie outside the range that the last estimate gave its parameter.
    set_sizes(economy.state[0]["luck"][0], {**scenario.parameter_values(), **tried})
    for _ in range(quarters):
        economy.step()
        clouds, labs = economy.kinds["clouds"], economy.kinds["labs"]
        first, second = labs["revenue"][: len(RIVALS)]
        yield {
            "capex": clouds["capex"][: len(GIANTS)].copy(),
            "cash_flow": clouds["operating_cash_flow"][: len(CASH_FLOWS)].copy(),
            "lead": np.array([first / second if min(first, second) > 0.0 else np.nan]),
        }


def spreads_by_firm(levels: Levels) -> list[Floats]:
    """Logs of spreads, in the order of RULERS, one for every firm."""
    with np.errstate(divide="ignore"):
        return [np.log(ruler.spread(levels[ruler.series])) for ruler in RULERS.values()]


def spreads(levels: Levels) -> Floats:
    """Logs of spreads of a typical firm, in the order of RULERS."""
    return np.array([by_firm.mean() for by_firm in spreads_by_firm(levels)])


class Made(NamedTuple):
    """Spreads of many simulated records, in logs: by opening, seed and ruler."""

    spreads: Floats

    @property
    def mean(self) -> Floats:
        """What a record has on average: what is aimed at."""
        return np.asarray(np.nanmean(self.spreads, axis=(0, 1)))

    @property
    def of_one(self) -> Floats:
        """Covariance of the spreads of one record: what chance there is in so few firms and quarters."""
        return np.asarray(np.mean([_covariance(opening) for opening in self.spreads], axis=0))

    @property
    def of_mean(self) -> Floats:
        """Covariance of the means: the error of simulation."""
        return np.asarray(_covariance(np.nanmean(self.spreads, axis=0)) / self.spreads.shape[1])


def _covariance(rows: Floats) -> Floats:
    covariance: Floats = pd.DataFrame(rows).cov().to_numpy()
    return covariance


def made_by(logs_of_sizes: Floats, like: Levels, seeds: range = SEEDS) -> Made:
    """Spreads that luck of these sizes makes, in both openings and with all seeds."""
    tried = dict(zip(PARAMETERS, np.exp(logs_of_sizes), strict=True))
    rows = [[spreads(simulated_record(tried, vintage, seed, like)) for seed in seeds] for vintage in VINTAGES]
    return Made(np.array(rows))


class Solution(NamedTuple):
    """Logs of sizes in the order of RULERS, by how much each spread responds to each, and what they make."""

    logs: Floats
    responses: Floats
    made: Made

    def errors(self, chance: Floats) -> Floats:
        """Standard errors of the logs of the sizes, where spreads have been aimed at with such a covariance."""
        inverse = np.linalg.inv(self.responses)
        return np.asarray(np.sqrt(np.diag(inverse @ (chance + self.made.of_mean) @ inverse.T)))


def solved(wanted: Floats, like: Levels, seeds: range = SEEDS) -> Solution:
    """Sizes with which the mean spreads are those wanted, sought from those in use by Broyden's method (1965), and the
    responses there. Raises CircuitError where no sizes within the bounds make such spreads."""
    logs = np.log([sizes()[name].value for name in PARAMETERS])
    with progress(MOST_STEPS + 4 * len(logs), "trial", "sizes tried, at most") as bar:

        def tried(at: Floats) -> Made:
            bar.update()
            return made_by(at, like, seeds)

        def responses(at: Floats) -> Floats:
            steps = STEP * np.eye(len(at))
            return np.array([tried(at + step).mean - tried(at - step).mean for step in steps]).T / (2.0 * STEP)

        made, slopes = tried(logs), responses(logs)
        for _ in range(MOST_STEPS):
            step = np.linalg.solve(slopes, wanted - made.mean)
            if np.abs(step).max() < CLOSE:
                return Solution(logs, responses(logs), made)
            step = np.clip(logs + step, *np.log([LEAST_SIZE, MOST_SIZE])) - logs
            logs, before, made = logs + step, made, tried(logs + step)
            slopes = slopes + np.outer(made.mean - before.mean - slopes @ step, step) / (step @ step)
    raise CircuitError(
        f"In {MOST_STEPS} steps no sizes of luck between {LEAST_SIZE} and {MOST_SIZE} were found with which the "
        "economy is as restless as the record. See by `circuit luck` what each kind does, or start from other sizes"
    )


def chance_in(levels: Levels, of_one: Floats) -> Floats:
    """Covariance of the spreads of record. Firms differ by more than chance, so where a figure has several of them it
    is that of their mean; where it has one, that of single simulated records."""
    by_firm = spreads_by_firm(levels)
    covariance = np.zeros_like(of_one)
    for (row, first), (column, second) in product(enumerate(RULERS.values()), repeat=2):
        if first.series == second.series:
            firms = len(by_firm[row])
            covariance[row, column] = (
                np.cov(by_firm[row], by_firm[column])[0, 1] / firms if firms > 1 else of_one[row, column]
            )
    return covariance


def estimated(seeds: range = SEEDS) -> list[Size]:
    """All sizes: those the record tells, estimated together beside the others in use; the rest as stored."""
    told = record()
    solution = solved(spreads(told), told, seeds)
    errors = solution.errors(chance_in(told, solution.made.of_one))
    cash = unforeseen_growth(told["cash_flow"], season=True)
    memory = jackknife(memory_of_passing_luck, cash)
    found = {"core_luck_memory": _entered(sizes()["core_luck_memory"], memory, "autocorrelation of its growth")}
    for name, ruler, value, error in zip(PARAMETERS, RULERS.values(), np.exp(solution.logs), errors, strict=True):
        estimate = Estimate(float(value), float(value * error), observations(told[ruler.series]))
        found[name] = _entered(sizes()[name], estimate, ruler.source)
    return [found.get(name, size) for name, size in sizes().items()]


def observations(levels: Floats) -> int:
    """Growth rates on record by quarter and firm; of the lead, whose quarters between years are interpolated, years."""
    if levels.shape[1] == 1:
        return (len(levels) - 1) // YEAR
    return int(np.isfinite(log_growth(levels)).sum())


def _entered(size: Size, estimate: Estimate, source: str) -> Size:
    """An estimate as a parameter: its range is two standard errors either way, at least a third of it. Of a size errors
    are taken in logs, as it is sought and drawn, and the range ends where sizes are no longer sought, as far above the
    estimate as below: the middle of its prior is the estimate."""
    value, error = round(estimate.value, 4), round(estimate.standard_error, 4)
    if size.parameter.endswith("_memory"):
        low, high = max(value - 2.0 * error, value / 4.0), min(value + 2.0 * error, MOST_MEMORY)
    else:
        factor = min(float(np.exp(max(2.0 * error / value, np.log(4.0 / 3.0)))), MOST_SIZE / value)
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
