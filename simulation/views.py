"""What is told of a quarter besides the series: figures of named agents, and events."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.books.instruments import BANK_LOANS
from simulation.state import FIRST_COLUMN
from simulation.vintages.builder import NAMES

Row = tuple[int, str, str, float]
Event = tuple[int, str, str, str, float]

_FIGURES = {
    "chip_makers": {
        "revenue": "ai_revenue", "operating_cash_flow": "operating_cash_flow", "capex": "capex", "backlog": "backlog",
        "debt": "debt", "supply": "supply", "margin": "margin",
    },
    "clouds": {
        "capex": "capex", "ai_capex": "ai_capex", "operating_cash_flow": "operating_cash_flow", "revenue": "ai_revenue",
        "core_revenue": "core_revenue", "debt": "debt", "compute_online": "online", "compute_waiting": "waiting",
        "orders": "orders", "payout": "payout", "cover": "cover",
    },
    "labs": {
        "revenue": "revenue", "operating_cash_flow": "operating_cash_flow", "training_budget": "training_budget",
        "compute_need": "need", "runway": "runway", "raised": "new_equity", "market_share": "market_share",
    },
    "other_buyers": {"ai_capex": "ai_capex", "compute_online": "online", "operating_cash_flow": "operating_cash_flow"},
}  # fmt: skip


def figures_of_agents(world: np.void, quarter: int) -> list[Row]:
    """Key figures of every member of the AI sector (USD bn, GW or ratio)."""
    rows: list[Row] = []
    ledger = world["ledger"]
    for kind, figures in _FIGURES.items():
        first = FIRST_COLUMN[kind]
        members = world[kind]
        for k, name in enumerate(NAMES[kind]):
            column = first + k
            value = float(ledger["issued"][column] * ledger["price"][column])
            rows.append((quarter, name, "market_value", value))
            rows.append((quarter, name, "deposits", float(members["account"]["cash"][k])))
            rows.extend((quarter, name, figure, float(members[field][k])) for figure, field in figures.items())
    return rows


def events_of_quarter(world: np.void, quarter: int, before: Any) -> list[Event]:
    """Turning points of a quarter: withdrawals, failed rounds, orders that were not funded, failures, bank trouble."""
    events: list[Event] = []
    series = world["series"]
    withdrawing = float(series["withdrawal"])
    was = float(before["withdrawal"]) if before is not None else 0.0
    if withdrawing > was:
        gap = float(world["exchange"]["sober_gap"])
        events.append((quarter, "Investors", "withdrawal_begins", f"prices {np.expm1(gap):.0%} above sober value", gap))
    elif withdrawing < was:
        events.append((quarter, "Investors", "withdrawal_ends", "the withdrawal has run its course", 0.0))
    labs = world["labs"]
    for k, name in enumerate(NAMES["labs"]):
        if labs["failed_rounds"][k] > labs["failed_rounds_told"][k]:
            runway = float(labs["runway"][k])
            events.append((quarter, name, "failed_round", f"investors offered too little; {runway:.1f} quarters of cash left", 0.0))
            labs["failed_rounds_told"][k] = labs["failed_rounds"][k]
        if labs["new_equity"][k] > 0.0:
            events.append((quarter, name, "round", "short runway", float(labs["new_equity"][k])))
    for kind in ("clouds", "labs"):
        for k, name in enumerate(NAMES[kind]):
            if world[kind]["failed_quarter"][k] == quarter:
                loss = float(world[kind]["failed_loss"][k])
                events.append((quarter, name, "default", "money did not reach for payments due", loss))
    for k, name in enumerate(NAMES["clouds"]):
        if world["clouds"]["orders_cut"][k] > 0.0:
            cut = float(world["clouds"]["orders_cut"][k] * world["market"]["it_price"])
            if cut > 0.1:
                events.append((quarter, name, "orders_cut", "funding did not come", cut))
    if series["bank_failures"] > (before["bank_failures"] if before is not None else 0.0):
        events.append((quarter, "Banks", "bank_failure", "capital below four percent", float(series["bank_failures"])))
    _ = BANK_LOANS
    return events
