"""What a column of the books has received and paid in a quarter."""

from simulation.books.purposes import INTEREST_ON_CORPORATE_BONDS, INTEREST_ON_LOANS, INTEREST_ON_PRIVATE_CREDIT
from simulation.rule import rule


@rule
def received_less_paid(ledger, column, rows):
    """Receipts less payments of one column over the purposes marked in `rows` (USD bn)."""
    total = 0.0
    for purpose in range(len(rows)):
        if rows[purpose]:
            total += ledger.received[purpose, column] - ledger.paid[purpose, column]
    return total


@rule
def received(ledger, column, rows):
    """Receipts of one column over the purposes marked in `rows` (USD bn)."""
    total = 0.0
    for purpose in range(len(rows)):
        if rows[purpose]:
            total += ledger.received[purpose, column]
    return total


@rule
def interest_of(ledger, column):
    """Interest that a column has paid (USD bn)."""
    return (
        ledger.paid[INTEREST_ON_LOANS, column]
        + ledger.paid[INTEREST_ON_CORPORATE_BONDS, column]
        + ledger.paid[INTEREST_ON_PRIVATE_CREDIT, column]
    )
