"""The two matrices of a quarter: balance sheet and transaction flows, by sector or down to the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.books.instruments import STOCKS
from simulation.books.purposes import PURPOSES

if TYPE_CHECKING:
    import pandas as pd


def balance_sheet_matrix(position: np.ndarray, columns: list[str]) -> pd.DataFrame:
    """Rows: stocks and net worth; columns: `columns` (equal names are added up) and their sum. USD bn."""
    frame = _gather(position[: len(STOCKS)], [row.name for row in STOCKS], columns)
    frame.loc["net_worth"] = frame.sum()
    frame["sum"] = frame.sum(axis=1)
    return frame


def transaction_flow_matrix(paid: np.ndarray, received: np.ndarray, columns: list[str]) -> pd.DataFrame:
    """Rows: purposes and the change of money; columns as above. Receipts positive, payments negative, USD bn."""
    net = received[: len(PURPOSES)] - paid[: len(PURPOSES)]
    frame = _gather(net, [row.name for row in PURPOSES], columns)
    frame.loc["change_of_money"] = -frame.sum()
    frame["sum"] = frame.sum(axis=1)
    return frame


def _gather(values: np.ndarray, rows: list[str], columns: list[str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(values[:, : len(columns)], index=pd.Index(rows), columns=pd.Index(columns))
    return frame.T.groupby(level=0, sort=False).sum().T
