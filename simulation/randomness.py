"""Random numbers as a function of seed, purpose, quarter and agent: nothing is drawn from a stream.

A draw depends on its four keys alone, never on the scenario, on the order of agents or on how many there are. So a
policy that starts in quarter k leaves every earlier quarter bit for bit as it was, and one more firm changes nothing
but itself. The hash is the finaliser of SplitMix64 (Steele, Lea and Flood 2014), applied once per key.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.rule import COMPILED, rule

# One purpose, one number. Never renumber: results would change.
FIRM_SIZE = 1
FIRM_GAIN = 2
FIRM_BELIEF = 3
FIRM_ADOPTS = 4
FIRM_OBSERVES = 5
FIRM_DEMAND = 6
FIRM_PEERS = 7
FIRM_START = 8
HOUSEHOLD_DEMAND = 10
INVESTMENT_CLIMATE = 11
EXPORT_DEMAND = 12
PRODUCTIVITY = 13
GOVERNMENT_DEMAND = 14
MARKET_RETURN = 20
STOCK_RETURN = 21
WITHDRAWAL = 22
ROUND_APPETITE = 23
ROLL_OVER = 24
CAPABILITY_LUCK = 25
LAB_LUCK = 26
SYNTHETIC = 30

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S11 = np.uint64(11)
_HALF_STEP = 0.5 / 9007199254740992.0


@rule
def _mix(key, value):
    """One round of the SplitMix64 finaliser over key and value."""
    state = (key ^ np.uint64(value)) * _GOLDEN + _GOLDEN
    state = (state ^ (state >> _S30)) * _MIX_1
    state = (state ^ (state >> _S27)) * _MIX_2
    return state ^ (state >> _S31)


if not COMPILED:  # the hash overflows by design
    _mix = np.errstate(over="ignore")(_mix)


@rule
def draw_key(seed, purpose, quarter):
    """The part of a draw's key that all agents of a quarter share."""
    return _mix(_mix(_mix(np.uint64(0), seed), purpose), quarter)


@rule
def uniform_of(key, agent):
    """Uniform number in (0, 1) for one agent under a shared key."""
    return (_mix(key, agent) >> _S11) / 9007199254740992.0 + _HALF_STEP


@rule
def uniform(seed, purpose, quarter, agent):
    """Uniform number in (0, 1), the same for the same four keys always."""
    return uniform_of(draw_key(seed, purpose, quarter), agent)


@rule
def normal_quantile(probability):
    """Inverse of the standard normal distribution, relative error below 1.2e-9 (Acklam 2003)."""
    if probability < 0.02425:
        q = math.sqrt(-2.0 * math.log(probability))
        top = (
            (((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
            + 4.374664141464968
        ) * q + 2.938163982698783
        return top / (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
            + 1.0
        )
    if probability > 1.0 - 0.02425:
        return -normal_quantile(1.0 - probability)
    q = probability - 0.5
    r = q * q
    top = (
        (
            (((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02)
            * r
            - 3.066479806614716e01
        )
        * r
        + 2.506628277459239
    ) * q
    return top / (
        (
            (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01)
            * r
            - 1.328068155288572e01
        )
        * r
        + 1.0
    )


@rule
def normal_of(key, agent):
    """Standard normal number for one agent under a shared key."""
    return normal_quantile(uniform_of(key, agent))


@rule
def normal(seed, purpose, quarter, agent):
    """Standard normal number, the same for the same four keys always."""
    return normal_quantile(uniform(seed, purpose, quarter, agent))
