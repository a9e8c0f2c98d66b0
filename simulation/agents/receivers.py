"""The receiver of failed firms: it holds compute that found no buyer, for the creditors, and sells it in time."""

from simulation.books.ledger import ACCOUNT
from simulation.rule import record

RECEIVER = record(
    account=ACCOUNT,
    mothballed="f8=0",  # adjusted GW, with shells
    offered="f8=0",  # GW offered in distress this quarter
    absorbable="f8=0",  # GW that buyers could have paid for at the mark
    price_factor="f8=0",  # price of distressed compute over its mark, this quarter
    sold="f8=0",
)
