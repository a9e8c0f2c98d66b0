"""What is told of a quarter besides the series: figures of named agents, and events."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulation.chronicle import CHANNELS, FORCED_FAILURE, HAPPENINGS
from simulation.state import FIRST_COLUMN, INSTITUTIONS
from simulation.vintages.names import NAMES

SMALLEST_CUT = 0.5  # USD bn; smaller ones are not worth telling
SMALLEST_TOLD = 1.0  # USD bn, of deals and what becomes of them; failures are always told

COLUMN_NAMES = [name for kind, _, _ in INSTITUTIONS for name in NAMES[kind]]

Row = tuple[int, str, str, float]


class Event(NamedTuple):
    """Something worth telling. In a chain reaction, `other` is who it came from, through `channel`; `generation` 0
    starts a chain."""

    quarter: int
    agent: str
    event: str
    cause: str
    amount: float
    other: str = ""
    channel: str = ""
    generation: int = 0


_FIGURES = {
    "chip_makers": {
        "revenue": "ai_revenue", "operating_cash_flow": "operating_cash_flow", "capex": "capex", "backlog": "backlog",
        "supply": "supply", "margin": "margin",
    },
    "clouds": {
        "capex": "capex", "ai_capex": "ai_capex", "operating_cash_flow": "operating_cash_flow", "revenue": "ai_revenue",
        "core_revenue": "core_revenue", "compute_online": "online", "compute_waiting": "waiting",
        "orders": "orders", "payout": "payout",
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
            rows.append((quarter, name, "debt", float(world["debtors"]["debt"][column])))
            rows.append((quarter, name, "cover", float(world["debtors"]["cover"][column])))
            rows.append((quarter, name, "deposits", float(members["account"]["cash"][k])))
            rows.extend((quarter, name, figure, float(members[field][k])) for figure, field in figures.items())
    return rows


def events_of_quarter(world: np.void, quarter: int, before: Any) -> list[Event]:
    """Turning points of a quarter: withdrawals, rounds, failures, orders that were not funded, bank trouble."""
    return [
        *_withdrawal(world, quarter, before),
        *_rounds(world["labs"], quarter),
        *_chronicle(world["chronicle"], quarter),
        *_orders_cut(world, quarter),
        *_bank_failures(world["series"], quarter, before),
    ]


def _withdrawal(world: np.void, quarter: int, before: Any) -> list[Event]:
    now = float(world["series"]["withdrawal"])
    was = float(before["withdrawal"]) if before is not None else 0.0
    if now > was:
        gap = float(world["exchange"]["sober_gap"])
        return [Event(quarter, "Investors", "withdrawal_begins", f"prices {np.expm1(gap):.0%} above sober value", gap)]
    if now < was:
        return [Event(quarter, "Investors", "withdrawal_ends", "the withdrawal has run its course", 0.0)]
    return []


def _rounds(labs: np.ndarray, quarter: int) -> list[Event]:
    events: list[Event] = []
    columns = ("failed_rounds", "failed_rounds_told", "runway", "new_equity")
    figures = zip(NAMES["labs"], *(labs[column].tolist() for column in columns), strict=True)
    for k, (name, failed, told, runway, raised) in enumerate(figures):
        if failed > told:
            cause = f"investors offered too little; {runway:.1f} quarters of cash left"
            events.append(Event(quarter, name, "failed_round", cause, 0.0))
            labs["failed_rounds_told"][k] = failed
        if raised > 0.0:
            events.append(Event(quarter, name, "round", "short runway", raised))
    return events


def _chronicle(chronicle: np.void, quarter: int) -> list[Event]:
    """What rules have told of the quarter, in words."""
    events: list[Event] = []
    told = chronicle["events"][: int(chronicle["n_events"])].tolist()
    for kind, agent, other, amount, gigawatts, channel, generation in told:
        if kind > FORCED_FAILURE and amount < SMALLEST_TOLD:
            continue
        happening, name, counterparty = HAPPENINGS[kind], COLUMN_NAMES[agent], COLUMN_NAMES[other] if other >= 0 else ""
        words = happening.words.format(
            agent=name,
            other=counterparty or "others",
            amount=f"{amount:,.1f} bn",
            gigawatts=f"{gigawatts:.2f} GW",
        )
        events.append(Event(quarter, name, happening.name, words, amount, counterparty, CHANNELS[channel], generation))
    return events


def _orders_cut(world: np.void, quarter: int) -> list[Event]:
    cuts = (world["clouds"]["orders_cut"] * world["market"]["it_price"]).tolist()
    return [
        Event(quarter, name, "orders_cut", "funding did not come", cut)
        for name, cut in zip(NAMES["clouds"], cuts, strict=True)
        if cut > SMALLEST_CUT
    ]


def _bank_failures(series: np.void, quarter: int, before: Any) -> list[Event]:
    failed = float(series["bank_failures"])
    was = float(before["bank_failures"]) if before is not None else 0.0
    return [Event(quarter, "Banks", "bank_failure", "capital below four percent", failed)] if failed > was else []
