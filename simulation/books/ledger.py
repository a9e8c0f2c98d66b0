"""The records of the books: an account for every agent, claims between two agents, and the ledger of a quarter.

Layout. An account is nested in its agent's record. Money is a claim on one's bank; between banks, reserves settle. What
a bank owes is never stored: the audit derives it from its customers' accounts. All ordinary firms share one column of
the matrices, every other agent has its own."""

from simulation.books.deliveries import deliveries_record
from simulation.books.identities import N_IDENTITIES
from simulation.books.instruments import N_CLAIM_KINDS, N_STOCKS, N_TANGIBLE
from simulation.books.purposes import PURPOSE_CAPACITY
from simulation.registry import COLUMNS
from simulation.rule import Record, record, rule, slots

CLAIMS = 1024
SLOT = 2048  # bytes from one institution's record to the next

ACCOUNT = record(
    cash="f8=0", loan="f8=0", column="i8", bank="i8", lender="i8", weight="f8", tangible=("f8=0", (N_TANGIBLE,))
)

CLAIM = record(instrument="i8", holder="i8", issuer="i8", amount="f8", rate="f8", maturity="f8")

# Money on its way: what buyers have paid to a market and its sellers have not yet received.
POOL = record(cash="f8=0", posted=("f8=0", (PURPOSE_CAPACITY,)))

N_MARKS = 3  # weighted sums of money, loans and tangible assets: the fingerprint

LEDGER = record(
    reserves=("f8=0", (COLUMNS,)),
    shares=("f8=0", (COLUMNS, COLUMNS)),
    price=("f8=0", (COLUMNS,)),
    issued=("f8=0", (COLUMNS,)),
    most_issued=("f8=0", (COLUMNS,)),  # in any quarter so far
    equity_stock=("i8", (COLUMNS,)),
    sector=("i8", (COLUMNS,)),
    resident=("i8=0", (COLUMNS,)),
    claims=slots(CLAIM, CLAIMS),
    n_claims="i8=0",
    claim_slot=("i8=0", (N_CLAIM_KINDS, COLUMNS, COLUMNS)),
    goods=POOL,
    wages=POOL,
    services=POOL,
    dividends=POOL,
    paid=("f8=0", (PURPOSE_CAPACITY, COLUMNS)),
    received=("f8=0", (PURPOSE_CAPACITY, COLUMNS)),
    memo=("f8=0", (PURPOSE_CAPACITY,)),
    deliveries=deliveries_record(COLUMNS),
    transacted=("f8=0", (N_STOCKS, COLUMNS)),
    revalued=("f8=0", (N_STOCKS, COLUMNS)),
    changed=("f8=0", (N_STOCKS, COLUMNS)),
    opening=("f8=0", (N_STOCKS, COLUMNS)),
    position=("f8=0", (N_STOCKS, COLUMNS)),
    fingerprint=("f8=0", (N_MARKS,)),
    measured=("f8=0", (N_MARKS,)),
    lowest=("f8=0", (N_STOCKS,)),
    lowest_column=("i8=0", (N_STOCKS,)),
    residual=("f8=0", (N_IDENTITIES,)),
    residual_row=("i8=0", (N_IDENTITIES,)),
    residual_column=("i8=0", (N_IDENTITIES,)),
    residual_size=("f8=0", (N_IDENTITIES,)),
    gdp_expenditure="f8=0",
    gdp_production="f8=0",
    gdp_income="f8=0",
    operating_surplus="f8=0",
)


@rule
def place_among(members: Record, column: int) -> int:
    """Number of the member of one kind that has a column, or -1: members stand in columns one after the other."""
    place: int = column - members[0].account.column
    return place if 0 <= place < len(members) else -1


@rule
def market_value(ledger: Record, column: int) -> float:
    """What all shares of an issuer are worth (USD bn)."""
    value: float = ledger.issued[column] * ledger.price[column]
    return value
