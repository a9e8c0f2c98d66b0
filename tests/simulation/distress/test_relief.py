"""Creditors give way when they get more that way."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.books.purposes import COMPUTE_RENTAL, LOANS
from simulation.distress.relief import cut_needed, grants_relief, share_in_favour
from simulation.distress.workout import grant_relief
from simulation.obligations.dues import BANK_LOAN, LEASES, NO_CLAIM, SECURED, liquid, open_dues, owe, relief_on
from simulation.registry import FIRST_COLUMN

CLAIMS = np.array([60.0, 30.0, 10.0])
WITHOUT = np.array([30.0, 15.0, 5.0])
MORE, LESS = WITHOUT + 5.0, WITHOUT - 5.0


def test_votes_count_by_value_not_by_heads() -> None:
    only_the_largest = np.where(CLAIMS == 60.0, MORE, LESS)
    assert share_in_favour(CLAIMS, WITHOUT, only_the_largest) == pytest.approx(0.6)
    assert grants_relief(CLAIMS, WITHOUT, only_the_largest)
    assert not grants_relief(CLAIMS, WITHOUT, np.where(CLAIMS == 60.0, LESS, MORE))


def test_half_is_no_majority_and_equal_recovery_is_no_reason() -> None:
    assert not grants_relief(np.array([1.0, 1.0]), np.array([0.0, 0.0]), np.array([1.0, 0.0]))
    assert not grants_relief(CLAIMS, WITHOUT, WITHOUT)
    assert not grants_relief(np.zeros(3), WITHOUT, MORE)


def test_a_debtor_asks_for_no_more_than_it_needs_and_for_nothing_that_does_not_help() -> None:
    assert cut_needed(10.0, 8.0, 0.3) == pytest.approx(0.2)
    assert cut_needed(10.0, 7.0, 0.3) == pytest.approx(0.3)
    assert cut_needed(10.0, 6.0, 0.3) == 0.0
    assert cut_needed(10.0, 12.0, 0.3) == 0.0
    assert cut_needed(0.0, 0.0, 0.3) == 0.0


RENTS, MEANS = 10.0, 8.0


def short_lab(rents: float, loan_due: float = 0.0) -> tuple[Economy, int]:
    """An economy in which creditors have been asked by a lab with 8 bn, and the lab's column."""
    economy = Economy(Scenario.load("baseline"), seed=1, quarters=1, firms=10, keep_books=False)
    world, accounts, _ = economy.state
    lab = economy.names["labs"].index("Lab 5")
    column = FIRST_COLUMN["labs"] + lab
    economy.kinds["labs"]["account"]["cash"][lab] = MEANS
    w = world[0]
    owe(w, column, FIRST_COLUMN["clouds"], rents, LEASES, COMPUTE_RENTAL, NO_CLAIM, 0)
    if loan_due > 0.0:
        owe(w, column, int(accounts[column]["lender"]), loan_due, SECURED, LOANS, BANK_LOAN, 1)
    grant_relief(w, accounts, column, liquid(w, accounts[column]))
    return economy, column


def test_rents_are_cut_for_a_year_by_what_the_debtor_lacks() -> None:
    economy, column = short_lab(RENTS)
    w = economy.state[0][0]
    assert float(w["clearing"]["dues"]["amount"][0]) == pytest.approx(8.0)
    cuts = []
    for _ in range(5):
        cuts.append(float(relief_on(w, column)))
        open_dues(*economy.state)
    assert cuts == pytest.approx([0.2, 0.2, 0.2, 0.2, 0.0])


def test_a_loan_that_matures_is_extended_before_any_rent_is_cut() -> None:
    economy, column = short_lab(8.0, loan_due=5.0)
    w = economy.state[0][0]
    assert w["clearing"]["dues"]["amount"][:2].tolist() == [8.0, 0.0]
    assert float(relief_on(w, column)) == 0.0
    assert float(w["debtors"]["relief_left"][column]) == 4.0


def test_nobody_lets_off_a_debtor_whom_that_would_not_save() -> None:
    economy, column = short_lab(12.0, loan_due=5.0)
    w = economy.state[0][0]
    assert w["clearing"]["dues"]["amount"][:2].tolist() == [12.0, 5.0]
    assert float(w["debtors"]["relief_left"][column]) == 0.0
