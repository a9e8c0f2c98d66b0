"""Economies that open alike share the work of opening, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.recent import Recent
from simulation.vintages.finished import OPENINGS

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


def test_as_many_openings_are_kept_as_a_process_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    kept = Recent(lambda number: made.append(number) or len(made), most=2)
    assert [kept(number) for number in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 4]
    assert made == [1, 2, 3, 2]  # 1 was asked for more lately than 2 when 3 needed its place
    monkeypatch.setattr(OPENINGS, "most", 2)
    first, second = economy(seed=1).run(), economy(seed=2).run()
    assert economy(seed=1).run().series.tobytes() == first.series.tobytes()
    assert economy(seed=2).run().series.tobytes() == second.series.tobytes()


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
