"""What a column of the books has received and paid in a quarter."""

from __future__ import annotations

import numpy as np

from simulation.books.purposes import (
    INTEREST_ON_CORPORATE_BONDS,
    INTEREST_ON_LOANS,
    INTEREST_ON_PRIVATE_CREDIT,
    PURPOSES,
)
from simulation.rule import rule

# Which current payments make operating cash flow, and which make what a producer adds to output.
OPERATING = np.array(
    [
        row.nature == "current"
        and row.name
        not in (
            "dividends",
            "recoveries",
            "investment_credit",
            "damages",
            "bankruptcy_costs",
            "rescues",
            "guarantees",
            "fines",
        )
        for row in PURPOSES
    ]
)
PROPERTY_INCOME = np.array(
    [
        row.name.startswith("interest")
        or row.name
        in ("dividends", "distributions", "recoveries", "income_from_abroad", "bankruptcy_costs", "liability")
        for row in PURPOSES
    ]
)


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
