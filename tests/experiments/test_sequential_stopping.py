"""A study stops when its shares are known as well as asked, at a seed that only the seeds decide."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from experiments import statistics as st
from experiments.statistics import seeds_needed, settled_width
from experiments.statistics.stopping import FIRST_LOOK, looks

LABELS = ("payoff", "muddle-through", "pullback", "systemic bust")


def outcomes(runs: int, seed: int = 1, shares: tuple[float, ...] = (0.12, 0.08, 0.31, 0.49)) -> list[str]:
    return [LABELS[draw] for draw in np.random.default_rng(seed).choice(4, size=runs, p=shares)]


def test_a_study_stops_once_its_widest_interval_is_narrow_enough() -> None:
    labels = outcomes(2000)
    seeds = seeds_needed({"baseline": labels}, LABELS, 0.12)
    assert seeds is not None
    counted = st.outcome_shares({label: labels[:seeds].count(label) for label in LABELS})
    assert max(share.high - share.low for share in counted.values()) <= 0.12


def test_a_narrower_interval_takes_more_seeds_and_too_few_are_not_enough() -> None:
    study = {"baseline": outcomes(5000)}
    needed = [seeds_needed(study, LABELS, width) for width in (0.3, 0.2, 0.1)]
    assert needed == sorted(needed)
    assert len(set(needed)) == 3
    assert seeds_needed({"baseline": outcomes(60)}, LABELS, 0.1) is None
    assert seeds_needed({}, LABELS, 0.1) is None


def test_seeds_that_come_later_do_not_change_where_a_study_stops() -> None:
    labels = outcomes(3000)
    seeds = seeds_needed({"baseline": labels}, LABELS, 0.15)
    assert seeds is not None
    assert seeds_needed({"baseline": labels[:seeds]}, LABELS, 0.15) == seeds
    assert seeds_needed({"baseline": labels[: seeds - 1]}, LABELS, 0.15) is None


def test_all_arms_must_be_known_and_failed_runs_tell_nothing() -> None:
    labels = outcomes(3000)
    alone = seeds_needed({"baseline": labels}, LABELS, 0.15)
    holes = [label if seed % 2 else None for seed, label in enumerate(labels)]
    both = seeds_needed({"baseline": labels, "late-chips": holes}, LABELS, 0.15)
    assert alone is not None
    assert both is not None
    assert both >= 1.8 * alone


def test_a_lucky_streak_does_not_stop_a_study() -> None:
    """Fifty equal outcomes are not taken for certainty: the share that could be is what counts."""
    streak = ["pullback"] * FIRST_LOOK
    joint = 1.0 - 0.05 / len(LABELS)
    low, high = st.wilson_bounds(FIRST_LOOK, FIRST_LOOK, joint)
    assert seeds_needed({"baseline": streak}, LABELS, float(high - low) + 0.01) is None


def test_a_settled_width_is_never_narrower_than_the_interval_itself() -> None:
    for count in range(101):
        share = st.probability(count, 100)
        assert settled_width(count, 100) >= share.high - share.low - 1e-12
    assert settled_width(0, 0) == 1.0


def test_looks_lie_further_and_further_apart() -> None:
    seen = list(looks(1000))
    assert seen[0] == FIRST_LOOK
    assert all(later >= 1.2 * earlier for earlier, later in pairwise(seen))
    assert max(seen) <= 1000
    assert list(looks(FIRST_LOOK - 1)) == []


@pytest.mark.parametrize("shares", [(0.9, 0.05, 0.03, 0.02), (0.25, 0.25, 0.25, 0.25)])
def test_the_number_of_seeds_hangs_on_the_width_more_than_on_the_sample(shares: tuple[float, ...]) -> None:
    needed = [seeds_needed({"baseline": outcomes(1000, seed, shares)}, LABELS, 0.2) for seed in range(10)]
    assert None not in needed
    assert max(filter(None, needed)) <= 2 * min(filter(None, needed))
