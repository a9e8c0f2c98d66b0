"""Random numbers as a function of seed, purpose, quarter and agent: nothing is drawn from a stream.

A draw depends on its four keys alone, never on the scenario, on the order of agents or on how many there are. So a
policy that starts in quarter k leaves every earlier quarter bit for bit as it was, and one more firm changes nothing
but itself. The hash is the finaliser of SplitMix64 (Steele, Lea and Flood 2014), applied once per key."""

import math

import numpy as np

from simulation.rule import COMPILED, rule

# One purpose, one number. Never renumber: results would change. A number that is missing here was given up.
FIRM_SIZE = 1
FIRM_GAIN = 2
FIRM_BELIEF = 3
FIRM_ADOPTS = 4
FIRM_OBSERVES = 5
FIRM_DEMAND = 6
FIRM_START = 8
HOUSEHOLD_DEMAND = 10
INVESTMENT_CLIMATE = 11
EXPORT_DEMAND = 12
PRODUCTIVITY = 13
MARKET_RETURN = 20
WITHDRAWAL = 22
ROUND_APPETITE = 23
ROLL_OVER = 24
SYNTHETIC = 30
CONTRACT_CANCELLED = 31
DEAL_CANCELLED = 32
LUCK_IN_RELEASES = 41
LUCK_IN_USES = 42
LUCK_IN_PLANS = 43
LUCK_IN_BUILDING = 44
LUCK_IN_CHIPS = 45
LUCK_IN_RENTS = 46
LUCK_IN_CORE = 47
LUCK_IN_SHARES = 48
LUCK_IN_FUNDING = 49
LUCK_IN_POLICY = 50

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S11 = np.uint64(11)
_HALF_STEP = 0.5 / 9007199254740992.0
_LARGEST = 1.0 - 1.0 / 9007199254740992.0  # the largest number below one: half a step more would round to one
_TAIL = 0.02425  # probability on either side from which the normal quantile takes another form


@rule
def _mix(key: np.uint64, value: int | np.uint64) -> np.uint64:
    """One round of the SplitMix64 finaliser over key and value."""
    # A key that comes from Python is a plain integer: without the cast its shifts would keep the sign.
    state = (np.uint64(key) ^ np.uint64(value)) * _GOLDEN + _GOLDEN
    state = (state ^ (state >> _S30)) * _MIX_1
    state = (state ^ (state >> _S27)) * _MIX_2
    return state ^ (state >> _S31)


if not COMPILED:  # the hash overflows by design
    _mix = np.errstate(over="ignore")(_mix)


@rule
def draw_key(seed: int, purpose: int, quarter: int) -> np.uint64:
    """The part of a draw's key that all agents of a quarter share."""
    return _mix(_mix(_mix(np.uint64(0), seed), purpose), quarter)


@rule
def uniform_of(key: np.uint64, agent: int) -> float:
    """Uniform number in (0, 1) for one agent under a shared key."""
    number: float = (_mix(key, agent) >> _S11) / 9007199254740992.0 + _HALF_STEP
    return min(number, _LARGEST)


@rule
def uniform(seed: int, purpose: int, quarter: int, agent: int) -> float:
    """Uniform number in (0, 1), the same for the same four keys always."""
    return uniform_of(draw_key(seed, purpose, quarter), agent)


@rule
def _quintic(x: float, a: float, b: float, c: float, d: float, e: float, f: float) -> float:
    """The polynomial a x^5 + b x^4 + c x^3 + d x^2 + e x + f."""
    return ((((a * x + b) * x + c) * x + d) * x + e) * x + f


@rule
def _centre(q: float) -> float:
    """Normal quantile at probability one half + q, for |q| below 0.47575."""
    r = q * q
    top = _quintic(
        r,
        -3.969683028665376e01,
        2.209460984245205e02,
        -2.759285104469687e02,
        1.383577518672690e02,
        -3.066479806614716e01,
        2.506628277459239,
    )
    below = _quintic(
        r,
        -5.447609879822406e01,
        1.615858368580409e02,
        -1.556989798598866e02,
        6.680131188771972e01,
        -1.328068155288572e01,
        1.0,
    )
    return top * q / below


@rule
def _lower_tail(probability: float) -> float:
    """Normal quantile at a probability below `_TAIL`."""
    q = math.sqrt(-2.0 * math.log(probability))
    top = _quintic(
        q,
        -7.784894002430293e-03,
        -3.223964580411365e-01,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    )
    below = _quintic(q, 0.0, 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1.0)
    return top / below


@rule
def normal_quantile(probability: float) -> float:
    """Inverse of the standard normal distribution, relative error below 1.2e-9 (Acklam 2003)."""
    if probability < _TAIL:
        return _lower_tail(probability)
    if probability > 1.0 - _TAIL:
        return -_lower_tail(1.0 - probability)
    return _centre(probability - 0.5)


@rule
def normal_of(key: np.uint64, agent: int) -> float:
    """Standard normal number for one agent under a shared key."""
    return normal_quantile(uniform_of(key, agent))


@rule
def draw_normals(key: np.uint64, first: int, numbers: np.ndarray) -> None:
    """Fill `numbers` with the standard normal numbers of agents in a row: what `normal_of` draws for each of them.

    A processor takes several at a time through the middle of the distribution, where most of them lie."""
    chances = np.empty(len(numbers))
    for k in range(len(numbers)):
        chances[k] = uniform_of(key, first + k)
    for k in range(len(numbers)):
        numbers[k] = _centre(chances[k] - 0.5)
    for k in range(len(numbers)):
        if not _TAIL <= chances[k] <= 1.0 - _TAIL:
            numbers[k] = normal_quantile(chances[k])


@rule
def normal(seed: int, purpose: int, quarter: int, agent: int) -> float:
    """Standard normal number, the same for the same four keys always."""
    return normal_quantile(uniform(seed, purpose, quarter, agent))
