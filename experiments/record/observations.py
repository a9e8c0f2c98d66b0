"""The record as observations: read, checked, and laid beside what a simulated economy shows.

record = load_record()                     # the shipped one; load_record("mine.csv") for one's own
known = record.known_by("2024Q4")          # what could be known when the results of a quarter were out
points = known.points("2022Q4", "2024Q4")  # observations of a run that opens in 2022Q4
points.simulated(observed)                 # what that run has to say of each"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulation.dates import number_of, quarter_of
from simulation.errors import CircuitError
from simulation.vintages.facts import CONFIDENCES, Recorded, number_in, record

from ..common.arrays import Floats
from .observables import COLUMNS, PLACE, Column
from .quarters import day_after_results

FURTHEST = math.log(20.0)  # of a simulated logarithm from the record
SMALLEST = 1e-9  # what a simulated number is taken for at least before its logarithm
REQUIRED = ("series", "entity", "quarter", "value", "unit", "sd_log", "source", "confidence")
OPTIONAL = ("known", "note")
_QUARTER = re.compile(r"\d{4}Q[1-4]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Record:
    """Recorded numbers, each with its error, its source and the day from which it could be known."""

    rows: tuple[Recorded, ...]

    @cached_property
    def by_key(self) -> dict[tuple[str, str, str], Recorded]:
        """Rows by series, entity and quarter."""
        return {(row.series, row.entity, row.quarter): row for row in self.rows}

    @property
    def last(self) -> str:
        """The last quarter with anything recorded that the model has a counterpart for."""
        return max(row.quarter for row in self.rows if (row.series, row.entity) in PLACE)

    def values(self, series: str, entity: str = "economy") -> dict[str, float]:
        """Values of a series by quarter, oldest first; empty where nothing is recorded."""
        found = [(row.quarter, row.value) for row in self.rows if (row.series, row.entity) == (series, entity)]
        return dict(sorted(found))

    def known_by(self, origin: str) -> Record:
        """What somebody could know who forecasts when the results of the quarter `origin` are out: of that quarter
        and before, and known by two months after its end."""
        day = day_after_results(origin)
        return Record(tuple(row for row in self.rows if row.quarter <= origin and row.known <= day))

    def until(self, quarter: str) -> Record:
        """Rows of a quarter and before."""
        return Record(tuple(row for row in self.rows if row.quarter <= quarter))

    def points(self, opening: str, last: str, least: str = "medium", all_series: bool = False) -> Points:
        """The observations of a run that opens in `opening`, up to and including the quarter `last`.

        `least` is the lowest confidence that counts: a recalled number is never a target. With `all_series`, sums and
        series that do not condition are observed as well.
        """
        allowed = CONFIDENCES[: CONFIDENCES.index(least) + 1]
        chosen = [
            row
            for row in self.rows
            if opening < row.quarter <= last
            and (place := PLACE.get((row.series, row.entity))) is not None
            and row.confidence in allowed
            and (all_series or COLUMNS[place].observable.conditions)
            and _existed(row.entity, opening)
        ]
        return Points.of(self, sorted(chosen, key=lambda row: (row.series, row.entity, row.quarter)), opening)


@dataclass(frozen=True)
class Points:
    """Observations in a fixed order: `rows` with their target values, on the scale on which errors are taken."""

    rows: tuple[Recorded, ...]
    opening: str
    targets: Floats
    before: dict[int, Floats]  # by column: what the record had in the quarters before the first simulated one
    bases: dict[int, tuple[int, float]]  # by column: the quarter and value to which a relative series is related
    others: dict[int, float]  # by column: recorded at the opening, where something is added

    @classmethod
    def of(cls, record: Record, rows: Sequence[Recorded], opening: str) -> Points:
        """Lay out rows of a record. A relative series is compared from its second quarter on."""
        places = sorted({PLACE[row.series, row.entity] for row in rows})
        bases = {k: _first_after(record, COLUMNS[k], opening) for k in places if COLUMNS[k].observable.relative}
        start = number_of(opening)
        kept = [row for row in rows if _is_compared(row, bases, start)]
        before = {k: _earlier(record, COLUMNS[k], opening) for k in places if COLUMNS[k].observable.window > 1}
        others = {k: _at_opening(record, COLUMNS[k], opening) for k in places if COLUMNS[k].observable.added}
        kept = [row for row in kept if _has_its_window(row, before, opening) and _has_its_base(row, others)]
        points = cls(tuple(kept), opening, np.zeros(0), before, bases, others)
        targets = np.array([points._target(record, row) for row in kept])
        valid = np.isfinite(targets)
        return replace(points, rows=tuple(row for row, good in zip(kept, valid, strict=True) if good),
                       targets=targets[valid])  # fmt: skip

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def deviations(self) -> Floats:
        """Standard deviation of each observation's error, on the scale on which errors are taken."""
        return np.array([row.sd_log for row in self.rows])

    @cached_property
    def places(self) -> npt.NDArray[np.int64]:
        """Column of each observation among `COLUMNS`."""
        return np.array([PLACE[row.series, row.entity] for row in self.rows], dtype=np.int64)

    @cached_property
    def steps(self) -> npt.NDArray[np.int64]:
        """Simulated quarter of each observation; the opening is 0."""
        start = number_of(self.opening)
        return np.array([number_of(row.quarter) - start for row in self.rows], dtype=np.int64)

    @property
    def quarters(self) -> int:
        """Quarters that must be simulated to reach the last observation."""
        return int(self.steps.max()) if len(self) else 0

    def chosen(self, which: npt.NDArray[np.bool_]) -> Points:
        """Some of the observations."""
        rows = tuple(row for row, keep in zip(self.rows, which, strict=True) if keep)
        return replace(self, rows=rows, targets=self.targets[which])

    def simulated(self, observed: Floats) -> Floats:
        """What a run says of each observation, on the scale of the targets.

        `observed` is an array of quarters by `COLUMNS`, the opening in row 0, as `recorder.observe` returns it, or a
        stack of several with runs in front. What is further off than a factor of twenty counts as that: a firm that
        has vanished in a run says no more by having vanished altogether.
        """
        values = np.empty((*observed.shape[:-2], len(self)))
        for n, (place, step) in enumerate(zip(self.places, self.steps, strict=True)):
            value = self._of(COLUMNS[place], int(place), int(step), observed)
            if COLUMNS[place].observable.scale == "log":
                value = np.clip(value, self.targets[n] - FURTHEST, self.targets[n] + FURTHEST)
            values[..., n] = value
        return values

    def _of(self, column: Column, place: int, step: int, observed: Floats) -> Floats:
        about = column.observable
        path = about.sign * observed[..., place]
        value = path[..., step]
        if about.window > 1:
            after = min(about.window, step)
            total = path[..., step - after + 1 : step + 1].sum(axis=-1)
            total = total + self.before[place][: about.window - after].sum()
            value = total / about.window
        if about.added:
            value = self.others[place] + path[..., step] - path[..., 0]
        if about.relative:
            base, _ = self.bases[place]
            value = value / np.maximum(path[..., base], SMALLEST)
        return np.asarray(value if about.scale == "level" else np.log(np.maximum(value, SMALLEST)))

    def _target(self, record: Record, row: Recorded) -> float:
        place = PLACE[row.series, row.entity]
        about = COLUMNS[place].observable
        value = row.value
        # Half-years and years of burn are recorded as means already; cash flow by the quarter.
        if about.window > 1 and about.series == "operating_cash_flow":
            value = _mean_of_year(record, row, about.window)
        if about.relative:
            value /= self.bases[place][1]
        if about.scale == "level":
            return value
        return math.log(value) if value > 0.0 else math.nan


def load_record(file: str | Path | None = None) -> Record:
    """The shipped record, or a file of the same form. Raises `CircuitError` with all errors of a file at once."""
    if file is None:
        return Record(record())
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no text in UTF-8"
        raise CircuitError(f"{file}: cannot be read: {reason}") from None
    return Record(tuple(_parsed(csv.DictReader(text.splitlines()), str(file))))


def _parsed(reader: csv.DictReader[str], where: str) -> Iterable[Recorded]:
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise CircuitError(f"{where}: lacks the column {', '.join(missing)}; a record has {', '.join(REQUIRED)}")
    names = {row.series for row in record()} | {column.observable.series for column in COLUMNS}
    rows, errors, seen = [], list[str](), set[tuple[str, str, str]]()
    for line, fields in enumerate(reader, start=2):
        found, told = _one(fields, names)
        errors += [f"{where}, line {line}: {error}" for error in told]
        if found is not None:
            key = (found.series, found.entity, found.quarter)
            if key in seen:
                errors.append(f"{where}, line {line}: {' '.join(key)} is given twice: keep one")
            seen.add(key)
            rows.append(found)
    if not rows and not errors:
        errors.append(f"{where}: holds no row")
    if errors:
        raise CircuitError(*errors)
    return rows


def _one(fields: dict[str, str], names: set[str]) -> tuple[Recorded | None, list[str]]:
    """One row, or what is wrong with it."""
    text = {name: (fields.get(name) or "").strip() for name in REQUIRED + OPTIONAL}
    errors = []
    value, sd = number_in(text["value"]), number_in(text["sd_log"])
    if text["series"] not in names:
        errors.append(f"no series {text['series']!r}; there are {', '.join(sorted(names))}")
    if not _QUARTER.fullmatch(text["quarter"]):
        errors.append(f"quarter {text['quarter']!r} must be like 2025Q3")
    if not math.isfinite(value):
        errors.append(f"value {text['value']!r} must be a number")
    if not (math.isfinite(sd) and sd > 0.0):
        errors.append(f"sd_log {text['sd_log']!r} must be a number above zero")
    if text["confidence"] not in CONFIDENCES:
        errors.append(f"confidence {text['confidence']!r} must be one of {', '.join(CONFIDENCES)}")
    if text["known"] and not _DAY.fullmatch(text["known"]):
        errors.append(f"known {text['known']!r} must be a day like 2025-10-31, or empty")
    if errors:
        return None, errors
    return (
        Recorded(
            text["series"], text["entity"] or "economy", text["quarter"], value, text["unit"], sd, text["source"],
            text["confidence"], text["known"] or day_after_results(text["quarter"]), text["note"],
        ),
        [],
    )  # fmt: skip


def _first_after(record: Record, column: Column, opening: str) -> tuple[int, float]:
    """Simulated quarter and recorded value of the first number after an opening, to which the others are related."""
    for quarter, value in record.values(*column.key).items():
        if quarter > opening:
            return number_of(quarter) - number_of(opening), value
    return 0, math.nan


def _earlier(record: Record, column: Column, opening: str) -> Floats:
    """What the record had at the opening and before it, youngest first, as far as a window reaches back; not-a-number
    where nothing is recorded."""
    values, start = record.values(*column.key), number_of(opening)
    return np.array([values.get(quarter_of(start - back), math.nan) for back in range(column.observable.window - 1)])


def _at_opening(record: Record, column: Column, opening: str) -> float:
    """Recorded at the opening, or by the opening's own facts."""
    from simulation.vintages.facts import Facts

    recorded = record.values(*column.key).get(opening)
    facts = Facts.load(opening)
    return recorded if recorded is not None else facts.get(column.entity, column.observable.series, math.nan)


def _existed(entity: str, opening: str) -> bool:
    """Whether an entity was there at an opening: one that enters as a token is held against nothing."""
    from simulation.vintages.facts import Facts

    facts = Facts.load(opening)
    return entity == "economy" or facts.fact(entity, "market_value").note != "did not exist yet"


def _is_compared(row: Recorded, bases: dict[int, tuple[int, float]], start: int) -> bool:
    """A relative series says nothing in the quarter to which it is related."""
    base, value = bases.get(PLACE[row.series, row.entity], (0, 1.0))
    return math.isfinite(value) and base != number_of(row.quarter) - start


def _has_its_window(row: Recorded, before: dict[int, Floats], opening: str) -> bool:
    """Whether what a window needs from before the opening is recorded."""
    place = PLACE[row.series, row.entity]
    if place not in before:
        return True
    reach = COLUMNS[place].observable.window - (number_of(row.quarter) - number_of(opening))
    return reach <= 0 or bool(np.isfinite(before[place][:reach]).all())


def _has_its_base(row: Recorded, others: dict[int, float]) -> bool:
    place = PLACE[row.series, row.entity]
    return place not in others or math.isfinite(others[place])


def _mean_of_year(record: Record, row: Recorded, window: int) -> float:
    """Mean of the quarter and those before it; not-a-number where one is missing."""
    values, last = record.values(row.series, row.entity), number_of(row.quarter)
    quarters = [values.get(quarter_of(last - back), math.nan) for back in range(window)]
    return sum(quarters) / window
