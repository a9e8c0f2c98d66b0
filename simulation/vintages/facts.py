"""What is known of an opening economy and of its history: each number with unit, date, source and confidence.

    facts = Facts.load("2024Q4")
    facts.value("Nvidia", "deposits")          # 43.2
    facts.fact("Nvidia", "deposits").source
    history("big4_capex")                      # {"2022Q1": 35.517, ...}
    assumed("consumers_part_of_ai_services")   # 0.4: what the opening's rules take where nobody reports a number

The columns of the files are described in ``data/README.md``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.dates import VINTAGES, since_first
from simulation.errors import CircuitError

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCES = ("high", "medium", "low")


class Fact(NamedTuple):
    """One number of an opening economy.

    `unit` is "USD bn" (a quarter's flow or an end-of-quarter stock), "ratio", "GW", "per year" ...;
    `confidence` is "high" (a filing), "medium" (derived, or one secondary source) or "low" (recalled or
    estimated).
    """

    agent: str
    item: str
    value: float
    unit: str
    as_of: str
    source: str
    confidence: str
    note: str


class Recorded(NamedTuple):
    """One quarter of a recorded series, to hold a simulated one against.

    `entity` is a firm or "economy". `sd_log` is the standard deviation of the error of the value's logarithm; of a
    series that can be negative (growth, burn), of the value itself. `known` is the day from which the number could be
    known.
    """

    series: str
    entity: str
    quarter: str
    value: float
    unit: str
    sd_log: float
    source: str
    confidence: str
    known: str
    note: str


class Assumption(NamedTuple):
    """A number in the rules by which every opening is built. `source` says where it is from or, after "assumed:", why
    this and no other number was taken; `unit` and `confidence` as of a fact."""

    name: str
    value: float
    unit: str
    meaning: str
    source: str
    confidence: str


class KnownDeal(NamedTuple):
    """A deal of record. Dates are quarters since the first vintage; `quarters` is zero where no duration is told,
    `amount` (USD bn) where none is; `agreed` is false for a letter of intent."""

    giver: str
    taker: str
    kind: str
    amount: float
    agreed: bool
    gigawatts: float
    quarters: float
    announced: int
    start: int
    conditions: str


class Facts:
    """All facts of one vintage, looked up by agent and item."""

    def __init__(self, vintage: str, facts: Iterable[Fact]) -> None:
        """Check and keep `facts`. Raises CircuitError with one line per error."""
        rows = tuple(facts)
        if errors := _errors(vintage, rows):
            raise CircuitError(*errors)
        self.vintage = vintage
        self._facts: Mapping[tuple[str, str], Fact] = {(row.agent, row.item): row for row in rows}
        self._values = {key: row.value for key, row in self._facts.items()}

    @classmethod
    def load(cls, vintage: str) -> Facts:
        """Facts of a shipped vintage, such as "2024Q4". Raises CircuitError if there is no such vintage."""
        if vintage not in VINTAGES:
            raise CircuitError(f"vintage {vintage!r}: no such opening economy; available: {', '.join(VINTAGES)}")
        return _load(vintage)

    def fact(self, agent: str, item: str) -> Fact:
        """The number with its source. Raises CircuitError that names the nearest item or agent."""
        try:
            return self._facts[agent, item]
        except KeyError:
            raise CircuitError(self._missing(agent, item)) from None

    def value(self, agent: str, item: str) -> float:
        """The number alone, in the unit of its fact. Raises CircuitError if it is not known."""
        value = self._values.get((agent, item))
        return self.fact(agent, item).value if value is None else value

    def get(self, agent: str, item: str, default: float = 0.0) -> float:
        """The number alone, or `default` where an item does not apply to an agent."""
        return self._values.get((agent, item), default)

    def agents(self) -> tuple[str, ...]:
        """Names of all agents, in the order of the file."""
        return tuple(dict.fromkeys(agent for agent, _ in self._facts))

    def items(self, agent: str) -> tuple[str, ...]:
        """Names of all items known of an agent, in the order of the file."""
        return tuple(item for owner, item in self._facts if owner == agent)

    def table(self) -> pd.DataFrame:
        """One row per fact, columns as the fields of Fact."""
        import pandas as pd

        return pd.DataFrame(list(self._facts.values()), columns=list(Fact._fields))

    def __len__(self) -> int:
        return len(self._facts)

    def __repr__(self) -> str:
        return f"Facts({self.vintage}: {len(self)} numbers of {len(self.agents())} agents)"

    def _missing(self, agent: str, item: str) -> str:
        if agent not in self.agents():
            return f"facts {self.vintage}: no agent {agent!r}; there are {', '.join(self.agents())}"
        known = self.items(agent)
        nearest = get_close_matches(item, known, n=1)
        hint = f"; nearest: {nearest[0]}" if nearest else ""
        return f"facts {self.vintage}: {agent} has no item {item!r}{hint}; there are {', '.join(known)}"


@cache
def partners(vintage: str) -> dict[str, dict[str, float]]:
    """Where labs hold their contracts and sign new ones, as shares of a lab's compute by cloud."""
    found: dict[str, dict[str, float]] = {}
    for date, lab, cloud, part in rows_of("partners.csv"):
        if date == vintage:
            found.setdefault(lab, {})[cloud] = float(part)
    return found


@cache
def assumptions() -> Mapping[str, Assumption]:
    """The numbers in the rules of the openings, by name, in the order of the file."""
    rows = (Assumption(name, number_in(value), *rest) for name, value, *rest in rows_of("assumptions.csv"))
    return MappingProxyType({row.name: row for row in rows})


@cache
def assumed(name: str) -> float:
    """A number in the rules of the openings, in the unit of its row. Raises CircuitError that names the nearest."""
    known = assumptions()
    if name not in known:
        nearest = get_close_matches(name, known, n=1, cutoff=0.0)[0]
        raise CircuitError(f"assumptions of the openings: there is no {name!r}; nearest: {nearest}")
    return known[name].value


@cache
def record() -> tuple[Recorded, ...]:
    """Everything that is recorded of the years since 2022, by series, entity and quarter."""
    return tuple(
        Recorded(series, entity, quarter, number_in(value), unit, number_in(sd), *rest)
        for series, entity, quarter, value, unit, sd, *rest in rows_of("record.csv")
    )


@cache
def history(series: str, entity: str = "economy") -> Mapping[str, float]:
    """Recorded values by quarter, oldest first. `entity` is a firm or "economy".

    Raises CircuitError that lists what has been recorded."""
    points = sorted((p.quarter, p.value) for p in record() if (p.series, p.entity) == (series, entity))
    if not points:
        raise CircuitError(_no_history(series, entity))
    return MappingProxyType(dict(points))


def fixed(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Numbers that are kept for all openings of a vintage: nobody can write to them."""
    array = np.array(values)
    array.flags.writeable = False
    return array


@cache
def known_deals() -> tuple[KnownDeal, ...]:
    """All known deals of the circular web, in the order of the file."""
    return tuple(
        KnownDeal(
            giver, taker, kind, float(amount or 0.0), binding == "agreed", float(capacity or 0.0),
            4.0 * float(years or 0.0), since_first(announced), since_first(start), conditions,
        )
        for giver, taker, kind, amount, _, binding, capacity, years, announced, start, conditions, *_ in rows_of(
            "deals.csv"
        )
    )  # fmt: skip


def deal_confidences() -> tuple[str, ...]:
    """Confidence of each known deal, in the order of the file."""
    return tuple(row[13] for row in rows_of("deals.csv"))


def rows_of(name: str) -> Iterable[list[str]]:
    """Rows of a data file without its header."""
    reader = csv.reader((files("simulation.vintages") / "data" / name).read_text(encoding="utf-8").splitlines())
    next(reader)
    return reader


@cache
def _load(vintage: str) -> Facts:
    return Facts(
        vintage, (Fact(agent, item, number_in(value), *rest) for agent, item, value, *rest in rows_of(f"{vintage}.csv"))
    )


def number_in(text: str) -> float:
    """The number that a text is, or nan where it is none: the checks then name the row."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _errors(vintage: str, facts: Iterable[Fact]) -> list[str]:
    """One line per error: a value that is no number, has no unit or source, a wrong confidence or a twin."""
    errors = []
    seen: set[tuple[str, str]] = set()
    for fact in facts:
        where = f"facts {vintage}: {fact.agent}, {fact.item}"
        if not math.isfinite(fact.value):
            errors.append(f"{where}: the value must be a finite number")
        if not fact.unit or not fact.source:
            errors.append(f"{where}: unit and source must be given")
        if fact.confidence not in CONFIDENCES:
            errors.append(f"{where}: confidence {fact.confidence!r} must be one of {', '.join(CONFIDENCES)}")
        if (fact.agent, fact.item) in seen:
            errors.append(f"{where}: given twice, keep one")
        seen.add((fact.agent, fact.item))
    return errors


def _no_history(series: str, entity: str) -> str:
    entities = sorted({point.entity for point in record() if point.series == series})
    if entities:
        return f"history of {series!r}: nothing recorded for {entity!r}; recorded for {', '.join(entities)}"
    known = sorted({point.series for point in record()})
    return f"history: no series {series!r}; recorded: {', '.join(known)}"
