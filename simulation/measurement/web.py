"""The circular web as edges between agents: who pays, owns, owes and has committed to whom, with the circular part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.books.instruments import GOVERNMENT_BONDS, STOCKS, VENDOR_LOANS
from simulation.books.purposes import AI_SERVICES, AI_SERVICES_EXPORTED, AI_SUBSCRIPTIONS
from simulation.deals.off_balance import left_of_deals
from simulation.measurement.circularity import CORE_BUSINESS, END_DEMAND, FIRST_SUPPLIER, OUTSIDE_FINANCE, SECTOR
from simulation.measurement.importance import shareholdings
from simulation.obligations.contracts import backlog_of
from simulation.obligations.supplier_money import FIRST_VEHICLE
from simulation.registry import FIRST_COLUMN, MAKERS, SUPPLIERS, columns_of
from simulation.rule import live

if TYPE_CHECKING:
    import pandas as pd

PAYS, OWNS, OWES, COMMITTED = "pays", "owns", "owes", "committed"
RELATIONS = (PAYS, OWNS, OWES, COMMITTED)
END_USERS = "End users"
LENDERS = "Lenders and sponsors"
SUPPLIER_MONEY, USED_COMPUTE = "supplier's money", "used compute"
END_DEMAND_ROWS = (AI_SUBSCRIPTIONS, AI_SERVICES, AI_SERVICES_EXPORTED)
DEAL_WORDS = ("equity stake", "warrant", "purchase commitment", "backstop", "compute commitment")
SMALLEST = 1e-6  # USD bn: below it is rounding

Book = dict[str, np.ndarray]


class Edge(NamedTuple):
    """One tie between two agents: `source` pays, owns, owes or has committed itself to `target`.

    `amount` is USD bn, a quarter's payments or a stock; of it `circular` carries or is a supplier's own money, `own`
    the target's own. Of payments, `end`, `core` and `finance` come from end demand, core business, outside finance.
    """

    relation: str
    source: str
    target: str
    what: str
    amount: float
    circular: float = 0.0
    own: float = 0.0
    end: float = 0.0
    core: float = 0.0
    finance: float = 0.0


def snapshot(world: np.void, accounts: np.ndarray) -> Book:
    """Copies of all that the web of a quarter is drawn from."""
    ledger, market = world["ledger"], world["market"]
    return {
        "trade": market["trade"].copy(),
        "supplier_money": market["supplier_money"].copy(),
        "carried": market["carried"].copy(),
        "holdings": shareholdings(ledger),
        "claims": ledger["claims"][: int(ledger["n_claims"])].copy(),
        "loans": np.array([accounts["loan"], accounts["lender"]]),
        "contracts": market["contracts"][: int(market["n_contracts"])].copy(),
        "orders": market["on_order"] * world["chip_makers"]["price"][:, None],
        "deals": world["deals"]["deals"][: int(world["deals"]["n_deals"])].copy(),
        "left_of_deals": left_of_deals(world),
        "vehicles": world["vehicles"].copy(),
    }


def edges(book: Book, names: Sequence[str]) -> pd.DataFrame:
    """All edges of a quarter's books, largest first within a relation; `names` are those of the columns.

    Columns are those of `Edge`. At least one end of every edge belongs to the AI sector."""
    import pandas as pd

    found = (*_payments(book, names), *_holdings(book, names), *_debts(book, names), *_commitments(book, names))
    frame = pd.DataFrame([edge for edge in found if edge.amount > SMALLEST], columns=list(Edge._fields))
    frame = frame.groupby(["relation", "source", "target", "what"], sort=False, as_index=False).sum()
    order = pd.Categorical(frame["relation"], RELATIONS)
    return (
        frame.assign(order=order)
        .sort_values(["order", "amount"], ascending=[True, False], ignore_index=True)
        .drop(columns="order")
    )


def revenue_edges(frame: pd.DataFrame) -> pd.DataFrame:
    """The edges that are somebody's AI revenue: payments without what suppliers put in and what vehicles pay on."""
    return frame[(frame["relation"] == PAYS) & ~frame["what"].isin((SUPPLIER_MONEY, USED_COMPUTE))]


def dependence(frame: pd.DataFrame, largest: int = 3) -> pd.DataFrame:
    """Each seller's largest customers, from its edges: seller, its AI revenue, rank, customer, amount (USD bn), share
    of the revenue, and the share of that customer's payments that carries a supplier's own money."""
    import pandas as pd

    pairs = revenue_edges(frame).groupby(["target", "source"], as_index=False)[["amount", "circular"]].sum()
    revenue = pairs.groupby("target")["amount"].transform("sum")
    customers = pairs["source"] != END_USERS
    table = pd.DataFrame(
        {
            "seller": pairs["target"],
            "revenue": revenue,
            "customer": pairs["source"],
            "amount": pairs["amount"],
            "share": pairs["amount"] / revenue,
            "circular": pairs["circular"] / pairs["amount"],
        }
    )[customers].sort_values(["revenue", "seller", "amount"], ascending=[False, True, False], ignore_index=True)
    table.insert(2, "rank", table.groupby("seller").cumcount() + 1)
    return table[table["rank"] <= largest].reset_index(drop=True)


def _payments(book: Book, names: Sequence[str]) -> Iterator[Edge]:
    """Who pays whom: for compute, leases and chips, what end users buy, and what suppliers put into customers."""
    carried = book["carried"]
    for payer, payee in zip(*np.nonzero(book["trade"]), strict=True):
        amount = float(book["trade"][payer, payee])
        mix = amount * carried[payer]
        if payer in SECTOR:
            own = float(mix[FIRST_SUPPLIER + payee]) if payee < SUPPLIERS else 0.0
            sources = (float(mix[origin]) for origin in (END_DEMAND, CORE_BUSINESS, OUTSIDE_FINANCE))
            circular = float(mix[FIRST_SUPPLIER:].sum())
            yield Edge(PAYS, names[payer], names[payee], _sold_by(payee), amount, circular, own, *sources)
        else:
            yield Edge(PAYS, names[payer], names[payee], _sold_by(payee), amount, end=amount)
    services = book["received"][list(END_DEMAND_ROWS)].sum(axis=0)
    for column in (*columns_of("clouds"), *columns_of("labs")):
        amount = float(services[column])
        yield Edge(PAYS, END_USERS, names[column], "AI services", amount, end=amount)
    for payer, payee in zip(*np.nonzero(book["supplier_money"]), strict=True):
        amount = float(book["supplier_money"][payer, payee])
        if payer < SUPPLIERS:
            yield Edge(PAYS, names[payer], names[payee], SUPPLIER_MONEY, amount, circular=amount)
        else:
            part = float(carried[payer, FIRST_SUPPLIER:].sum())
            yield Edge(PAYS, names[payer], names[payee], USED_COMPUTE, amount, circular=part * amount)


def _sold_by(column: int) -> str:
    if column < MAKERS:
        return "chips"
    return "lease rent" if column >= FIRST_VEHICLE else "compute"


def _holdings(book: Book, names: Sequence[str]) -> Iterator[Edge]:
    """Who owns shares of whom; what a supplier holds of a customer is its own money."""
    for holder, issuer in _inside(np.argwhere(book["holdings"] > SMALLEST)):
        amount = float(book["holdings"][holder, issuer])
        yield Edge(OWNS, names[holder], names[issuer], "shares", amount, circular=_between(holder, issuer) * amount)


def _debts(book: Book, names: Sequence[str]) -> Iterator[Edge]:
    """Who owes whom: claims, and loans of banks."""
    for claim in book["claims"]:
        issuer, holder, instrument = int(claim["issuer"]), int(claim["holder"]), int(claim["instrument"])
        if instrument == GOVERNMENT_BONDS or not _touches(issuer, holder):
            continue
        amount = float(claim["amount"])
        circular = amount if instrument == VENDOR_LOANS else _between(holder, issuer) * amount
        what = STOCKS[instrument].name.replace("_", " ")
        yield Edge(OWES, names[issuer], names[holder], what, amount, circular=circular)
    loans, lenders = book["loans"]
    for borrower, amount in enumerate(loans):
        if borrower in SECTOR:
            yield Edge(OWES, names[borrower], names[int(lenders[borrower])], "bank loan", float(amount))


def _commitments(book: Book, names: Sequence[str]) -> Iterator[Edge]:
    """Who has promised whom money: contracts, orders of chips, leases, deals."""
    for contract in live(book["contracts"]):
        customer, provider = int(contract["customer"]), FIRST_COLUMN["clouds"] + int(contract["provider"])
        amount = float(backlog_of(contract))
        circular = amount if contract["supplier"] >= 0 or customer < MAKERS else 0.0
        yield Edge(COMMITTED, names[customer], names[provider], "compute contract", amount, circular=circular)
    buyers = (*columns_of("clouds"), *columns_of("other_buyers"))
    for maker, orders in enumerate(book["orders"]):
        for buyer, amount in zip(buyers, orders, strict=True):
            yield Edge(COMMITTED, names[buyer], names[maker], "chip order", float(amount))
    for number, vehicle in enumerate(book["vehicles"]):
        if vehicle["lessee"] >= 0:
            amount = float(vehicle["rent"] * max(vehicle["quarters_left"], 0.0))
            lessee, owner = names[int(vehicle["lessee"])], names[FIRST_VEHICLE + number]
            yield Edge(COMMITTED, lessee, owner, "lease", amount)
            yield Edge(COMMITTED, lessee, owner, "residual guarantee", float(vehicle["guarantee"]))
            yield Edge(COMMITTED, LENDERS, owner, "undrawn money", float(vehicle["undrawn"]))
    for deal, left in zip(book["deals"], book["left_of_deals"], strict=True):
        yield _promise(deal, float(left), names)


def _promise(deal: np.void, amount: float, names: Sequence[str]) -> Edge:
    """What is left of a deal. A purchase binds the customer, everything else the supplier."""
    supplier, customer = names[int(deal["supplier"])], names[int(deal["customer"])]
    what = DEAL_WORDS[int(deal["kind"])]
    if what == "purchase commitment":
        return Edge(COMMITTED, customer, supplier, what, amount)
    own = _between(int(deal["supplier"]), int(deal["customer"]))
    return Edge(COMMITTED, supplier, customer, what, amount, circular=own * amount)


def _touches(one: int, other: int) -> bool:
    return one in SECTOR or other in SECTOR


def _between(supplier: int, customer: int) -> float:
    """One for money that a member of the AI sector has in another, else zero."""
    return float(supplier < SUPPLIERS and customer in SECTOR)


def _inside(pairs: Iterable[Any]) -> Iterator[tuple[int, int]]:
    return ((int(one), int(other)) for one, other in pairs if _touches(int(one), int(other)))
