"""Economies that open alike share the work of opening, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import Economy, Scenario

BASELINE = Scenario.load("baseline")


def economy(scenario: Scenario = BASELINE, seed: int = 1, firms: int = 20) -> Economy:
    return Economy(scenario, seed=seed, quarters=3, firms=firms, keep_books=False)


def test_an_economy_opens_the_same_after_another_has_run_from_the_same_opening() -> None:
    first = economy().run()
    again = economy()
    assert not np.shares_memory(first.kinds["firms"], again.kinds["firms"])
    assert again.run().series.tobytes() == first.series.tobytes()


def test_what_is_done_to_one_economy_is_not_seen_in_the_next() -> None:
    untouched = economy().run().series["gdp"]
    changed = economy()
    changed.kinds["clouds"]["account"]["cash"][0] += 1.0
    changed.kinds["firms"]["belief"] *= 2.0
    assert economy().run().series["gdp"].tobytes() == untouched.tobytes()


def test_a_policy_opens_on_the_same_books_as_the_baseline_of_its_seed() -> None:
    without, under = economy(), economy(BASELINE.with_policy("tariff"))
    for kind, members in without.kinds.items():
        assert (members == under.kinds[kind]).all(), kind


@pytest.mark.parametrize(
    "other",
    [{"seed": 2}, {"firms": 21}, {"scenario": BASELINE.with_parameters(buffer_scale=2.0)}],
    ids=["seed", "number of firms", "parameter"],
)
def test_another_seed_size_or_parameter_has_an_opening_of_its_own(other: dict[str, Any]) -> None:
    ours, theirs = economy().kinds, economy(**other).kinds
    assert any(ours[kind].tobytes() != theirs[kind].tobytes() for kind in ours)
