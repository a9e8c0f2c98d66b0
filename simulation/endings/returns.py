"""What AI investment has earned: internal rate and present value of capital expenditure by year, by owner and for all.

The compute of a quarter serves until it wears out; what end users pay is divided over all that is online, and what new
compute adds to its owners' business over what has been added. What is left at the end counts at the day's mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.endings.thresholds import THRESHOLDS

Floats = npt.NDArray[np.float64]
Table = Mapping[str, Floats]

FULL, HALF, NONE = 1.0, THRESHOLDS.uplift_counted, 0.0
HIGHEST, LOWEST = 1.0, -0.5  # a quarter, between which an internal rate is looked for
HALVINGS = 40


class Return(NamedTuple):
    """Return on some capital expenditure: `value` is the present value of its gains over that of what was spent, less
    one (zero earns just the cost of capital), `rate` the internal rate (per year), `spent` the cost (USD bn)."""

    value: float
    rate: float
    spent: float


class Yields:
    """What compute bought in each quarter of a run has cost, earned and is still worth.

    `run` holds the series of `simulation.series` by name, `attrition` is the part of compute that wears out a quarter.
    """

    def __init__(self, run: Table, attrition: float) -> None:
        self.spent = run["ai_capex"]
        quarters = len(self.spent)
        self.discount = 1.0 / np.cumprod(1.0 + run["owners_rate"])
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
        return return_on(flows, spent, self.discount[:end])


def return_on(gains: Floats, spent: Floats, discount: np.ndarray) -> Return:
    """Return on a stream of spending from the gains it brings; nan where nothing was spent."""
    cost = float(discount @ spent)
    if cost <= 0.0:
        return Return(np.nan, np.nan, 0.0)
    return Return(float(discount @ gains) / cost - 1.0, internal_rate(gains - spent), cost)


def internal_rate(flows: Floats) -> float:
    """Yearly rate at which a stream of quarterly flows is worth nothing, by halving; nan where there is none."""
    quarter = np.arange(len(flows))
    low, high = LOWEST, HIGHEST
    worth = [float(flows @ (1.0 + rate) ** -quarter) for rate in (low, high)]
    if not worth[0] > 0.0 > worth[1]:
        return np.nan
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if float(flows @ (1.0 + middle) ** -quarter) > 0.0:
            low = middle
        else:
            high = middle
    return float((1.0 + low) ** 4 - 1.0)


def returns_by_owner(
    flows: Floats, rate: Floats, attrition: float, names: Sequence[str], counted: float = HALF
) -> dict[str, Return]:
    """Return of every owner of compute on what it has spent since the opening.

    `flows` are `Economy.owner_flows` (quarters x owners x flows). Each earns the rents and sales of its compute by the
    part of it that is new; rents may be paid out of investors' money, so that owners together can earn more than end
    users pay.
    """
    from simulation.state import CAPEX, DELIVERED, EARNED, MARK, ONLINE, RUNNING, UPLIFT, WAITING

    discount = 1.0 / np.cumprod(1.0 + rate)
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
        found[name] = return_on(gains, own[:, CAPEX], discount)
    return found
