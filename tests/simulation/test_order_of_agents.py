"""Nobody is served first: the order of agents in an array changes nothing that is recorded."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.scenario.paths import Path
from tests.simulation.permutation import PERMUTED, orders, permuted, silence_luck

QUARTERS, TOGETHER = 9, 3
ROUNDING = 1e-6
SLOTS = {"debt_rank_actor", "nvidia_revenue", "big4_capex", "big4_cash_flow", "capex_to_cash_flow"}
"""series that read or name a slot: they follow who stands in it"""

BASELINE = Scenario.load("baseline")
SCARCE = BASELINE.with_shocks(
    Path("bank_ai_limit", 2, -0.995), Path("private_credit_leverage", 2, 0.5), Path("venture_appetite", 2, 0.3)
)
CRISIS = BASELINE.with_shocks(Path("patience", 2, 10.0), Path("bond_window", 5, 0.0))
SITUATIONS = {
    "money for all": (BASELINE, True, False, ()),
    "lenders short of money": (SCARCE, True, False, ()),
    "lenders refuse and deals are cancelled": (BASELINE, False, True, ()),
    "failures": (CRISIS, False, False, ("OpenAI", "CoreWeave", "Neocloud 3")),
}


@cache
def before(situation: str) -> Economy:
    """An economy some quarters on, without luck that differs from slot to slot."""
    scenario, roll_over, cancelled, failing = SITUATIONS[situation]
    economy = Economy(scenario, seed=3, quarters=QUARTERS, firms=30, keep_books=False)
    silence_luck(economy, roll_over, cancelled)
    for _ in range(QUARTERS - TOGETHER):
        economy.step()
    for name in failing:
        economy.state[0][0]["debtors"]["forced"][economy.column_names.index(name)] = 1.0
    return economy


@cache
def after(situation: str) -> np.ndarray:
    return before(situation).fork().run().series


def differences(situation: str, twin: Economy) -> dict[str, tuple[float, float]]:
    """Series that go another way in the other order, with their values in both."""
    one, other = after(situation)[-TOGETHER:], twin.run().series[-TOGETHER:]
    different = {}
    for name in set(one.dtype.names or ()) - SLOTS - {"worst_residual"}:
        off = ~np.isclose(one[name], other[name], rtol=ROUNDING, atol=1e-9)
        if off.any():
            different[name] = (float(one[name][off][0]), float(other[name][off][0]))
    return different


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("kind", PERMUTED)
def test_the_order_of_agents_of_a_kind_changes_no_series(kind: str, situation: str) -> None:
    for shuffle in (0, 1):
        assert not differences(situation, permuted(before(situation), orders(kind, shuffle)))


def test_the_order_of_firms_changes_no_series() -> None:
    economy = before("money for all")
    assert not differences("money for all", permuted(economy, {}, firms=np.arange(30)[::-1]))


def test_another_order_is_another_order() -> None:
    economy = before("money for all")
    twin = permuted(economy, orders("clouds", 0))
    online = economy.kinds["clouds"]["online"]
    assert (twin.kinds["clouds"]["online"] == online[::-1]).all()
    assert not (twin.kinds["clouds"]["online"] == online).all()
