"""What a policy moves and who pays: paired differences that add up."""

from __future__ import annotations

import pytest

from experiments.cost_of_policy import ALWAYS, TARGETS, cost_of
from simulation.scenario import Scenario, available_policies, load_policy
from simulation.scenario.levers import LEVERS
from simulation.series import SERIES

BASELINE = Scenario.load("baseline")


def test_every_shipped_policy_says_by_which_series_it_is_to_be_judged() -> None:
    for listing in available_policies():
        for path in load_policy(listing.name).paths:
            assert TARGETS[path.lever], path.lever
    assert set(TARGETS) <= set(LEVERS)
    assert {name for names in TARGETS.values() for name in names} | set(ALWAYS) <= set(SERIES)


def test_what_government_pays_more_it_borrows_and_ends_poorer_by() -> None:
    cost = cost_of(BASELINE, load_policy("investment-credit").starting(2), 2, 3, "2024Q4", 20)
    rows = cost.government.set_index("row")["difference"]
    assert rows["investment_credit"] < -1.0
    assert rows["government_bond_trades"] == pytest.approx(-rows.drop("government_bond_trades").sum(), abs=0.05)
    assert cost.sectors.set_index("sector")["difference"]["governments"] == pytest.approx(
        rows.drop("government_bond_trades").sum(), abs=0.05
    )
    moved = cost.moved.set_index("series")
    assert (moved["with"] - moved["without"]).to_numpy() == pytest.approx(moved["difference"].to_numpy())
