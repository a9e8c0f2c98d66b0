"""What a study's runs say to somebody with other beliefs: importance weights relative to the study's own draws.

A run whose parameters were drawn with density p(x) counts b(x)/p(x) under a belief b, independently for each parameter
(Hammersley and Handscomb 1964; self-normalised, so that constants cancel). Where the record has had its say on the
draws, the same ratio turns the posterior under the prior into the posterior under the belief. The report does the same
in the reader's browser (`report/templates/simulator.js`); a test holds the two together."""

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from simulation.scenario.parameters import PARAMETERS
from simulation.scenario.prior import GAIN_MEDIAN, GAIN_SIGMA, WIDE_RANGE, prior_names

from .. import statistics as st
from ..common.arrays import Floats

FEWEST_EFFECTIVE = 10.0
"""Effective runs below which no share is given."""


class Family(NamedTuple):
    """The density of a prior up to a constant, over x: the parameter itself, or its logarithm where `logarithmic`.

    "normal" has mean `a` and standard deviation `b` between the bounds of the parameter, "uniform" nothing, and
    "triangular" goes from `a` over the mode `b` to `c`."""

    kind: Literal["normal", "uniform", "triangular"]
    logarithmic: bool
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0


class Belief(NamedTuple):
    """A normal belief about x, the parameter or its logarithm: its middle and its standard deviation."""

    middle: float
    spread: float


@cache
def family_of(name: str) -> Family:
    """What `simulation.scenario.prior` draws a parameter from."""
    parameter = PARAMETERS[name]
    if name == "gamma":
        return Family("normal", True, float(np.log(GAIN_MEDIAN)), GAIN_SIGMA)
    if parameter.low > 0.0 and parameter.high >= WIDE_RANGE * parameter.low:
        return Family("uniform", True)
    return Family("triangular", False, parameter.low, parameter.default, parameter.high)


def can_be_believed() -> tuple[str, ...]:
    """The parameters that a belief can be held about: those drawn from a density."""
    return tuple(name for name in prior_names() if not PARAMETERS[name].is_whole)


def on_scale(name: str, values: ArrayLike) -> Floats:
    """Values of a parameter as x."""
    given = np.asarray(values, dtype=float)
    return np.log(given) if family_of(name).logarithmic else given


def log_prior(name: str, values: ArrayLike) -> Floats:
    """Logarithm of the prior's density over x, up to a constant."""
    family, x = family_of(name), on_scale(name, values)
    if family.kind == "normal":
        return np.asarray(-0.5 * ((x - family.a) / family.b) ** 2)
    if family.kind == "uniform":
        return np.zeros_like(x)
    rising = (x - family.a) / (family.b - family.a) if family.b > family.a else np.ones_like(x)
    falling = (family.c - x) / (family.c - family.b) if family.c > family.b else np.ones_like(x)
    edge = 1e-6  # a rounded draw may lie on the edge, where the density is zero
    return np.asarray(np.log(np.maximum(np.where(x < family.b, rising, falling), edge)))


def weights(drawn: Mapping[str, ArrayLike], beliefs: Mapping[str, Belief]) -> Floats:
    """Weight of each run, of mean one. `drawn` has the values of each parameter by run; what nothing is believed of
    counts as the study drew it."""
    size = np.asarray(next(iter(drawn.values()))).size
    logarithms = np.zeros(size)
    for name, belief in beliefs.items():
        x = on_scale(name, drawn[name])
        logarithms += -0.5 * ((x - belief.middle) / belief.spread) ** 2 - log_prior(name, drawn[name])
    found = np.exp(logarithms - logarithms.max())
    return np.asarray(found / found.mean())


def effective_number(weight: Floats) -> float:
    """How many equally weighted runs would say as much. Kish (1965), Survey Sampling."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def weighted_share(happened: ArrayLike, weight: Floats) -> st.Estimate:
    """A share with the score interval of so many runs as the weights are worth; NaN runs are left out."""
    flags = np.asarray(happened, dtype=float)
    known = np.isfinite(flags)
    number = effective_number(weight[known])
    share = float(np.average(flags[known], weights=weight[known]))
    low, high = st.wilson_bounds(share * number, number)
    return st.Estimate(share, float(low), float(high), int(number))
