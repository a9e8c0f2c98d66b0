"""What may be asked of a run: does it end so, how high is this score, does a score pass a threshold."""

import math
import operator
import re
from collections.abc import Callable

import pandas as pd

from simulation.endings import ENDINGS as LABELS
from simulation.endings import SCORES
from simulation.errors import CircuitError
from simulation.scenario.input_errors import suggestion

from .measures import COLLAPSED, EPISODES, PAID_OFF, Measure, ending_in

BY_NAME = {measure.name: measure for measure in (*EPISODES, PAID_OFF, COLLAPSED)}
ENDINGS = tuple(dict.fromkeys((*BY_NAME, *LABELS)))
SHORT_FORMS = {"pullback": "investment pullback", "systemic": "systemic episode"}
_COMPARISONS: dict[str, Callable[[pd.Series, float], pd.Series]] = {"<": operator.lt, ">": operator.gt}
_CONDITION = re.compile(r"\s*([a-z_]+)\s*([<>])\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*", re.ASCII)


def measure_of(text: str) -> Measure:
    """An ending or episode ("paid off", "investment pullback" ...) or a score ("gdp_shortfall" ...) by name.

    Raises `CircuitError` for a name that is neither."""
    name = " ".join(text.replace("-", " ").split()).lower()
    name = SHORT_FORMS.get(name, name)
    if name in ENDINGS:
        return ending(name)
    if text in SCORES:
        return Measure(text, SCORES[text].unit, lambda runs: runs[text].astype(float), False)
    raise CircuitError(f"--outcome: no ending or score is called {text!r}; {suggestion(text, (*ENDINGS, *SCORES))}")


def condition_of(text: str) -> Measure:
    """An ending, or a score beyond a threshold ("gdp_shortfall > 0.02"): 1 where it holds, 0 where it does not."""
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
    """Whether a run has such an episode, or ends in this way."""
    return BY_NAME.get(name) or ending_in(name, name)
