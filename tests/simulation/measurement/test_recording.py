"""What is recorded of a quarter is what stands in the books."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.books import purposes


def test_imports_are_all_that_residents_paid_abroad_for_goods_services_and_equipment() -> None:
    economy = Economy(Scenario.load("baseline"), seed=2, quarters=6, firms=10, keep_books=False).run()
    ledger = economy.state[0][0]["ledger"]
    bought = (purposes.IMPORTS, purposes.AI_SERVICES_IMPORTED, purposes.IMPORTED_PARTS, purposes.AI_STRUCTURES_IMPORTED)
    at_home = ledger["resident"] == 1
    paid = {purpose: float(ledger["paid"][purpose][at_home].sum()) for purpose in bought}
    others = economy.kinds["other_buyers"]["account"]["column"]
    assert ledger["paid"][purposes.AI_STRUCTURES_IMPORTED][others][ledger["resident"][others] == 1].sum() > 0.0
    assert economy.series["imports"][-1] == pytest.approx(sum(paid.values()), rel=1e-12)
