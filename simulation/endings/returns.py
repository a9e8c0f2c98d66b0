"""What AI investment has earned: internal rate and present value of capital expenditure by year, by owner and for all.

The compute of a quarter serves until it wears out; what end users pay is divided over all that is online, and what new
compute adds to its owners' business over what has been added. What is left at the end counts at the day's mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.endings.thresholds import THRESHOLDS
from simulation.rule import rule

Floats = npt.NDArray[np.float64]
Table = Mapping[str, Floats]

FULL, HALF, NONE = 1.0, THRESHOLDS.uplift_counted, 0.0
HIGHEST, LOWEST = 1.0, -0.5  # a quarter, between which an internal rate is looked for
HALVINGS = 40


class Return(NamedTuple):
    """Gains and spending by quarter (USD bn) on some capital expenditure, and what a dollar of each quarter is worth at
    the opening."""

    gains: Floats
    spent: Floats
    discount: Floats

    @property
    def cost(self) -> float:
        """Present value of what was spent (USD bn)."""
        return float(self.discount @ self.spent)

    @property
    def value(self) -> float:
        """Present value of the gains over the cost, less one: zero earns just the cost of capital; nan without cost."""
        cost = self.cost
        return float(self.discount @ self.gains) / cost - 1.0 if cost > 0.0 else np.nan

    @property
    def rate(self) -> float:
        """Internal rate of return (per year); nan where there is none."""
        return internal_rate(self.gains - self.spent)


class Yields:
    """What compute bought in each quarter of a run has cost, earned and is still worth.

    `run` holds the series of `simulation.series` by name, `attrition` is the part of compute that wears out a quarter.
    """

    def __init__(self, run: Table, attrition: float) -> None:
        self.spent = run["ai_capex"]
        quarters = len(self.spent)
        self.discount: Floats = np.divide(1.0, np.cumprod(1.0 + run["owners_rate"]))
        age = np.arange(quarters) - np.arange(quarters)[:, None]
        alive = np.where(age >= 0, (1.0 - attrition) ** np.maximum(age, 0), 0.0)
        left = run["compute_delivered"][:, None] * alive  # row: quarter of delivery, column: quarter of use
        power = run["compute_online"] + run["compute_waiting"]
        left *= np.minimum(1.0, power / np.maximum(left.sum(axis=0), 1e-12))
        old = np.maximum(power - left.sum(axis=0), 0.0)
        # What came first is online first; the newest equipment is what waits.
        before = old + np.cumsum(left, axis=0) - left
        online = np.clip(run["compute_online"] - before, 0.0, left)
        share = online / np.maximum(run["compute_online"], 1e-12)
        of_new = online / np.maximum(online.sum(axis=0), 1e-12)
        self.earned = share * (run["compute_revenue"] - run["compute_running"])
        self.uplift = of_new * run["compute_uplift"]
        self.left = left / np.maximum(power, 1e-12) * run["compute_mark"]

    def of(self, bought: slice, counted: float, horizon: int | None = None) -> Return:
        """Return on what was spent in some quarters, up to a horizon (quarters; the end of the run by default)."""
        end = len(self.spent) if horizon is None else horizon
        flows: Floats = (self.earned[bought, :end] + counted * self.uplift[bought, :end]).sum(axis=0)
        flows[-1] += self.left[bought, end - 1].sum()
        spent = np.zeros(end)
        spent[bought] = self.spent[:end][bought]
        return Return(flows, spent, self.discount[:end])


@rule
def worth_at(rate: float, flows: Floats) -> float:
    """What a stream of quarterly flows is worth in its first quarter."""
    value, factor = 0.0, 1.0 / (1.0 + rate)
    for k in range(len(flows) - 1, -1, -1):
        value = value * factor + flows[k]
    return value


@rule
def quarterly_rate(flows: Floats) -> float:
    """Rate at which a stream of quarterly flows is worth nothing, by halving; nan where there is none."""
    low, high = LOWEST, HIGHEST
    if not worth_at(low, flows) > 0.0 > worth_at(high, flows):
        return np.nan
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if worth_at(middle, flows) > 0.0:
            low = middle
        else:
            high = middle
    return low


def internal_rate(flows: Floats) -> float:
    """Yearly rate at which a stream of quarterly flows is worth nothing; nan where there is none."""
    return float((1.0 + quarterly_rate(flows)) ** 4 - 1.0)


def returns_by_owner(
    flows: Floats, rate: Floats, attrition: float, names: Sequence[str], counted: float = HALF
) -> dict[str, Return]:
    """Return of every owner of compute on what it has spent since the opening.

    `flows` are `Economy.owner_flows` (quarters x owners x flows). Each earns the rents and sales of its compute by the
    part of it that is new; rents may be paid out of investors' money, so that owners together can earn more than end
    users pay.
    """
    from simulation.state import CAPEX, DELIVERED, EARNED, MARK, ONLINE, RUNNING, UPLIFT, WAITING

    discount: Floats = np.divide(1.0, np.cumprod(1.0 + rate))
    found = {}
    for number, name in enumerate(names):
        own = flows[:, number]
        power = own[:, ONLINE] + own[:, WAITING]
        opening = max(power[0] - own[0, DELIVERED], 0.0) if len(own) else 0.0
        old = np.minimum(opening * (1.0 - attrition) ** np.arange(len(own)), power)
        new = 1.0 - old / np.maximum(power, 1e-12)
        newly_online: Floats = np.clip((own[:, ONLINE] - old) / np.maximum(own[:, ONLINE], 1e-12), 0.0, 1.0)
        gains: Floats = newly_online * (own[:, EARNED] - own[:, RUNNING]) + counted * own[:, UPLIFT]
        gains[-1] += new[-1] * own[-1, MARK]
        found[name] = Return(gains, own[:, CAPEX], discount)
    return found
