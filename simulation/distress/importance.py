"""Who matters most: DebtRank and a removal ranking on the books of any quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulation.books.instruments import FIRST_TANGIBLE, N_FINANCIAL
from simulation.distress.debt_rank import debt_ranks, removal_losses
from simulation.state import FIRST_COLUMN

if TYPE_CHECKING:
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Book = Mapping[str, npt.NDArray[np.generic]]

YEAR = 4.0
SMALLEST_BUFFER = 1e-9


def exposures(book: Mapping[str, np.ndarray]) -> Floats:
    """What each holder loses if an issuer's claims become worthless (holder x issuer, USD bn): shares at market value,
    claims, bank loans, and a year of the rent that is due under contract."""
    exposure = np.array(book["holdings"], dtype=np.float64)
    for claim in book["claims"]:
        exposure[int(claim["holder"]), int(claim["issuer"])] += max(float(claim["amount"]), 0.0)
    loans, lenders = book["loans"]
    for borrower, amount in enumerate(loans):
        if lenders[borrower] != borrower:
            exposure[int(lenders[borrower]), borrower] += max(float(amount), 0.0)
    for contract in book["contracts"]:
        rent = float(contract["gigawatts"] * contract["price"]) * min(YEAR, max(float(contract["quarters_left"]), 0.0))
        exposure[FIRST_COLUMN["clouds"] + int(contract["provider"]), int(contract["customer"])] += rent
    np.fill_diagonal(exposure, 0.0)
    return exposure


def buffers(book: Mapping[str, np.ndarray]) -> Floats:
    """What each agent can lose before its debts exceed its assets (USD bn): net worth, its own shares added back."""
    own_shares = book["holdings"].sum(axis=0)
    return np.asarray(book["position"].sum(axis=0) + own_shares, dtype=np.float64)


def assets(book: Mapping[str, np.ndarray]) -> Floats:
    """What each agent owns (USD bn)."""
    financial = np.maximum(book["position"][:N_FINANCIAL], 0.0).sum(axis=0)
    return np.asarray(financial + book["position"][FIRST_TANGIBLE:].sum(axis=0), dtype=np.float64)


def importance(book: Mapping[str, np.ndarray], names: Sequence[str]) -> pd.DataFrame:
    """Agents by what is lost when each fails alone, largest first.

    Columns: agent, assets and buffer (USD bn), debt_rank (the part of all assets that its failure puts at risk in
    others; Battiston et al. 2012), removal (the same with its own assets).
    """
    import pandas as pd

    value, equity = assets(book), np.maximum(buffers(book), SMALLEST_BUFFER)
    rank, loss = np.zeros(len(value)), np.zeros(len(value))
    debt_ranks(exposures(book), equity, value, rank)
    removal_losses(value, rank, loss)
    count = len(names)
    frame = pd.DataFrame(
        {
            "agent": list(names),
            "assets": value[:count],
            "buffer": buffers(book)[:count],
            "debt_rank": rank[:count],
            "removal": loss[:count],
        }
    )
    return frame.sort_values("removal", ascending=False, ignore_index=True)
