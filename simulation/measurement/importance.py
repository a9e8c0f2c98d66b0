"""Who matters most: DebtRank on the books, recorded every quarter, and with a removal ranking of any quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulation.books.instruments import BANK_LOANS, FIRST_TANGIBLE, N_STOCKS
from simulation.measurement.circularity import SECTOR
from simulation.measurement.debt_rank import debt_ranks, group_debt_rank, largest_debt_rank, network_of, removal_losses
from simulation.registry import FIRMS_COLUMN, FIRST_COLUMN, NUMBER, columns_of
from simulation.rule import Record, live, rule

if TYPE_CHECKING:
    import pandas as pd

YEAR = 4.0
SMALLEST_BUFFER = 1e-9
FIRST_CLOUD = FIRST_COLUMN["clouds"]

FIRST_BANK, BANKS = FIRST_COLUMN["banks"], NUMBER["banks"]
RANKED = np.array([*SECTOR, *columns_of("credit_funds"), *columns_of("banks")])
"""Columns whose DebtRank is recorded: the AI sector with its vehicles, credit funds and banks."""


@rule
def shareholdings(ledger: Record) -> np.ndarray:
    """Market value of all shares (holder x issuer, USD bn)."""
    size = len(ledger.price)
    value = np.empty((size, size))
    for holder in range(size):
        for issuer in range(size):
            value[holder, issuer] = ledger.shares[holder, issuer] * ledger.price[issuer]
    return value


@rule
def add_debts(
    exposure: np.ndarray,
    claims: Record,
    loans: np.ndarray,
    lenders: np.ndarray,
    contracts: Record,
    bank_loans: np.ndarray,
) -> None:
    """Make of shareholdings all that each holder loses if an issuer's claims become worthless (holder x issuer, USD
    bn): shares at market value, claims, bank loans, and a year of the rent that is due under contract. `bank_loans` is
    every column's position in them; firms stand in the books as one, and each bank has its part of what they owe."""
    for k in range(len(claims)):
        claim = claims[k]
        exposure[claim.holder, claim.issuer] += max(claim.amount, 0.0)
    for borrower in range(len(loans)):
        exposure[int(lenders[borrower]), borrower] += max(loans[borrower], 0.0)
    lent = 0.0
    for k in range(BANKS):
        lent += max(bank_loans[FIRST_BANK + k], 0.0)
    for k in range(BANKS):
        bank = FIRST_BANK + k
        exposure[bank, FIRMS_COLUMN] += (
            max(-bank_loans[FIRMS_COLUMN], 0.0) * max(bank_loans[bank], 0.0) / max(lent, SMALLEST_BUFFER)
        )
    for k in range(len(contracts)):
        contract = contracts[k]
        rent = contract.gigawatts * contract.price * min(YEAR, max(contract.quarters_left, 0.0))
        exposure[FIRST_CLOUD + contract.provider, contract.customer] += rent
    for column in range(len(exposure)):
        exposure[column, column] = 0.0


@rule
def buffers(position: np.ndarray, holdings: np.ndarray) -> np.ndarray:
    """What each agent can lose before its debts exceed its assets (USD bn): net worth, its own shares added back."""
    buffer = np.zeros(len(holdings))
    for stock in range(N_STOCKS):
        for column in range(len(buffer)):
            buffer[column] += position[stock, column]
    for holder in range(len(holdings)):
        for issuer in range(len(buffer)):
            buffer[issuer] += holdings[holder, issuer]
    return buffer


@rule
def assets(position: np.ndarray) -> np.ndarray:
    """What each agent owns (USD bn)."""
    owned = np.zeros(position.shape[1])
    for stock in range(N_STOCKS):
        for column in range(len(owned)):
            amount = position[stock, column]
            owned[column] += amount if stock >= FIRST_TANGIBLE else max(amount, 0.0)
    return owned


@rule
def record_importance(world: Record, accounts: Record, firms: Record) -> None:
    """Whose failure would put most at risk in others, and how much the failure of the whole AI sector would."""
    w = world[0]
    ledger = w.ledger
    series = w.series
    exposure = shareholdings(ledger)
    buffer = np.maximum(buffers(ledger.position, exposure), SMALLEST_BUFFER)
    claims = ledger.claims[: ledger.n_claims]
    contracts = w.market.contracts[: w.market.n_contracts]
    add_debts(exposure, claims, accounts.loan, accounts.lender, contracts, ledger.position[BANK_LOANS])
    network = network_of(exposure, buffer)
    value = assets(ledger.position)
    series.debt_rank_actor, series.debt_rank_largest = largest_debt_rank(network, value, RANKED)
    series.debt_rank_sector = group_debt_rank(network, value, SECTOR)


def exposures_of(book: Mapping[str, np.ndarray]) -> np.ndarray:
    """The exposures that stand in the books kept of a quarter."""
    exposure = book["holdings"].copy()
    loans, lenders = book["loans"]
    bank_loans = book["position"][BANK_LOANS]
    add_debts(exposure, live(book["claims"]), loans, lenders, live(book["contracts"]), bank_loans)
    return exposure


def importance(book: Mapping[str, np.ndarray], names: Sequence[str]) -> pd.DataFrame:
    """Agents by what is lost when each fails alone, largest first.

    Columns: agent, assets and buffer (USD bn), debt_rank (the part of all assets that its failure puts at risk in
    others; Battiston et al. 2012), removal (the same with its own assets)."""
    import pandas as pd

    buffer, value = buffers(book["position"], book["holdings"]), assets(book["position"])
    rank, loss = np.zeros(len(value)), np.zeros(len(value))
    network = network_of(exposures_of(book), np.maximum(buffer, SMALLEST_BUFFER))
    debt_ranks(network, value, np.arange(len(value)), rank)
    removal_losses(value, rank, loss)
    count = len(names)
    frame = pd.DataFrame(
        {
            "agent": list(names),
            "assets": value[:count],
            "buffer": buffer[:count],
            "debt_rank": rank[:count],
            "removal": loss[:count],
        }
    )
    return frame.sort_values("removal", ascending=False, ignore_index=True)
