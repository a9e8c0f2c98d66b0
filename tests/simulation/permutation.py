"""The same economy with its agents in another order, and luck that is the same for all who draw it.

A rule that serves an array front to back gives those in front what is scarce. So an economy is copied with the members
of one kind in another order, and both must go the same way. Draws follow a slot, not the agent in it; here each draw is
silenced, or made to come out the same for everybody.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulation import Economy
from simulation.disturbances.process import still
from simulation.registry import CLOUDS, COLUMNS, FIRST_COLUMN, LABS, MAKERS, NUMBER, SUPPLIERS

Order = npt.NDArray[np.int64]

PERMUTED = (
    "chip_makers",
    "clouds",
    "labs",
    "other_buyers",
    "equity_funds",
    "venture_funds",
    "credit_funds",
    "banks",
    "vehicles",
)
"""Kinds with members that differ in their numbers alone; the two groups of households differ in what they are."""

_MARKET_FIELDS_BY_AGENT = {
    "partner_share": ("labs", "clouds"),
    "trade": ("columns", "columns"),
    "supplier_money": ("columns", "columns"),
    "purse": ("columns", "sources"),
    "carried": ("columns", "sources"),
    "on_order": ("chip_makers", "buyers"),
    "maker_share": ("chip_makers", "buyers"),
    "usual_maker_share": ("chip_makers", "buyers"),
    "reserved": ("chip_makers", "buyers"),
    "shipped": ("chip_makers", "buyers"),
    "owner_flows": ("buyers", ""),
    "old_use": ("buyers",),
}
_MARKET_FIELDS_OF_TIME = {"contracts", "frontier", "foreign_queue", "end_demand_past", "reported_past"}
_LEDGER_FIELDS_BY_COLUMN = {
    "reserves": 0, "price": 0, "issued": 0, "most_issued": 0, "equity_stock": 0, "sector": 0, "resident": 0,
    "paid": 1, "received": 1, "transacted": 1, "revalued": 1, "changed": 1, "opening": 1, "position": 1,
}  # fmt: skip


def orders(kind: str, shuffle: int) -> dict[str, Order]:
    """Another order of one kind: reversed for shuffle 0, drawn for any other."""
    number = NUMBER[kind]
    return {kind: np.arange(number)[::-1] if shuffle == 0 else np.random.default_rng(shuffle).permutation(number)}


def silence_luck(economy: Economy, lenders_roll_over: bool = True, deals_are_cancelled: bool = False) -> None:
    """Leave no draw that could fall on one agent and not on another: noise is off, every firm has begun to use AI, and
    whether lenders roll over and whether deals are cancelled is the same for all."""
    world = economy.state[0][0]
    parameters = world["parameters"]
    for noise in ("price_noise", "macro_noise", "belief_noise", "firm_luck"):
        parameters[noise] = 0.0
    parameters["rollover_collateral_centre"] = 1e6 if lenders_roll_over else -1e6
    parameters["cancel_hazard"] = 1e6 if deals_are_cancelled else 0.0
    still(world["luck"])
    firms = economy.kinds["firms"]
    firms["intensity"] = np.maximum(firms["intensity"], float(parameters["adoption_start"]))


def permuted(economy: Economy, order: dict[str, Order], firms: Order | None = None) -> Economy:
    """A copy of an economy in which slot k of a kind holds who was in slot `order[kind][k]`; firms likewise."""
    twin = economy.fork()
    old, new = economy.state[0][0], twin.state[0][0]
    source = np.arange(COLUMNS)
    for kind, members in order.items():
        first = FIRST_COLUMN[kind]
        source[first : first + len(members)] = first + members
    column = np.argsort(source)  # where the agent of an old column stands now
    clouds = column[FIRST_COLUMN["clouds"] : FIRST_COLUMN["clouds"] + CLOUDS] - FIRST_COLUMN["clouds"]
    for kind, number in NUMBER.items():
        if kind in order:
            new[kind][:] = old[kind][order[kind]]
        account = new[kind]["account"]
        account["column"] = FIRST_COLUMN[kind] + np.arange(number)
        _rename(account, ("bank", "lender"), column)
    _order_ledger(old["ledger"], new["ledger"], source, column)
    _order_market(old["market"], new["market"], source, column, clouds)
    new["debtors"][:] = old["debtors"][source]
    _rename(new["debtors"], ("blow_by",), column)
    _rename(new["debtors"], ("heir",), clouds)
    _rename(new["deals"]["deals"], ("supplier", "customer"), column)
    _rename(new["vehicles"], ("lessee",), column)
    new["exchange"]["securities"][:] = old["exchange"]["securities"][source]
    _rename(twin.kinds["firms"]["account"], ("bank", "lender"), column)
    if firms is not None:
        twin.kinds["firms"][:] = twin.kinds["firms"][firms]
    return twin


def _rename(records: Any, fields: tuple[str, ...], number: Order) -> None:
    """Numbers of agents become those of today; -1 stays nobody."""
    for field in fields:
        held = records[field]
        records[field] = np.where(held >= 0, number[np.maximum(held, 0)], held)


def _order_ledger(old: Any, new: Any, source: Order, column: Order) -> None:
    for field, axis in _LEDGER_FIELDS_BY_COLUMN.items():
        new[field][:] = np.take(old[field], source, axis=axis)
    new["shares"][:] = old["shares"][np.ix_(source, source)]
    new["claim_slot"][:] = old["claim_slot"][:, source][:, :, source]
    _rename(new["claims"], ("holder", "issuer"), column)


def _order_market(old: Any, new: Any, source: Order, column: Order, clouds: Order) -> None:
    def of(kind: str, first: int, number: int) -> Order:
        return source[FIRST_COLUMN[kind] : FIRST_COLUMN[kind] + number] - FIRST_COLUMN[kind] + first

    axes = {
        "columns": source,
        "labs": of("labs", 0, LABS),
        "clouds": of("clouds", 0, CLOUDS),
        "chip_makers": of("chip_makers", 0, MAKERS),
        "buyers": np.concatenate([of("clouds", 0, CLOUDS), of("other_buyers", CLOUDS, NUMBER["other_buyers"])]),
        "sources": np.concatenate([np.arange(3), 3 + source[:SUPPLIERS]]),
    }
    arrays = {name for name in new.dtype.names if new.dtype[name].shape}
    assert arrays == set(_MARKET_FIELDS_BY_AGENT) | _MARKET_FIELDS_OF_TIME, "say whom a new array of the market is by"
    for field, kinds in _MARKET_FIELDS_BY_AGENT.items():
        orders = [axes.get(kind, np.arange(size)) for kind, size in zip(kinds, old[field].shape, strict=True)]
        new[field][:] = old[field][np.ix_(*orders)]
    _rename(new["contracts"], ("customer", "supplier"), column)
    _rename(new["contracts"], ("provider",), clouds)
