"""Income statements of the AI sector: taxes are paid in full."""

from __future__ import annotations

import pytest

from simulation import Economy
from simulation.incomes.statements import close_statements


def test_a_tax_that_money_does_not_reach_is_borrowed_and_paid() -> None:
    economy = Economy(seed=1, quarters=1, firms=10, keep_books=False)
    economy.step()
    cloud = economy.kinds["clouds"][0]
    cloud["account"]["cash"] = 0.5
    debt = float(cloud["account"]["loan"])
    treasury = economy.kinds["governments"][0]["account"]
    before = float(treasury["cash"])
    close_statements(*economy.state)
    part = float(economy.state[0][0]["parameters"]["tax_profits"])
    tax = part * float(cloud["profit"]) / (1.0 - part)
    assert tax > 1.0
    assert float(cloud["account"]["cash"]) == pytest.approx(0.0)
    assert float(cloud["account"]["loan"]) == pytest.approx(debt + tax - 0.5)
    assert float(treasury["cash"]) >= before + tax
