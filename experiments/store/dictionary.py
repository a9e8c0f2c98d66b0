"""The data dictionary: every column of every stored table with its unit and meaning, from the declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd


class Column(NamedTuple):
    """A column of a stored table."""

    table: str
    name: str
    unit: str
    meaning: str


TWIN_SERIES = (
    *("gdp", "real_gdp", "price_level", "consumption", "unemployment", "employment"),
    *("household_wealth", "government_debt"),
)
"""Series of the macro twin that are stored beside the run's own, as twin_gdp and so on."""

_RUN = (
    ("run_id", "text", "first 16 hexadecimal digits of a SHA-256 over schema version, inputs and seed"),
    ("arm", "text", "the economy this run belongs to: scenario, policy and point of the grid"),
    ("scenario", "text", "scenario of the arm"),
    ("policy", "text", "policy of the arm, empty without one"),
    ("seed", "number", "seed of the run; the same in every arm"),
    ("vintage", "quarter", "opening economy"),
    ("quarters", "quarters", "length of the run"),
    ("firms", "count", "ordinary firms"),
    ("prior", "true or false", "whether uncertain parameters were drawn from their priors"),
)
_OUTCOME = (
    ("outcome", "text", "how the run ended: paid off without an episode or after one, or unpaid and how"),
    ("size", "text", "AI investment at the end: boom on, settled, collapsed"),
    ("pullback", "true or false", "whether there was an investment pullback"),
    ("market_pullback", "true or false", "whether AI shares had a pullback"),
    ("credit_event", "true or false", "whether there was a credit event"),
    ("macro_episode", "true or false", "whether there was a macro episode against the macro twin"),
    ("systemic_episode", "true or false", "whether a macro episode and a credit event came within eight quarters"),
    ("pullback_cause", "text", "first sign around the peak before the first investment pullback; empty without one"),
    ("outcome_2027Q4", "text", "the outcome had the run been judged then"),
    ("outcome_2030Q4", "text", "the outcome had the run been judged then"),
)
_FAILURE = (
    ("kind", "text", "kind of error that ended the run"),
    ("message", "text", "first line of the error's message"),
)
_EVENTS = (
    ("run_id", "text", "the run"),
    ("quarter", "quarter", "when it happened"),
    ("agent", "text", "whom it happened to"),
    ("event", "text", "what happened"),
    ("cause", "text", "why"),
    ("amount", "USD bn", "how much, where an amount belongs to it"),
    ("other", "text", "from whom it came, in a chain reaction"),
    ("channel", "text", "through which channel it came, in a chain reaction"),
    ("generation", "number", "how far down a chain reaction; 0 starts one"),
)
_AGENTS = (
    *_EVENTS[:2],
    ("agent", "text", "member of the AI sector"),
    ("variable", "text", "which of its figures"),
    ("value", "USD bn, GW or ratio", "the figure"),
)
_CLAIMS = (
    *_EVENTS[:2],
    ("agent", "text", "whose balance sheet; the pooled firms are Firms"),
    ("instrument", "text", "row of the balance-sheet matrix"),
    ("amount", "USD bn", "holdings less what the agent has issued; zeros are left out"),
)


def columns() -> list[Column]:
    """Every column in the order of the tables."""
    from simulation.endings import SCORES
    from simulation.endings.thresholds import variations
    from simulation.scenario import PARAMETERS
    from simulation.series import SERIES

    scores = [(score.name, score.unit, score.meaning) for score in SCORES.values()]
    changed = list(variations())
    labels = [(f"outcome if {name}", "text", f"the outcome with the threshold {name}") for name in changed]
    labels += [
        (f"pullback if {name}", "true or false", f"whether there is a pullback with the threshold {name}")
        for name in changed
    ]
    parameters = [(each.name, each.unit, each.meaning) for each in PARAMETERS.values()]
    series = [(each.name, each.unit, each.meaning) for each in SERIES.values()]
    twins = [(f"twin_{name}", SERIES[name].unit, f"{SERIES[name].meaning}, in the macro twin") for name in TWIN_SERIES]
    time = [("quarter", "number", "quarter of the run, from 1"), ("date", "quarter", "calendar quarter")]
    tables = {
        "runs": [*_RUN, *_OUTCOME, *scores, *labels],
        "series": [_EVENTS[0], *time, *series, *twins],
        "events": _EVENTS,
        "parameters": [_EVENTS[0], *parameters],
        "failures": [*_RUN, *_FAILURE],
        "agents": _AGENTS,
        "claims": _CLAIMS,
    }
    return [Column(table, *column) for table, described in tables.items() for column in described]


def dictionary() -> pd.DataFrame:
    """The data dictionary as a frame."""
    import pandas as pd

    return pd.DataFrame(columns(), columns=list(Column._fields))


def dictionary_csv() -> bytes:
    """The data dictionary as it lies beside stored results."""
    from ..common.export import csv_bytes

    return csv_bytes(dictionary())
