"""The register of deals: equity stakes in tranches, warrants, chip purchase commitments, backstops.

Take-or-pay contracts stand beside it, loans and bonds in the books, leases with their vehicles. What stands here is
what is promised, not what is owned: it is reported, never summed."""

from simulation.rule import record, slots

EQUITY_STAKE = 0
WARRANT = 1
PURCHASE_COMMITMENT = 2
BACKSTOP = 3
COMPUTE_COMMITMENT = 4  # waits here for its date, then stands among the contracts

WAITING = 0.0
OPEN = 1.0
OVER = -1.0  # leaves the register at the end of the quarter

DEALS = 96

DEAL = record(
    kind="i8",
    supplier="i8",  # column that gives money, warrants, credit or a guarantee
    customer="i8",  # column that takes them and buys
    known="f8",  # one for a deal of record, zero for one that the economy made
    open="f8",  # WAITING for its date, OPEN or OVER
    amount="f8",  # promised in all (USD bn; of warrants: share of the supplier's shares)
    done="f8",  # paid, bought, lent or vested so far, in the same unit
    gigawatts="f8",  # physical gigawatts on which tranches depend; zero: paid over time
    delivered="f8",  # of them so far
    starts_in="f8",  # quarters until it is agreed, then until it runs
    lead="f8",  # quarters from the agreement until it runs
    number="f8",  # of warrants granted
    rebated="f8",  # USD bn of them that has counted against revenue
    quarters_left="f8",
    quarters="f8",
    target="f8",  # price of the supplier's share, against the opening of the deal, at which the last tranche vests
    reference="f8",  # that price at the opening of the deal
    firm="f8",  # part that cannot be cancelled
)

REGISTER = record(deals=slots(DEAL, DEALS), n_deals="i8=0")
