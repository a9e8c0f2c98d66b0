"""How far a right model of this kind may be from the record: the discrepancy of each series.

What is left out of a model is an error of its own, beside that of the data (Kennedy and O'Hagan 2001, J. R. Statist.
Soc. B 63). Standard deviations of logarithms (of growth and burn, of the number itself), assumed: a quarter's bill of a
single firm is half as sure as a sum; prices carry fashion; debt and backlog hold what is not AI."""

import numpy as np
import numpy.typing as npt

from ..record.observations import Points
from .smoother import Data

DISCREPANCY: dict[str, float] = {
    "capex": 0.10,
    "operating_cash_flow": 0.06,
    "ai_sales": 0.08,
    "ai_revenue": 0.15,
    "lab_revenue": 0.10,
    "burn": 0.4,
    "burn_half": 0.4,
    "burn_year": 0.4,
    "market_value": 0.20,
    "debt": 0.15,
    "backlog": 0.15,
    "rent": 0.15,
    "adoption_count": 0.10,
    "gdp": 0.01,
    "real_growth": 0.004,
    "unemployment": 0.08,
    "policy_rate": 0.10,
}


def deviations(points: Points) -> npt.NDArray[np.float64]:
    """Standard deviation of each observation's distance from a right model: its own error and the discrepancy."""
    of_model = np.array([DISCREPANCY[row.series] for row in points.rows])
    both: npt.NDArray[np.float64] = np.hypot(points.deviations, of_model)
    return both


def data_of(points: Points) -> Data:
    """Observations as the smoother takes them."""
    return Data(points.targets, deviations(points), points.steps)
