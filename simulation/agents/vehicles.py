"""Special-purpose vehicles: made by a deal, they own compute, lease it to one user and pass the rent to lenders."""

from __future__ import annotations

from simulation.books.ledger import ACCOUNT
from simulation.rule import record

VEHICLE = record(
    account=ACCOUNT,
    alive="f8",
    lessee="i8",  # column of the user, -1 while the vehicle is empty
    known="f8",
    power="f8",  # adjusted GW it owns and the lessee runs
    shells="f8",  # GW of shells among its assets
    rent="f8",  # USD bn a quarter
    quarters_left="f8",  # of the lease
    undrawn="f8",  # USD bn its lenders and sponsors have still promised
    debt_share="f8",
    guarantee="f8",  # residual value that the lessee has guaranteed (USD bn)
    depreciation="f8",
    interest="f8",
    profit="f8",
    operating_cash_flow="f8",
)
