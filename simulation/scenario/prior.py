"""Draws of the parameters that nobody knows, so that results are averaged over them instead of hiding them.

A draw depends on the seed and the parameter's own name alone: one more parameter changes no other draw, and the same
seed draws the same economy under every policy."""

import hashlib
import math
from collections.abc import Iterable
from functools import lru_cache
from statistics import NormalDist

from simulation.parameter import Parameter
from simulation.scenario.input_errors import InputErrors
from simulation.scenario.parameters import PARAMETERS

GAIN_MEDIAN = 0.055
GAIN_SIGMA = math.log(0.18 / 0.017) / (2 * NormalDist().inv_cdf(0.95))  # 90% of the mass in [.017, .18]
WIDE_RANGE = 5.0
_STANDARD = NormalDist()


def prior_names() -> tuple[str, ...]:
    """The parameters that a prior draws: all whose status is assumed."""
    return tuple(name for name, parameter in PARAMETERS.items() if parameter.status == "assumed")


def prior_of(name: str) -> str:
    """The distribution a parameter is drawn from, in words."""
    parameter = PARAMETERS[name]
    span = f"{parameter.low:g} to {parameter.high:g}"
    if name == "gamma":
        return (
            f"lognormal, median {GAIN_MEDIAN:g}, 90% in {span}, cut at {parameter.lowest:g} and {parameter.highest:g}"
        )
    if _is_wide(parameter):
        return f"log-uniform, {span}"
    return f"triangular, {span}, mode {parameter.default:g}"


def draw_prior(seed: int, names: Iterable[str] | None = None) -> dict[str, float]:
    """One draw by name of the named parameters, or of every assumed one.

    `gamma` is lognormal; a range that spans a factor of five or more is log-uniform, because its order of
    magnitude is unknown; any other is triangular with its mode at the default. Raises CircuitError for an
    unknown name.
    """
    chosen = prior_names() if names is None else tuple(names)
    errors = InputErrors()
    for name in chosen:
        if name not in PARAMETERS:
            errors.unknown("", "parameter", name, PARAMETERS)
    errors.raise_if_any()
    return dict(_draw(seed, chosen))


@lru_cache(maxsize=256)
def _draw(seed: int, names: tuple[str, ...]) -> dict[str, float]:
    return {name: _quantile(PARAMETERS[name], _uniform(seed, name)) for name in names}


def prior_quantile(name: str, share: float) -> float:
    """The value that a parameter's prior stays below with probability `share`, from 0 to 1.

    Any declared parameter has a prior, whatever its status; whole numbers are rounded. Raises CircuitError for an
    unknown name and for a switch, which has no range."""
    errors = InputErrors()
    if name not in PARAMETERS:
        errors.unknown("", "parameter", name, PARAMETERS)
    elif PARAMETERS[name].is_switch:
        errors.add(name, "is a switch: it has no range to vary; compare both settings instead")
    errors.raise_if_any()
    return _quantile(PARAMETERS[name], share)


def _uniform(seed: int, name: str) -> float:
    """A number strictly between 0 and 1 with 53 random bits, the same on every machine."""
    digest = hashlib.sha256(f"prior|{seed}|{name}".encode()).digest()
    return ((int.from_bytes(digest[:8], "big") >> 11) + 0.5) / 2**53


def _quantile(parameter: Parameter, share: float) -> float:
    if parameter.name == "gamma":
        return _cut_lognormal(parameter.lowest, parameter.highest, share)
    if _is_wide(parameter):
        value = parameter.low * (parameter.high / parameter.low) ** share
    else:
        # Whole numbers are rounded: half a step more at both ends gives the ends their share.
        reach = 0.5 if parameter.is_whole else 0.0
        value = _triangular(parameter.low - reach, parameter.default, parameter.high + reach, share)
    value = float(round(value)) if parameter.is_whole else value
    return min(max(value, parameter.low), parameter.high)


def _is_wide(parameter: Parameter) -> bool:
    return parameter.low > 0 and parameter.high >= WIDE_RANGE * parameter.low


def _cut_lognormal(low: float, high: float, share: float) -> float:
    """Quantile of the gain's lognormal, given that it lies between `low` and `high`."""
    below, above = (_STANDARD.cdf(math.log(edge / GAIN_MEDIAN) / GAIN_SIGMA) for edge in (low, high))
    value = GAIN_MEDIAN * math.exp(GAIN_SIGMA * _STANDARD.inv_cdf(below + share * (above - below)))
    return min(max(value, low), high)


def _triangular(low: float, mode: float, high: float, share: float) -> float:
    turn = (mode - low) / (high - low)
    if share < turn:
        return low + math.sqrt(share * (high - low) * (mode - low))
    return high - math.sqrt((1 - share) * (high - low) * (high - mode))
