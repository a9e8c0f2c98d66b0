"""What may be asked of a run: does it end so, how high is this score, does a score pass a threshold."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable

import pandas as pd

from simulation.errors import CircuitError
from simulation.outcome import LABELS, SCORES
from simulation.scenario.faults import suggestion

from ..study.designs import BAD_ENDINGS
from .measures import PULLBACK_OR_BUST, Measure, ending_in

ENDINGS = (PULLBACK_OR_BUST.name, *LABELS)
SHORT_FORMS = {"bust": "systemic bust", "muddle through": "muddle-through"}
_COMPARISONS: dict[str, Callable[[pd.Series, float], pd.Series]] = {"<": operator.lt, ">": operator.gt}
_CONDITION = re.compile(r"\s*([a-z_]+)\s*([<>])\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*", re.ASCII)


def measure_of(text: str) -> Measure:
    """An ending ("payoff", "pullback or bust" ...) or a score ("gdp_gap" ...) by name.

    Raises `CircuitError` for a name that is neither.
    """
    name = " ".join(text.replace("-", " ").split()).lower()
    name = SHORT_FORMS.get(name, name)
    if name in ENDINGS:
        return ending(name)
    if text in SCORES:
        return Measure(text, SCORES[text].unit, lambda runs: runs[text].astype(float), False)
    raise CircuitError(f"--outcome: no ending or score is called {text!r}; {suggestion(text, (*ENDINGS, *SCORES))}")


def condition_of(text: str) -> Measure:
    """An ending, or a score beyond a threshold ("gdp_gap < -0.05"): 1 where it holds, 0 where it does not."""
    parts = _CONDITION.fullmatch(text)
    if parts is None:
        measure = measure_of(text)
        if measure.is_ending:
            return measure
        raise CircuitError(f'--outcome: {text} needs a threshold, for example "{text} > 0.5"')
    score, sign, number = parts.groups()
    measure, threshold = measure_of(score), float(number)
    if measure.is_ending or not math.isfinite(threshold):
        raise CircuitError(f"--outcome: {text!r} compares no score with a number")
    compare = _COMPARISONS[sign]
    name = f"{score} {sign} {threshold:g}"
    return Measure(name, "points", lambda runs: compare(runs[score], threshold).astype(float), True, 100.0)


def ending(name: str) -> Measure:
    """Whether a run ends in this way."""
    labels = BAD_ENDINGS if name == PULLBACK_OR_BUST.name else (name,)
    return ending_in(name, *labels)
