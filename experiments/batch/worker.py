"""What a worker process does: run after run, each turned into plain rows, a failed one too.

This module imports nothing heavy: a worker first limits itself to one thread, then loads the model."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    import numpy as np

    from simulation import Economy, Outcome, Scenario

    from ..study.schema import RunSpec

THREAD_LIMITS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
BETWEEN_TEXTS = "\0"


class Columns(Mapping[str, Any]):
    """Columns by name: `first` ones of any kind, then one for each row of `array`, which has a name for each row; or,
    where the array is one column, a number by name.

    To another process the rows go as the one array that they are: pickled one by one they take fifty times as long.
    They are told apart when somebody asks for one."""

    def __init__(self, first: dict[str, Any], names: tuple[str, ...], array: np.ndarray) -> None:
        self.parts = first, names, array
        self.rows = array.shape[-1]

    def __reduce__(self) -> tuple[type[Columns], tuple[Any, ...]]:
        return Columns, self.parts

    @cached_property
    def _by_name(self) -> dict[str, Any]:
        first, names, array = self.parts
        return first | dict(zip(names, array, strict=True))

    def __getitem__(self, name: str) -> Any:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


class Lists(dict[str, Any]):
    """Columns by name: lists of texts or of numbers, arrays, or words by number (`Coded`).

    To another process a list goes as one text or one array: pickling word by word, and making words of that again for
    the store, takes three times as long."""

    def __reduce__(self) -> tuple[type[Packed], tuple[dict[str, Any], int]]:
        return Packed, ({name: _packed(column) for name, column in self.items()}, len(next(iter(self.values()))))


def _packed(column: Any) -> Any:
    """A list as one text or one array; a list of nothing, which may be either, and what is no list, as it is."""
    import numpy as np

    if not isinstance(column, list) or not column:
        return column
    return BETWEEN_TEXTS.join(column) if isinstance(column[0], str) else np.array(column)


class Packed(Mapping[str, list[Any]]):
    """What `Lists` are where they arrive: a column is packed until somebody asks for the list."""

    def __init__(self, columns: dict[str, Any], rows: int) -> None:
        self.columns, self.rows = columns, rows

    def __getitem__(self, name: str) -> list[Any]:
        column = self.columns[name]
        if isinstance(column, str):
            return column.split(BETWEEN_TEXTS)
        values: list[Any] = list(column) if isinstance(column, list) else column.tolist()
        return values

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


class Rows(TypedDict, total=False):
    """A finished run in the form the store keeps. `failure` excludes the other tables.

    `books` is not stored: it is what `circuit policy` compares.
    """

    outcome: dict[str, Any]
    parameters: Columns
    series: Mapping[str, Any]
    events: Mapping[str, Any]
    agents: Mapping[str, list[Any]]
    claims: Mapping[str, list[Any]]
    books: Any
    failure: dict[str, str]
    seconds: float


def start_worker() -> None:
    """Set up a fresh process: one thread, and the rules loaded before the first task."""
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    warm_up()


def warm_up() -> None:
    """Compile every rule, or load it from the cache, with the smallest economy there is and its outcome."""
    from simulation import Economy, Scenario

    economy = Economy(Scenario.load("baseline"), seed=0, quarters=12, firms=10, keep_books=False)
    economy.run().outcome  # noqa: B018  what loads the rules is asking


def run_one(spec: RunSpec) -> Rows:
    """Compute one run as a study stores it."""
    from ..ensembles.start import past_of

    economy = build(spec).run()
    rows = in_rows(economy, past_of(spec.vintage))
    if "agents" in spec.keep:
        rows["agents"] = Lists(figures_of_agents(economy))
    if "claims" in spec.keep:
        rows["claims"] = Lists(claims_of_agents(economy))
    return rows


def attempted(run: Callable[[Any], Rows], spec: Any) -> Rows:
    """What a run makes, with the seconds it took. An error inside it, a broken identity for instance, is data too."""
    started = time.perf_counter()
    try:
        rows = run(spec)
    except Exception as error:
        rows = failure(error)
    rows.setdefault("seconds", time.perf_counter() - started)
    return rows


def build(spec: RunSpec, keep_books: bool = False) -> Economy:
    """The economy of a run, before its first quarter. What the run stores may ask for its books by itself."""
    from ..ensembles.start import economy_from

    return economy_from(spec.vintage, drawn(spec), spec.seed, spec.quarters, spec.firms, keep_books or bool(spec.keep))


def drawn(spec: RunSpec) -> Scenario:
    """The scenario of a run, its uncertain parameters drawn with the run's seed: the same draw in every arm.

    What the scenario or the study sets by itself stays as it was set; what the study's design covers takes the value of
    the run's point. A member of an ensemble has its own parameters: nothing is drawn for it."""
    from simulation.scenario import draw_prior

    from ..ensembles.start import ensemble_of

    draw = draw_prior(spec.seed) if spec.prior and ensemble_of(spec.vintage) is None else {}
    scenario = spec.scenario.with_parameters(**dict(spec.point)) if spec.point else spec.scenario
    return scenario.over(draw) if draw else scenario


def in_rows(economy: Economy, past: int = 0) -> Rows:
    """The tables of a finished run: outcome and scores, parameters, series by quarter, events.

    The first `past` quarters are history, the same for all arms: they are in no table, and no ending looks at them."""
    import numpy as np

    from ..store.dictionary import TWIN_SERIES

    outcome, twin = economy.outcome_since(past)
    recorded, events = economy.series[past:], _since(economy.event_columns(), past)
    names, quarters = recorded.dtype.names or (), range(1, len(recorded) + 1)
    parameters = economy.scenario.parameter_values()
    own = np.array([recorded[name] for name in names], "f4")
    others = np.array([twin[name] for name in TWIN_SERIES], "f4")
    return Rows(
        outcome=outcome_columns(outcome),
        parameters=Columns({}, tuple(parameters), np.array(list(parameters.values()), "f8")),
        series=Columns(
            {"quarter": list(quarters), "date": [economy.label(past + quarter) for quarter in quarters]},
            (*names, *(f"twin_{name}" for name in TWIN_SERIES)),
            np.concatenate((own, others)),
        ),
        events=Lists(events),
    )


def outcome_columns(outcome: Outcome) -> dict[str, Any]:
    """What the table of runs keeps of an outcome, by column."""
    kinds = {episode.kind for episode in outcome.episodes}
    cause = next((episode.cause for episode in outcome.episodes if episode.kind == "investment pullback"), "")
    return {
        "outcome": outcome.ending,
        "size": outcome.size,
        "pullback": outcome.pullback,
        "market_pullback": "market pullback" in kinds,
        "credit_event": "credit event" in kinds,
        "macro_episode": "macro episode" in kinds,
        "systemic_episode": "systemic episode" in kinds,
        "pullback_cause": cause,
        **{f"outcome_{date}": ending for date, ending in outcome.at.items()},
        **outcome.scores,
        **{f"outcome if {change}": ending for change, ending in outcome.sensitivity.items()},
        **{f"pullback if {change}": pullback for change, pullback in outcome.pullback_if.items()},
    }


def _since(events: dict[str, Any], past: int) -> dict[str, Any]:
    """Events after so many quarters; they come in the order of their quarters."""
    from simulation.event_log import Coded

    if not past:
        return events
    first = int((events["quarter"].numbers < past).sum())
    return {
        name: Coded(column.words, column.numbers[first:]) if isinstance(column, Coded) else column[first:]
        for name, column in events.items()
    }


def figures_of_agents(economy: Economy) -> dict[str, list[Any]]:
    """Key figures of the AI sector's members, on request: quarter, agent, variable, value."""
    frame = economy.firm_history
    return {name: frame[name].tolist() for name in frame.columns}


def claims_of_agents(economy: Economy) -> dict[str, list[Any]]:
    """Balance sheets by agent, on request: quarter, agent, instrument, amount (USD bn); zeros are left out."""
    columns: dict[str, list[Any]] = {"quarter": [], "agent": [], "instrument": [], "amount": []}
    for quarter in range(economy.quarter + 1):
        matrix = economy.balance_sheet(quarter, by="agent").drop(columns="sum", errors="ignore")
        amounts = matrix.to_numpy()
        for row, column in zip(*amounts.nonzero(), strict=True):
            place = (economy.label(quarter), str(matrix.columns[column]), str(matrix.index[row]))
            for name, value in zip(columns, (*place, float(amounts[row, column])), strict=True):
                columns[name].append(value)
    return columns


def failure(error: BaseException) -> Rows:
    """A run that did not finish, in words: the kind of error and the first line of its message."""
    message = (str(error).splitlines() or [""])[0]
    return Rows(failure={"kind": type(error).__name__, "message": message[:500]})
