"""Prices of private shares: new money sets them, whoever brings it; without new money they grow stale."""

from __future__ import annotations

import math

import pytest

from simulation import Economy
from simulation.deals.stakes import pay_stakes
from simulation.obligations.deal_register import EQUITY_STAKE
from simulation.valuation.private_marks import lab_value, refresh_marks
from tests.simulation.deals.deals import MICROSOFT, NVIDIA, OPENAI, economy_without_deals, enter, stake, world_of


def worth(economy: Economy) -> float:
    ledger = world_of(economy)["ledger"]
    return float(ledger["issued"][OPENAI] * ledger["price"][OPENAI])


def mark_down_to(economy: Economy, part: float) -> float:
    """Put the mark of OpenAI at a part of its value; returns that value."""
    value = float(lab_value(economy.state[0], economy.kinds["labs"][0]))
    world_of(economy)["ledger"]["price"][OPENAI] = part * value / world_of(economy)["ledger"]["issued"][OPENAI]
    return value


def test_a_suppliers_money_is_a_round_that_sets_the_price_anew() -> None:
    economy = economy_without_deals()
    value = mark_down_to(economy, 0.8)
    held = stake(economy, MICROSOFT, OPENAI) / 0.8
    enter(economy, EQUITY_STAKE, MICROSOFT, OPENAI, amount=2.0)
    pay_stakes(*economy.state)
    assert worth(economy) == pytest.approx(value + 2.0), "its value before the money, and the money on top"
    assert stake(economy, MICROSOFT, OPENAI) == pytest.approx(held + 2.0), "the old stake is marked up with it"


def test_no_round_lifts_the_price_by_more_than_a_step() -> None:
    economy = economy_without_deals(round_step_up=2.0)
    value = mark_down_to(economy, 0.25)
    enter(economy, EQUITY_STAKE, MICROSOFT, OPENAI, amount=2.0)
    pay_stakes(*economy.state)
    assert worth(economy) == pytest.approx(0.5 * value + 2.0)


def test_two_suppliers_of_a_quarter_pay_the_same_price() -> None:
    economy = economy_without_deals(round_step_up=2.0)
    value = mark_down_to(economy, 0.25)
    economy.state[1]["cash"][NVIDIA] = 200.0
    enter(economy, EQUITY_STAKE, MICROSOFT, OPENAI, amount=2.0)
    enter(economy, EQUITY_STAKE, NVIDIA, OPENAI, amount=2.0)
    pay_stakes(*economy.state)
    assert worth(economy) == pytest.approx(0.5 * value + 4.0), "the second does not find the price a step higher"


def test_without_new_money_the_mark_stands_for_six_quarters_and_then_follows_listed_peers() -> None:
    economy = economy_without_deals(stale_beta=1.3, stale_mark_quarters=6.0)
    lab = economy.kinds["labs"][0]
    lab["mark_age"] = 1.0
    world_of(economy)["exchange"]["index"] = 1.2 * float(lab["peer_index"])
    before = worth(economy)
    for _ in range(6):
        refresh_marks(*economy.state)
        assert worth(economy) == before
    refresh_marks(*economy.state)
    assert worth(economy) == pytest.approx(before * math.exp(1.3 * math.log(1.2)))


def test_a_lab_is_worth_more_where_listed_peers_stand_above_their_value() -> None:
    economy = economy_without_deals()
    lab, exchange = economy.kinds["labs"][0], world_of(economy)["exchange"]
    value = []
    for gap in (0.0, -0.5):
        exchange["value_gap"] = gap
        value.append(float(lab_value(economy.state[0], lab)))
    assert value[1] / value[0] == pytest.approx(math.exp(-0.5))
