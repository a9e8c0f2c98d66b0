"""Who failed in a run is told by when the first did and by what creditors lost."""

from __future__ import annotations

import pandas as pd

from experiments.narrative.failed import tell_failures

DATES = [f"{year}Q{quarter}" for year in (2026, 2027) for quarter in (1, 2, 3, 4)]


def history(on_debt: float = 0.0) -> pd.DataFrame:
    losses = [on_debt] + [0.0] * 7
    return pd.DataFrame({"firm_failures": 2.0, "ai_credit_losses": losses}, index=DATES)


def told(*rows: tuple[str, str, str, float], on_debt: float = 0.0) -> str:
    events = pd.DataFrame(rows, columns=["quarter", "agent", "event", "amount"])
    return tell_failures(history(on_debt), events)


def test_the_costliest_are_named_wherever_in_time_they_stand() -> None:
    small = [("2026Q2", f"Lab {number}", "default", 1.0 + number) for number in (3, 4, 5)]
    late = [("2027Q3", "Amazon", "default", 570.0), ("2027Q3", "Vehicle 6", "default", 91.0)]
    assert told(*small, *late, ("2027Q4", "Lab 5", "default", 20.0), on_debt=600.0) == (
        "From 2026Q1 on, 5 firms and lenders of the AI sector failed, the first in 2026Q2 (Lab 3, Lab 4 and Lab 5). "
        "Creditors lost most on Amazon ($570bn, 2027Q3), Vehicle 6 ($91bn, 2027Q3), Lab 5 ($20bn, 2027Q4) and Lab 4 "
        "($5.0bn, 2026Q2). On all that failed creditors lost $696bn, $600bn of it on debt; the rest were dues and "
        "damages of contracts, which are no credit event. 16 ordinary firms failed and were replaced."
    )


def test_a_bank_that_is_resolved_is_named_and_costs_its_creditors_nothing() -> None:
    found = told(("2026Q2", "xAI", "default", 0.3), ("2027Q1", "Bank 3", "bank_resolved", 364.0), on_debt=0.3)
    assert "the first in 2026Q2 (xAI). Bank 3 was resolved in 2027Q1. 16 ordinary" in found
    assert "364" not in found


def test_few_failures_are_told_as_few() -> None:
    assert told().startswith("No firm of the AI sector and no lender failed; 16 ordinary firms failed")
    assert "only Lab 5 failed, in 2026Q3." in told(("2026Q3", "Lab 5", "default", 0.2))
    both = told(("2026Q3", "Lab 5", "default", 0.2), ("2026Q3", "xAI", "default", 0.2))
    assert "only Lab 5 and xAI failed, all in 2026Q3." in both
