"""A study stops when what it asks for is known as well as asked, at a seed that only the seeds decide."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from experiments import statistics as st
from experiments.batch.stopping import BETWEEN_LOOKS, Stopping
from experiments.statistics import settled_effect_width, settled_width
from experiments.study.schema import Plan, Specs, Study

SHARD = 10


def rule(policies: int = 0, **stop: object) -> Stopping:
    study = Study.model_validate({"policies": ["fed-put"] * policies, "stop": stop, "runs": 5000})
    return Stopping(Plan(study, study.arms(), Specs(study, [], {})))


def stops_at(stopping: Stopping, endings: dict[str, list[bool | None]], shard: int = SHARD) -> int | None:
    """The seeds at which it stops, shown the endings of every arm (None: the run failed) shard by shard."""
    for start in range(0, len(next(iter(endings.values()))), shard):
        rows = [
            (arm, stopping.first_seed + rank, ending)
            for arm, every in endings.items()
            for rank, ending in enumerate(every[start : start + shard], start)
            if ending is not None
        ]
        arms, seeds, outcomes = zip(*rows, strict=True)
        if stopping.met(pa.table({"arm": arms, "seed": seeds, "pullback": outcomes}), range(start, start + shard)):
            return start + shard
    return None


def endings(runs: int, bad: float = 0.4, seed: int = 1) -> list[bool | None]:
    return [bool(draw < bad) for draw in np.random.default_rng(seed).random(runs)]


def alone(width: float, runs: list[bool | None], least: int = 50) -> int | None:
    return stops_at(rule(width=width, least=least), {"baseline": runs})


def test_a_study_stops_once_its_interval_is_narrow_enough() -> None:
    seeds = alone(0.12, endings(2000))
    assert seeds is not None
    share = st.probability(endings(2000)[:seeds].count(True), seeds)
    assert share.high - share.low <= 0.12


def test_a_narrower_interval_takes_more_seeds_and_too_few_are_not_enough() -> None:
    needed = [alone(width, endings(5000)) for width in (0.3, 0.2, 0.1)]
    assert None not in needed
    assert sorted(set(needed)) == needed
    assert alone(0.1, endings(60)) is None


def test_seeds_that_come_later_do_not_change_where_a_study_stops() -> None:
    seeds = alone(0.15, endings(3000))
    assert seeds is not None
    assert alone(0.15, endings(3000)[:seeds]) == seeds
    assert alone(0.15, endings(3000)[: seeds - SHARD]) is None


def test_all_arms_must_be_known_and_failed_runs_tell_nothing() -> None:
    runs = endings(3000)
    holes = [ending if seed % 2 else None for seed, ending in enumerate(runs)]
    both = stops_at(rule(1, width=0.15, least=50), {"baseline": runs, "baseline + fed-put": holes})
    by_itself = alone(0.15, runs)
    assert by_itself is not None
    assert both is not None
    assert both >= 1.5 * by_itself


def test_a_study_is_looked_at_again_only_when_it_has_a_quarter_more_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(st, "settled_width", lambda count, n: float(looked.append(n) or 1.0))
    assert alone(0.01, endings(1000), least=100) is None
    assert looked[0] == 100
    assert all(later >= BETWEEN_LOOKS * earlier for earlier, later in pairwise(looked))


def test_a_lucky_streak_does_not_stop_a_study() -> None:
    """A hundred equal endings are not taken for certainty: the share that could be is what counts."""
    low, high = st.wilson_bounds(100, 100)
    assert alone(float(high - low) + 0.01, [True] * 100, least=100) is None


def test_a_streak_without_flips_does_not_stop_a_study_of_effects() -> None:
    same: dict[str, list[bool | None]] = {"baseline": endings(100), "baseline + fed-put": endings(100)}
    narrow = st.share_effect(np.zeros(100), np.zeros(100))
    asked = narrow.high - narrow.low + 0.01
    assert stops_at(rule(1, width=asked, of="effect", least=100), same) is None


def test_a_settled_width_is_never_narrower_than_the_interval_itself() -> None:
    for count in range(101):
        share = st.probability(count, 100)
        assert settled_width(count, 100) >= share.high - share.low - 1e-12
    assert settled_width(0, 0) == 1.0
    for gained in range(0, 101, 10):
        for lost in range(0, 101 - gained, 10):
            after = np.repeat([1.0, 0.0, 0.0], [gained, lost, 100 - gained - lost])
            before = np.repeat([0.0, 1.0, 0.0], [gained, lost, 100 - gained - lost])
            effect = st.share_effect(after, before)
            assert settled_effect_width(after, before) >= effect.high - effect.low - 1e-9
    assert settled_effect_width([np.nan], [1.0]) == 2.0


@pytest.mark.parametrize("bad", [0.05, 0.3, 0.5])
def test_the_number_of_seeds_hangs_on_the_width_more_than_on_the_sample(bad: float) -> None:
    needed = [alone(0.1, endings(1000, bad, seed)) for seed in range(10)]
    assert None not in needed
    assert max(filter(None, needed)) <= 2 * min(filter(None, needed))
