"""Randomness is a function of seed, purpose, quarter and agent: scenarios differ by what they change, never by luck."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from simulation import Economy, Scenario
from simulation.randomness import FIRM_ADOPTS, FIRM_DEMAND, normal, normal_quantile, uniform
from simulation.scenario import available_policies
from simulation.scenario.levers import LEVERS
from simulation.scenario.paths import Path as LeverPath
from simulation.series import SERIES

BASELINE = Scenario.load("baseline")
POLICIES = [listing.name for listing in available_policies()]
STRONG = {"fed_put": 0.1, "policy_rate": 0.02, "sentiment": -0.3, "permitting_lead": 2.0, "gate": -0.05}


def series_of(scenario: Scenario, quarters: int = 8, seed: int = 2, firms: int = 30) -> npt.NDArray[np.void]:
    return Economy(scenario, seed=seed, quarters=quarters, firms=firms, keep_books=False).run().series


@cache
def baseline_series() -> npt.NDArray[np.void]:
    return series_of(BASELINE)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_leaves_every_quarter_before_its_start_bit_for_bit_as_it_was(policy: str) -> None:
    base, changed = baseline_series(), series_of(BASELINE.with_policy(policy))
    assert changed[:4].tobytes() == base[:4].tobytes()


@pytest.mark.parametrize("lever", LEVERS)
def test_a_shock_leaves_every_quarter_before_its_start_bit_for_bit_as_it_was(lever: str) -> None:
    declared = LEVERS[lever]
    size = STRONG.get(lever, min(declared.neutral + 0.1, declared.high))
    base, changed = baseline_series(), series_of(BASELINE.with_shocks(LeverPath(lever, 5, size)))
    assert changed[:4].tobytes() == base[:4].tobytes()


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_at_its_neutral_value_changes_nothing(lever: str) -> None:
    neutral = BASELINE.with_shocks(LeverPath(lever, 2, LEVERS[lever].neutral))
    assert series_of(neutral).tobytes() == baseline_series().tobytes()


def test_the_same_seed_gives_the_same_bytes_again() -> None:
    assert series_of(BASELINE).tobytes() == series_of(BASELINE).tobytes()


FRESH = """
import hashlib
from simulation import Economy, Scenario
run = Economy(Scenario.load("baseline"), seed=2, quarters=8, firms=30, keep_books=False).run()
print(hashlib.sha256(run.series.tobytes()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_in_a_fresh_process() -> None:
    fresh = subprocess.run([sys.executable, "-c", FRESH], check=True, capture_output=True, text=True)
    assert fresh.stdout.strip() == hashlib.sha256(series_of(BASELINE).tobytes()).hexdigest()


def test_other_seeds_give_other_histories() -> None:
    histories = {series_of(BASELINE, seed=seed).tobytes() for seed in range(6)}
    assert len(histories) == 6


def test_one_more_firm_changes_no_draw_of_the_others() -> None:
    few = Economy(BASELINE, seed=2, quarters=1, firms=30, keep_books=False)
    more = Economy(BASELINE, seed=2, quarters=1, firms=31, keep_books=False)
    few.step()
    more.step()
    for luck in ("luck", "fortune"):
        if luck in (few.kinds["firms"].dtype.names or ()):
            assert (more.kinds["firms"][luck][:30] == few.kinds["firms"][luck]).all(), luck
    z_few, z_more = few.kinds["firms"]["gain"], more.kinds["firms"]["gain"][:30]
    ratio = z_more / z_few  # means are set over all firms: each firm's own draw stays
    assert ratio == pytest.approx(np.full(30, ratio[0]))


def test_a_draw_depends_on_its_four_keys_alone() -> None:
    draws = {uniform(seed, purpose, quarter, agent)
             for seed in (1, 2) for purpose in (FIRM_ADOPTS, FIRM_DEMAND)
             for quarter in (1, 2) for agent in (0, 1)}  # fmt: skip
    assert len(draws) == 16
    assert uniform(1, FIRM_ADOPTS, 2, 3) == uniform(1, FIRM_ADOPTS, 2, 3)


def test_uniform_draws_fill_the_interval_evenly_and_normal_ones_are_standard() -> None:
    flat = np.sort([uniform(7, FIRM_ADOPTS, 3, agent) for agent in range(4000)])
    assert np.abs(flat - (np.arange(4000) + 0.5) / 4000).max() < 1.63 / np.sqrt(4000), "Kolmogorov-Smirnov, 1 percent"
    bell = np.array([normal(7, FIRM_DEMAND, quarter, 5) for quarter in range(4000)])
    assert abs(bell.mean()) < 0.05
    assert bell.std() == pytest.approx(1.0, abs=0.04)
    assert abs(np.corrcoef(bell[1:], bell[:-1])[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("probability", "quantile"), [(0.5, 0.0), (0.975, 1.959964), (0.01, -2.326348), (0.999, 3.090232)]
)
def test_normal_quantiles_are_those_of_the_tables(probability: float, quantile: float) -> None:
    assert normal_quantile(probability) == pytest.approx(quantile, abs=1e-6)


def test_common_random_numbers_cut_the_noise_of_a_policys_effect() -> None:
    def effects(policy: str, shift: int) -> npt.NDArray[np.float64]:
        """GDP with the policy less GDP without it under another twelve seeds, `shift` apart."""
        changed = [series_of(BASELINE.with_policy(policy), 12, seed)["gdp"][-1] for seed in range(12)]
        base = [series_of(BASELINE, 12, seed + shift)["gdp"][-1] for seed in range(12)]
        return np.array(changed) - np.array(base)

    for policy in ("stimulus", "bank-buffer"):
        assert effects(policy, 0).var() < 0.1 * effects(policy, 100).var()


def test_all_series_take_part_in_the_comparison() -> None:
    assert series_of(BASELINE).dtype.names == tuple(SERIES)
