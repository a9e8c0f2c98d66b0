"""Creditors give way when they get more that way."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.distress.relief import (
    CUT,
    EXTENSION,
    NO_RELIEF,
    choose_relief,
    cut_needed,
    grants_relief,
    share_in_favour,
    value_with_cut,
    value_with_extension,
)

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


def test_of_two_ways_out_creditors_take_the_one_that_gives_more() -> None:
    assert choose_relief(CLAIMS, WITHOUT, MORE, MORE + 1.0) == EXTENSION
    assert choose_relief(CLAIMS, WITHOUT, MORE + 1.0, MORE) == CUT
    assert choose_relief(CLAIMS, WITHOUT, LESS, MORE) == EXTENSION
    assert choose_relief(CLAIMS, WITHOUT, MORE, LESS) == CUT
    assert choose_relief(CLAIMS, WITHOUT, LESS, LESS) == NO_RELIEF


def test_a_debtor_asks_for_no_more_than_it_needs_and_for_nothing_that_does_not_help() -> None:
    assert cut_needed(10.0, 8.0, 0.3) == pytest.approx(0.2)
    assert cut_needed(10.0, 7.0, 0.3) == pytest.approx(0.3)
    assert cut_needed(10.0, 6.0, 0.3) == 0.0
    assert cut_needed(10.0, 12.0, 0.3) == 0.0
    assert cut_needed(0.0, 0.0, 0.3) == 0.0


def test_a_cut_of_thirty_percent_for_a_year_costs_creditors_that_much_of_a_year() -> None:
    assert value_with_cut(10.0, 12.0, 0.3, 4.0, 0.0) == pytest.approx(120.0 - 12.0)
    assert value_with_cut(10.0, 2.0, 0.3, 4.0, 0.0) == pytest.approx(14.0)


def test_an_extension_costs_creditors_time_alone() -> None:
    assert value_with_extension(10.0, 12.0, 4.0, 0.0) == pytest.approx(120.0)
    paid_late = sum(10.0 / 1.02**quarter for quarter in range(5, 17))
    assert value_with_extension(10.0, 12.0, 4.0, 0.02) == pytest.approx(paid_late)


def test_a_cut_is_worth_what_its_payments_are_worth() -> None:
    payments = [7.0] * 4 + [10.0] * 8
    worth = sum(payment / 1.02**quarter for quarter, payment in enumerate(payments, 1))
    assert value_with_cut(10.0, 12.0, 0.3, 4.0, 0.02) == pytest.approx(worth)
