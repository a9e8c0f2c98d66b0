"""The stocks an agent can own or owe, each declared once.

A financial stock is a claim: one number with a holder and an issuer, so that its row of the balance-sheet matrix sums
to zero. A tangible stock has an owner only; the sum of all net worths equals the sum of the tangible stocks."""

from typing import NamedTuple


class Stock(NamedTuple):
    """One row of the balance-sheet matrix. `kind` says where the books keep it."""

    name: str
    kind: str
    meaning: str


(
    DEPOSITS, RESERVES, BANK_LOANS, GOVERNMENT_BONDS, CORPORATE_BONDS, PRIVATE_CREDIT, VENDOR_LOANS, PREPAYMENTS,
    WARRANTS, LISTED_EQUITY, PRIVATE_EQUITY, FUND_SHARES, COMPUTE, SHELLS, CONSTRUCTION, INVENTORY, CAPITAL,
) = range(17)  # fmt: skip

STOCKS: tuple[Stock, ...] = (
    Stock("deposits", "account", "money at a bank; the government's at the central bank"),
    Stock("reserves", "ledger", "banks' and the government's money at the central bank"),
    Stock("bank_loans", "account", "bank loans, credit lines and margin loans; central-bank advances to banks"),
    Stock("government_bonds", "claim", "bonds of the government"),
    Stock("corporate_bonds", "claim", "bonds of clouds, chip makers and ordinary firms"),
    Stock("private_credit", "claim", "loans of private-credit funds, delayed-draw loans included"),
    Stock("vendor_loans", "claim", "loans of suppliers to their customers"),
    Stock("prepayments", "claim", "customers' money paid before delivery"),
    Stock("warrants", "claim", "warrants on a supplier's shares, at model value"),
    Stock("listed_equity", "share", "shares at market price"),
    Stock("private_equity", "share", "shares of labs at the price of the last round or mark"),
    Stock("fund_shares", "share", "shares of funds and insurers at net asset value"),
    Stock("compute", "tangible", "compute online or waiting, at cost less depreciation and impairment"),
    Stock("shells", "tangible", "finished shells and power, at cost less depreciation"),
    Stock("construction", "tangible", "shells under construction, at cost"),
    Stock("inventory", "tangible", "imported parts of the chip makers, at cost"),
    Stock("capital", "tangible", "ordinary capital of firms, clouds and chip makers, at cost less depreciation"),
)

N_STOCKS = len(STOCKS)
N_FINANCIAL = COMPUTE  # the first so many stocks are financial
FIRST_TANGIBLE = COMPUTE
N_TANGIBLE = N_STOCKS - FIRST_TANGIBLE
CLAIM_STOCKS = (GOVERNMENT_BONDS, CORPORATE_BONDS, PRIVATE_CREDIT, VENDOR_LOANS, PREPAYMENTS, WARRANTS)
FIRST_CLAIM = GOVERNMENT_BONDS
N_CLAIM_KINDS = len(CLAIM_STOCKS)
