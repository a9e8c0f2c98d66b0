"""Figures of named agents by quarter."""

from __future__ import annotations

import numpy as np

from simulation.state import FIRST_COLUMN
from simulation.vintages.names import NAMES

Row = tuple[int, str, str, float]


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
