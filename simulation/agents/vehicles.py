"""Special-purpose vehicles: made by a deal, they own compute, lease it to one user and pass the rent to lenders."""

from simulation.books.ledger import ACCOUNT
from simulation.rule import record, rule

VEHICLE = record(
    account=ACCOUNT,
    alive="f8=0",
    lessee="i8",  # column of the user, -1 while the vehicle is empty
    known="f8=0",  # one for a vehicle of record
    starts_in="f8=0",  # quarters until its lenders begin to pay
    undrawn="f8=0",  # USD bn that lenders and sponsors have still promised
    draw="f8=0",  # USD bn a quarter at most
    power="f8=0",  # adjusted GW it owns and the lessee runs
    quarters_left="f8=0",  # of the lease
    rent="f8=0",  # USD bn of the quarter
    guarantee="f8=0",  # residual value that the lessee has guaranteed (USD bn)
    depreciation="f8=0",
    interest="f8=0",
    profit="f8=0",  # of the quarter after tax, for observers: no rule reads it
    operating_cash_flow="f8=0",
)


@rule
def lease_rent(interest, debt, maturity, margin):
    """Rent of a quarter: debt service and a margin for the owners (USD bn)."""
    return (1.0 + margin) * (interest + debt / maturity)


@rule
def lessee_renews(rent, power, spot, opex):
    """Whether the user keeps what it leases: its capacity is worth more than the rent."""
    return power * (spot - opex) >= rent


@rule
def guarantee_due(guarantee, proceeds):
    """What the user must make good when the assets fetch less than it has guaranteed (USD bn)."""
    return max(guarantee - proceeds, 0.0)
