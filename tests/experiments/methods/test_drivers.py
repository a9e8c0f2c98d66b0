"""What drove the boom: parts of growth that add up."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.methods.drivers import GROUPS, TREND, draw_drivers, drivers, shapley
from simulation import CircuitError, Economy, Scenario
from simulation.disturbances.declared import DISTURBANCE_NAMES, sizes
from simulation.disturbances.given import Disturbances

TWO = {"chips": ("chips",), "all else": tuple(name for name in DISTURBANCE_NAMES if name != "chips")}


def economy(seed: int = 1, disturbances: Disturbances | None = None) -> Economy:
    return Economy(Scenario.load("baseline"), seed, quarters=4, firms=20, keep_books=False, disturbances=disturbances)


def test_every_disturbance_belongs_to_one_group() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(DISTURBANCE_NAMES)


def test_players_who_only_add_get_what_they_add_and_partners_share_what_they_do_together() -> None:
    """Alone a brings 1 and b 2; together they bring 7, of which 4 are owed to both. c brings nothing."""
    alone = {"a": 1.0, "b": 2.0, "c": 0.0}
    worth = {
        frozenset(chosen): sum(alone[each] for each in chosen) + (4.0 if {"a", "b"} <= set(chosen) else 0.0)
        for size in range(4)
        for chosen in combinations(alone, size)
    }
    assert shapley(worth, alone) == pytest.approx({"a": 3.0, "b": 4.0, "c": 0.0})


def test_parts_of_growth_add_up_to_it() -> None:
    had = economy(3).run()
    member = economy(3, Disturbances(had.innovations))
    found = drivers([member], "2025Q1", "2025Q4", "nvidia_revenue").set_index("driver")["contribution"]
    path = had.series["nvidia_revenue"]
    assert found["total"] == pytest.approx(np.log(path[3] / path[0]))
    assert found.drop("total").sum() == pytest.approx(found["total"])


def test_growth_without_luck_is_all_trend() -> None:
    found = drivers([economy()], "2025Q1", "2025Q4", groups=TWO)
    still = drivers([economy(disturbances=Disturbances.none(4))], "2025Q1", "2025Q4", groups=TWO).set_index("driver")
    assert still["contribution"]["chips"] == pytest.approx(0.0, abs=0.02)
    assert found.set_index("driver")["contribution"][TREND] == pytest.approx(still["contribution"][TREND])


def test_a_bad_yield_is_told_as_bad_luck_in_chips() -> None:
    given_luck = Disturbances.none(4).innovations.copy()
    member = economy(disturbances=Disturbances(given_luck))
    bad = given_luck.copy()
    bad[3, Disturbances.slots.index(("chips", "Nvidia"))] = -2.0
    change = [
        drivers([each], "2025Q1", "2025Q4", "nvidia_revenue", TWO).set_index("driver")["contribution"]
        for each in (member, economy(disturbances=Disturbances(bad)))
    ]
    lost = -2.0 * sizes()["chips_luck"].value
    assert change[1]["chips"] - change[0]["chips"] == pytest.approx(lost, abs=0.02)
    assert change[1]["all else"] == pytest.approx(change[0]["all else"], abs=0.02)


def test_the_figure_says_what_would_have_come_without_luck(tmp_path: Path) -> None:
    found = pd.DataFrame(
        {
            "driver": [TREND, "chips", "all else", "total"],
            "contribution": [0.3, -0.1, 0.2, 0.4],
            "low": [0.3, -0.2, 0.1, 0.3],
            "high": [0.3, 0.0, 0.3, 0.5],
            "share": [0.75, -0.25, 0.5, 1.0],
        }
    )
    draw_drivers(found, "2023Q4", "2025Q3", "capex", tmp_path / "drivers.png")
    assert (tmp_path / "drivers.png").stat().st_size > 10_000
    assert len(pd.read_csv(tmp_path / "drivers.csv")) == 4


def test_quarters_and_series_that_are_not_there_are_named_with_what_is() -> None:
    with pytest.raises(CircuitError, match="choose 2025Q1 to 2025Q4"):
        drivers([economy()], "2024Q1", "2025Q4")
    with pytest.raises(CircuitError, match="not after"):
        drivers([economy()], "2025Q3", "2025Q2")
    with pytest.raises(CircuitError, match="unknown"):
        drivers([economy()], "2025Q1", "2025Q4", "capex of all")
    with pytest.raises(CircuitError, match="each disturbance once"):
        drivers([economy()], "2025Q1", "2025Q4", groups={"chips": ("chips",)})
    with pytest.raises(CircuitError, match="at least one"):
        drivers([], "2025Q1", "2025Q4")
