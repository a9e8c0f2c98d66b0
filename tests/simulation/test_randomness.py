"""Random numbers depend on their four keys and on nothing else, and are distributed as they should be."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from simulation import randomness
from simulation.randomness import draw_normals, normal, normal_of, normal_quantile, uniform, uniform_of
from simulation.rule import COMPILED

MANY = 20_000
WORD = 2**64
PURPOSES = {name: value for name, value in vars(randomness).items() if name.isupper() and type(value) is int}


def draw_key(seed: int, purpose: int, quarter: int) -> np.uint64:
    """The shared key as compiled rules see it: on its way through Python it has become a plain integer."""
    return np.uint64(randomness.draw_key(seed, purpose, quarter))


def uniforms(seed: int = 1, purpose: int = randomness.FIRM_GAIN, quarter: int = 5, number: int = MANY) -> np.ndarray:
    key = draw_key(seed, purpose, quarter)
    return np.array([uniform_of(key, agent) for agent in range(number)])


def test_the_same_four_keys_give_the_same_number() -> None:
    assert uniform(3, randomness.FIRM_SIZE, 7, 11) == uniform(3, randomness.FIRM_SIZE, 7, 11)
    assert normal(3, randomness.FIRM_SIZE, 7, 11) == normal(3, randomness.FIRM_SIZE, 7, 11)
    assert uniform(3, randomness.FIRM_SIZE, 7, 11) == uniform_of(draw_key(3, randomness.FIRM_SIZE, 7), 11)
    assert normal(3, randomness.FIRM_SIZE, 7, 11) == normal_of(draw_key(3, randomness.FIRM_SIZE, 7), 11)


def test_a_key_that_went_through_python_draws_the_same_numbers() -> None:
    keys = [key for key in (int(draw_key(1, 1, quarter)) for quarter in range(64)) if key < 2**63]
    assert len(keys) > 10
    for key in keys:
        assert uniform_of(key, 5) == uniform_of(np.uint64(key), 5)


def test_each_of_the_four_keys_changes_the_number() -> None:
    keys = [3, randomness.FIRM_SIZE, 7, 11]
    number = uniform(*keys)
    for place in range(4):
        other = [*keys]
        other[place] += 1
        assert uniform(*other) != number


def test_agents_drawn_in_a_row_get_bit_for_bit_the_numbers_they_get_alone() -> None:
    key, numbers = draw_key(1, randomness.FIRM_DEMAND, 5), np.empty(1_000)
    draw_normals(key, 50, numbers)
    assert (numbers == [normal_of(key, agent) for agent in range(50, 1_050)]).all()
    assert (np.abs(numbers) > 2.0).any(), "the tails are drawn too"


def test_one_more_agent_changes_no_draw_of_the_others() -> None:
    assert (uniforms(number=101)[:100] == uniforms(number=100)).all()


def test_draws_do_not_depend_on_the_order_in_which_they_are_made() -> None:
    key = draw_key(1, randomness.FIRM_ADOPTS, 2)
    forwards = [uniform_of(key, agent) for agent in range(50)]
    assert forwards == [uniform_of(key, agent) for agent in reversed(range(50))][::-1]


def test_a_draw_for_another_purpose_changes_nothing() -> None:
    before = uniform(1, randomness.WITHDRAWAL, 4, 0)
    uniform(1, randomness.ROLL_OVER, 4, 0)
    assert uniform(1, randomness.WITHDRAWAL, 4, 0) == before


def test_no_two_purposes_share_a_number() -> None:
    assert len(PURPOSES) > 10
    assert len(set(PURPOSES.values())) == len(PURPOSES)


@pytest.mark.parametrize("seed", [0, 1, 2**61])
def test_uniform_numbers_are_uniform(seed: int) -> None:
    numbers = uniforms(seed)
    assert numbers.min() > 0.0
    assert numbers.max() < 1.0
    assert stats.kstest(numbers, "uniform").pvalue > 0.001
    assert abs(numbers.mean() - 0.5) < 4.0 * np.sqrt(1.0 / 12.0 / MANY)
    assert len(np.unique(numbers)) == MANY


def test_normal_numbers_are_normal() -> None:
    key = draw_key(1, randomness.PRODUCTIVITY, 9)
    numbers = np.array([normal_of(key, agent) for agent in range(MANY)])
    assert stats.kstest(numbers, "norm").pvalue > 0.001
    assert abs(numbers.mean()) < 4.0 / np.sqrt(MANY)
    assert abs(numbers.var() - 1.0) < 4.0 * np.sqrt(2.0 / MANY)
    assert abs(stats.skew(numbers)) < 4.0 * np.sqrt(6.0 / MANY)
    assert abs(stats.kurtosis(numbers)) < 4.0 * np.sqrt(24.0 / MANY)


def test_neighbouring_agents_quarters_purposes_and_seeds_are_unrelated() -> None:
    bound = 4.0 / np.sqrt(MANY)
    numbers = uniforms()
    others = [uniforms(seed=2), uniforms(purpose=randomness.FIRM_BELIEF), uniforms(quarter=6)]
    for other in others:
        assert abs(np.corrcoef(numbers, other)[0, 1]) < bound
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < bound


def test_numbers_of_one_agent_over_quarters_are_uniform() -> None:
    numbers = [uniform(1, randomness.MARKET_RETURN, quarter, 0) for quarter in range(2000)]
    assert stats.kstest(numbers, "uniform").pvalue > 0.001


def test_the_normal_quantile_is_as_exact_as_it_claims() -> None:
    probabilities = np.concatenate(
        [np.logspace(-16, -1.7, 200), np.linspace(0.02, 0.98, 200), 1 - np.logspace(-12, -2)]
    )
    exact = stats.norm.ppf(probabilities)
    ours = np.array([normal_quantile(float(probability)) for probability in probabilities])
    near_zero = np.abs(exact) < 1e-6
    assert np.abs(ours[~near_zero] / exact[~near_zero] - 1.0).max() < 1.2e-9
    assert np.abs(ours[near_zero]).max(initial=0.0) < 1e-6
    assert all(low < high for low, high in pairwise(ours[:200]))


def _unmix(state: int) -> int:
    """The key whose hash with agent 0 is `state`: every step of the hash undone."""

    def unshift(value: int, bits: int) -> int:
        result = value
        for _ in range(64 // bits + 1):
            result = value ^ (result >> bits)
        return result

    state = unshift(state, 31) * pow(0x94D049BB133111EB, -1, WORD) % WORD
    state = unshift(state, 27) * pow(0xBF58476D1CE4E5B9, -1, WORD) % WORD
    state = unshift(state, 30)
    golden = 0x9E3779B97F4A7C15
    return (state - golden) * pow(golden, -1, WORD) % WORD


def test_the_smallest_and_the_largest_hash_give_numbers_inside_the_open_interval() -> None:
    smallest = uniform_of(np.uint64(_unmix(0)), 0)
    largest = uniform_of(np.uint64(_unmix(WORD - 1)), 0)
    assert smallest == 0.5 / 2**53
    assert largest == 1.0 - 2.0**-53
    assert np.isfinite(normal_quantile(smallest))
    assert np.isfinite(normal_quantile(largest))


def sample() -> list[str]:
    keys = [
        (seed, purpose, quarter, 31 * quarter) for seed in (0, 1, 2**61) for purpose in (1, 30) for quarter in range(40)
    ]
    return [f"{float(uniform(*key)).hex()} {float(normal(*key)):.12e}" for key in keys]


def test_compiled_and_uncompiled_draws_are_the_same() -> None:
    code = "from tests.simulation.test_randomness import sample; print(*sample(), sep='\\n')"
    environment = {**os.environ, "CIRCUIT_JIT": "0" if COMPILED else "1"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.split("\n")[:-1] == sample()
