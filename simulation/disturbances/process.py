"""How luck unfolds: one autoregression for every disturbance and agent, once a quarter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from simulation import randomness
from simulation.disturbances.declared import COMMON, DISTURBANCES
from simulation.randomness import draw_key, normal_of
from simulation.registry import COLUMNS, NAMES
from simulation.rule import Record, record, rule

KINDS = len(DISTURBANCES)
Parameters: TypeAlias = np.void | Mapping[str, float]
_ORDER = {name: column for column, name in enumerate(name for names in NAMES.values() for name in names)}
# The key of an agent is its place within its kind: one more agent of another kind changes nobody's luck.
KEY_STEP = 1000
_KEYS = {name: KEY_STEP * k + i for k, names in enumerate(NAMES.values()) for i, name in enumerate(names)} | {COMMON: 0}

SLOTS: tuple[tuple[str, str], ...] = tuple((each.name, agent) for each in DISTURBANCES for agent in each.agents)
"""Disturbance and agent of every number of a quarter, in the order of the columns of `Disturbances.innovations`."""

KIND_OF_SLOT = np.array([k for k, each in enumerate(DISTURBANCES) for _ in each.agents])
COLUMN_OF_SLOT = np.array([_ORDER.get(agent, 0) for _, agent in SLOTS])
_KEY_OF_SLOT = np.array([_KEYS[agent] for _, agent in SLOTS])
_FIRST_SLOT = np.array([0, *np.cumsum([len(each.agents) for each in DISTURBANCES])])
_PURPOSE = np.array([getattr(randomness, each.switch.upper()) for each in DISTURBANCES])
_IS_JUMP = np.array([each.form == "jump" for each in DISTURBANCES])
_IS_FACTOR = np.array([each.enters == "factor" for each in DISTURBANCES])
_SIZES = [{name.removeprefix(f"{each.name}_luck"): name for name in each.sizes} for each in DISTURBANCES]
MOST_WEIGHT = 0.99  # of size in the mean of a jump's exponential, which is infinite at one

LUCK = record(
    scale=("f8", (KINDS,)),  # none where the disturbance is off
    memory=("f8", (KINDS,)),
    chance=("f8", (KINDS,)),
    reach=("f8", (KINDS,)),  # part of what is left that takes effect in a quarter
    lag_weight=("f8", (KINDS,)),  # memory to the power of the quarters gone by
    compensation=("f8=0", (KINDS,)),  # what brings the mean of the factor to one, or of the sum to zero
    given=("f8", (len(SLOTS),)),  # innovations of the quarter from outside, not a number where they are drawn
    innovation=("f8=0", (len(SLOTS),)),
    state=("f8=0", (len(SLOTS),)),
    deviation=("f8=0", (KINDS, COLUMNS)),  # by column of the agent; what all have in common stands in the first
    factor=("f8", (KINDS, COLUMNS)),
)


def start_luck(luck: np.void, parameters: Parameters) -> None:
    """Nobody has had luck yet."""
    luck["lag_weight"] = luck["factor"] = 1.0
    luck["given"] = np.nan
    set_sizes(luck, parameters)


def set_sizes(luck: np.void, parameters: Parameters) -> None:
    """Enter sizes from the parameters; what is off does nothing any more, whatever luck there was."""
    on = [parameters["luck"] * parameters[each.switch] for each in DISTURBANCES]
    luck["scale"] = [part * parameters[names[""]] for part, names in zip(on, _SIZES, strict=True)]
    luck["memory"] = [parameters[names["_memory"]] for names in _SIZES]
    luck["chance"] = [parameters[names["_chance"]] if "_chance" in names else 0.0 for names in _SIZES]
    luck["reach"] = [parameters[names["_reach"]] if "_reach" in names else 1.0 for names in _SIZES]
    off = luck["scale"] <= 0.0
    slots = off[KIND_OF_SLOT]
    luck["state"][slots] = luck["innovation"][slots] = luck["compensation"][off] = luck["deviation"][off] = 0.0
    luck["lag_weight"][off] = luck["factor"][off] = 1.0


def still(luck: np.void) -> None:
    """Take all luck out of an economy: a trial quarter has none."""
    luck["scale"] = 0.0


def give(luck: np.void, innovations: npt.NDArray[np.float64] | None) -> None:
    """Set the innovations of the coming quarter, in the order of SLOTS; NaN, or None for all, where they are drawn."""
    luck["given"][:] = np.nan if innovations is None else innovations


@rule
def tail_probability(innovation: float) -> float:
    """Probability that a standard normal number is larger."""
    return 0.5 * math.erfc(innovation / math.sqrt(2.0))


@rule
def shock_of(innovation: float, size: float, chance: float, is_jump: bool) -> float:
    """What an innovation in standard normal units adds to the state: in proportion or, of jumps, an exponential number
    of mean `size` in the upper tail of probability `chance`, and nothing below it."""
    if not is_jump:
        return size * innovation
    beyond = tail_probability(innovation)
    return size * math.log(chance / max(beyond, 1e-300)) if beyond < chance else 0.0


@rule
def mean_of_shock(weight: float, size: float, chance: float, is_jump: bool, is_factor: bool) -> float:
    """What a shock that counts with `weight` adds to the log of the mean factor (the cumulant generating function of
    its law at that weight), or to the mean of the sum."""
    if not is_factor:
        return chance * weight * size if is_jump else 0.0
    if not is_jump:
        return 0.5 * (weight * size) ** 2
    return math.log(1.0 - chance + chance / (1.0 - min(weight * size, MOST_WEIGHT)))


@rule
def inverse(luck: Record, kind: int) -> float:
    """The factor turned round, so that what one side gains the other loses, with mean one as well."""
    return math.exp(-luck.deviation[kind, 0] - 2.0 * luck.compensation[kind])


@rule
def bring_luck(world: Any, accounts: Any, firms: Any) -> None:
    """The luck of the quarter: innovations given or drawn, states, and what enters the rules."""
    w = world[0]
    luck = w.luck
    quarter = w.opening_quarter + w.quarter
    for k in range(KINDS):
        size = luck.scale[k]
        if size <= 0.0:
            continue
        memory, chance = luck.memory[k], luck.chance[k]
        weight = luck.lag_weight[k]
        luck.compensation[k] += mean_of_shock(weight, size, chance, _IS_JUMP[k], _IS_FACTOR[k])
        luck.lag_weight[k] = weight * memory
        key = draw_key(w.seed, _PURPOSE[k], quarter)
        for slot in range(_FIRST_SLOT[k], _FIRST_SLOT[k + 1]):
            innovation = luck.given[slot]
            if math.isnan(innovation):
                innovation = normal_of(key, _KEY_OF_SLOT[slot])
            luck.innovation[slot] = innovation
            luck.state[slot] = memory * luck.state[slot] + shock_of(innovation, size, chance, _IS_JUMP[k])
            deviation = luck.deviation[k, COLUMN_OF_SLOT[slot]]
            deviation += luck.reach[k] * (luck.state[slot] - luck.compensation[k] - deviation)
            luck.deviation[k, COLUMN_OF_SLOT[slot]] = deviation
            if _IS_FACTOR[k]:
                luck.factor[k, COLUMN_OF_SLOT[slot]] = math.exp(deviation)
