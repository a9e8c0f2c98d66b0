"""Why a run had its pullback: links removed one at a time, and the smallest change that prevents it."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.methods.autopsy import LEVERS, Autopsy, dissect, links_of, paragraph, table
from simulation import Economy, Scenario
from simulation.errors import CircuitError

BASELINE = Scenario.load("baseline")


def economy(seed: int, quarters: int = 40, scenario: Scenario = BASELINE) -> Economy:
    return Economy(scenario, seed=seed, quarters=quarters, firms=30, keep_books=False)


@pytest.fixture(scope="module")
def found() -> Autopsy:
    for seed in range(1, 30):
        if economy(seed).run().outcome.pullback:
            return dissect(economy(seed))
    raise AssertionError("no run of thirty has an investment pullback")


def test_every_link_is_something_that_happened_around_the_peak(found: Autopsy) -> None:
    assert found.removed
    events = found.economy.events
    for each in found.removed:
        assert found.pullback.peak - 4 <= each.link.quarter <= found.pullback.start
        if each.link.event is not None and each.link.kind != "gate":
            label = found.economy.label(each.link.quarter)
            mine = events[(events["quarter"] == label) & (events["agent"] == each.link.agent)]
            assert each.link.kind in set(mine["event"])
    assert len(links_of(found.economy, found.pullback)) == len(found.removed)


def test_a_fork_without_a_link_is_the_run_until_then(found: Autopsy) -> None:
    capex = found.economy.series["ai_capex_real"]
    for each in found.removed:
        before = each.link.quarter - 1
        assert np.array_equal(each.capex[:before], capex[:before])


def test_what_is_said_to_prevent_the_pullback_does(found: Autopsy) -> None:
    for each in found.removed:
        assert each.prevented or each.fall >= 0.3  # a fall of deliveries alone is no pullback
    for least in found.smallest:
        assert 0.0 < least.share <= 1.0
        assert least.lever in LEVERS
    shares = [least.share for least in found.smallest]
    assert shares == sorted(shares)


def test_the_paragraph_names_peak_links_and_the_smallest_change(found: Autopsy) -> None:
    said = paragraph(found)
    assert found.economy.label(int(found.pullback.peak)) in said
    assert f"{len(found.removed)} links" in said
    assert len(table(found)) == len(found.removed)


def test_a_run_without_a_pullback_is_not_dissected() -> None:
    with pytest.raises(CircuitError, match="no investment pullback"):
        dissect(economy(1, quarters=8, scenario=BASELINE.with_switches(boom=False)))
