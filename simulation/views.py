"""What is told of a quarter besides the series: figures of named agents, and events."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.chronicle import CHANNELS, FORCED_FAILURE, HAPPENINGS
from simulation.state import FIRST_COLUMN, INSTITUTIONS
from simulation.vintages.names import NAMES

SMALLEST_CUT = 0.5  # USD bn; smaller ones are not worth telling
SMALLEST_TOLD = 1.0  # USD bn, of deals and what becomes of them; failures are always told

COLUMN_NAMES = [name for kind, _, _ in INSTITUTIONS for name in NAMES[kind]]

# What happened in words, with the units of its numbers.
_WORDS = [
    happening.words.replace("{amount}", "{amount:,.1f} bn").replace("{gigawatts}", "{gigawatts:.2f} GW")
    for happening in HAPPENINGS
]

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


class Note(NamedTuple):
    """What the events of a quarter are told from, once somebody reads them: writing words takes longer than a quarter
    leaves time for."""

    chronicle: np.ndarray
    failed_rounds: list[bool]  # by lab
    runway: list[float]
    raised: list[float]
    orders_cut: list[float]  # by cloud, USD bn


def note_of_quarter(world: np.void) -> Note:
    """Note what has happened in a quarter. A failed round is noted once."""
    chronicle, labs = world["chronicle"], world["labs"]
    failed = labs["failed_rounds"] > labs["failed_rounds_told"]
    np.copyto(labs["failed_rounds_told"], labs["failed_rounds"], where=failed)
    return Note(
        chronicle["events"][: chronicle["n_events"]].copy(),
        failed.tolist(),
        labs["runway"].tolist(),
        labs["new_equity"].tolist(),
        (world["clouds"]["orders_cut"] * world["market"]["it_price"]).tolist(),
    )


def events_of_quarter(note: Note, quarter: int, series: np.void, before: np.void | None) -> list[Event]:
    """Turning points of a quarter: withdrawals, rounds, failures, orders that were not funded. `series` and `before`
    are what was recorded of the quarter and of the one before it."""
    return [
        *_withdrawal(series, quarter, before),
        *_rounds(note, quarter),
        *_chronicle(note.chronicle, quarter),
        *_orders_cut(note, quarter),
    ]


def _withdrawal(series: np.void, quarter: int, before: np.void | None) -> list[Event]:
    now = float(series["withdrawal"])
    was = float(before["withdrawal"]) if before is not None else 0.0
    if now > was:
        gap = float(series["sober_gap"])
        return [Event(quarter, "Investors", "withdrawal_begins", f"prices {np.expm1(gap):.0%} above sober value", gap)]
    if now < was:
        return [Event(quarter, "Investors", "withdrawal_ends", "the withdrawal has run its course", 0.0)]
    return []


def _rounds(note: Note, quarter: int) -> list[Event]:
    events: list[Event] = []
    for name, failed, runway, raised in zip(NAMES["labs"], note.failed_rounds, note.runway, note.raised, strict=True):
        if failed:
            cause = f"investors offered too little; {runway:.1f} quarters of cash left"
            events.append(Event(quarter, name, "failed_round", cause, 0.0))
        if raised > 0.0:
            events.append(Event(quarter, name, "round", "short runway", raised))
    return events


def _chronicle(chronicle: np.ndarray, quarter: int) -> list[Event]:
    """What rules have told of the quarter, in words."""
    events: list[Event] = []
    columns = (chronicle[field].tolist() for field in chronicle.dtype.names or ())
    for kind, agent, other, amount, gigawatts, channel, generation in zip(*columns, strict=True):
        if kind > FORCED_FAILURE and amount < SMALLEST_TOLD:
            continue
        happening, name, counterparty = HAPPENINGS[kind], COLUMN_NAMES[agent], COLUMN_NAMES[other] if other >= 0 else ""
        words = _WORDS[kind].format(agent=name, other=counterparty or "others", amount=amount, gigawatts=gigawatts)
        events.append(Event(quarter, name, happening.name, words, amount, counterparty, CHANNELS[channel], generation))
    return events


def _orders_cut(note: Note, quarter: int) -> list[Event]:
    return [
        Event(quarter, name, "orders_cut", "funding did not come", cut)
        for name, cut in zip(NAMES["clouds"], note.orders_cut, strict=True)
        if cut > SMALLEST_CUT
    ]
