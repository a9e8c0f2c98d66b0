"""The luck of real firms, each kind declared once: parameters, state, documentation and the format of an ensemble
follow from here.

A disturbance is an autoregression whose innovations are standard normal numbers: `state = memory * state + shock`. A
*noise* takes the innovation times its size. A *jump* takes its upper tail alone: with probability `chance` an
exponential number of mean `size`, a growing function of the innovation, so that a single number says whether, and by
how much. The state enters a rule as a factor `exp(state - c)` with mean one, or as a sum with mean zero: luck moves
nobody's expectation.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from simulation.registry import NAMES

if TYPE_CHECKING:
    from simulation.parameter import Status

SIZES = Path(__file__).with_name("sizes.csv")
COMMON = "economy"  # whom a disturbance strikes that all have in common
GIANTS = tuple(NAMES["clouds"][:5])


class Disturbance(NamedTuple):
    """One kind of luck: what it is, whom it strikes, and the one rule that it enters.

    `unit` is that of the state: log points where it enters as a factor, else the unit of what it is added to.
    """

    name: str
    meaning: str
    rule: str
    form: Literal["noise", "jump"]
    enters: Literal["factor", "sum"]
    unit: str
    agents: tuple[str, ...]
    takes_time: bool = False
    """Whether it reaches those it works on by and by, a part `reach` of what is left in a quarter."""

    @property
    def switch(self) -> str:
        """Name of the parameter that turns it on (1) or off (0), and of the purpose of its draws."""
        return f"luck_in_{self.name}"

    @property
    def sizes(self) -> tuple[str, ...]:
        """Names of the parameters that shape it: size, memory and, where it has them, chance and reach."""
        parts = ["", "_memory"] + ["_chance"] * (self.form == "jump") + ["_reach"] * self.takes_time
        return tuple(f"{self.name}_luck{part}" for part in parts)


DISTURBANCES = (
    Disturbance("releases", "a lab's new model is better than the training behind it says", "prices and shares of AI"
                " services: quality of the lab", "jump", "sum", "log points of quality",
                tuple(NAMES["labs"]), takes_time=True),
    Disturbance("uses", "something more that AI can be sold for: chat, code, agents", "AI services: demand of firms"
                " and consumers", "jump", "factor", "log", (COMMON,)),
    Disturbance("plans", "conviction of who plans to spend more on capital, or less, than its rule asks for", "plans of"
                " capital spending: orders for compute, other capital expenditure", "noise", "factor", "log",
                tuple(NAMES["clouds"])),
    Disturbance("building", "sites and other capital expenditure are billed early or late", "construction: bills of the"
                " quarter", "noise", "factor", "log", tuple(NAMES["clouds"])),
    Disturbance("chips", "yield, packaging, a late generation: chips that parts and plant give", "shipments of chip"
                " makers", "noise", "factor", "log", tuple(NAMES["chip_makers"])),
    Disturbance("rents", "a squeeze or a glut in spot compute", "spot rent of compute", "noise", "factor", "log",
                (COMMON,)),
    Disturbance("core", "cash that core business brings in the quarter", "core business of the giants: cost", "noise",
                "factor", "log", GIANTS),
    Disturbance("shares", "a single firm's share beyond what the market does", "returns of listed AI firms", "noise",
                "sum", "log", (*NAMES["chip_makers"], *NAMES["clouds"])),
    Disturbance("funding", "windows of venture, bond and private-credit markets open and close", "money that venture"
                " funds offer, spread of new debt", "noise", "factor", "log", (COMMON,)),
    Disturbance("policy", "what the central bank does beside its rule", "policy rate", "noise", "sum", "per year",
                (COMMON,)),
)  # fmt: skip

RELEASES, USES, PLANS, BUILDING, CHIPS, RENTS, CORE, SHARES, FUNDING, POLICY = range(len(DISTURBANCES))
DISTURBANCE_NAMES: tuple[str, ...] = tuple(each.name for each in DISTURBANCES)


class Size(NamedTuple):
    """A parameter of a disturbance as the record gives it; `n` is the number of observations, 0 where it is assumed."""

    parameter: str
    value: float
    standard_error: float
    n: int
    low: float
    high: float
    unit: str
    status: Status
    source: str


@lru_cache(maxsize=1)
def sizes() -> dict[str, Size]:
    """Every stored size by the name of its parameter."""
    with SIZES.open(encoding="utf-8", newline="") as file:
        return {row["parameter"]: _size(row) for row in csv.DictReader(file)}


def _size(row: dict[str, str]) -> Size:
    error = float(row["standard_error"]) if row["standard_error"] else 0.0
    numbers = (float(row["value"]), error, int(row["n"]), float(row["low"]), float(row["high"]))
    return Size(row["parameter"], *numbers, row["unit"], cast("Status", row["status"]), row["source"])
