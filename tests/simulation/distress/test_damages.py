"""What a failed customer owes for its contract."""

from __future__ import annotations

import pytest

from simulation.distress.damages import take_or_pay_damages


def test_damages_are_eight_quarters_of_what_the_contract_paid_above_spot() -> None:
    assert take_or_pay_damages(12.0, 40.0, 0.11, 0.07, 8.0) == pytest.approx(12.8)


def test_a_contract_near_its_end_gives_damages_for_what_is_left() -> None:
    assert take_or_pay_damages(3.0, 40.0, 0.11, 0.07, 8.0) == pytest.approx(4.8)
    assert take_or_pay_damages(-1.0, 40.0, 0.11, 0.07, 8.0) == 0.0


def test_a_provider_that_can_let_for_more_has_no_damage() -> None:
    assert take_or_pay_damages(12.0, 40.0, 0.07, 0.11, 8.0) == 0.0
