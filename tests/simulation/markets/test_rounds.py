"""Private rounds: how much labs get, what it costs their owners, and what happens without money."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.markets.rounds import hold_rounds, share_out_offers


def economy_in_a_round(venture_money: float, burn: float) -> Economy:
    """Labs with a quarter of cash left face venture funds with so much money (USD bn each)."""
    economy = Economy(
        Scenario.load("baseline").with_parameters(known_deals=0, endogenous_deals=0),
        seed=1,
        quarters=2,
        firms=10,
        keep_books=False,
    )
    economy.step()
    labs = economy.kinds["labs"]
    labs["burn"] = burn
    labs["account"]["cash"] = burn
    labs["raised_year"] = 0.0
    economy.kinds["venture_funds"]["account"]["cash"] = venture_money
    economy.kinds["rest_of_world"]["account"]["cash"] = 1e6
    return economy


def values(economy: Economy) -> np.ndarray:
    ledger = economy.state[0][0]["ledger"]
    columns = economy.kinds["labs"]["account"]["column"]
    return np.array(ledger["issued"][columns] * ledger["price"][columns])


def test_all_rounds_of_a_year_dilute_by_the_cap_at_most_however_much_is_offered() -> None:
    economy = economy_in_a_round(venture_money=1e6, burn=1e4)
    hold_rounds(*economy.state)
    raised = economy.kinds["labs"]["new_equity"].copy()
    cap = economy.scenario.parameter_values()["dilution_cap"]
    assert raised == pytest.approx(cap * (values(economy) - raised))
    economy.kinds["labs"]["account"]["cash"] = 1e4
    hold_rounds(*economy.state)
    again = economy.kinds["labs"]["new_equity"]
    assert 0.75 * raised + again == pytest.approx(cap * (values(economy) - again)), "the last round still counts"


def test_a_lab_asks_for_no_more_than_some_quarters_of_burn() -> None:
    economy = economy_in_a_round(venture_money=1e6, burn=0.01)
    hold_rounds(*economy.state)
    quarters = economy.scenario.parameter_values()["round_quarters"]
    assert economy.kinds["labs"]["new_equity"] == pytest.approx(quarters * 0.01)


def test_a_round_without_money_fails_and_cuts_training() -> None:
    economy = economy_in_a_round(venture_money=0.0, burn=1.0)
    before = economy.kinds["labs"]["training_budget"].copy()
    hold_rounds(*economy.state)
    kept = economy.scenario.parameter_values()["failed_round_cut"]
    labs = economy.kinds["labs"]
    assert (labs["failed_rounds"] == 1.0).all()
    assert labs["new_equity"] == pytest.approx(np.zeros(5))
    assert labs["training_budget"] == pytest.approx(kept * before)


def test_a_lab_with_years_of_cash_holds_no_round() -> None:
    economy = economy_in_a_round(venture_money=1e6, burn=1.0)
    economy.kinds["labs"]["account"]["cash"] = 100.0
    economy.kinds["labs"]["failed_rounds"] = 1.0
    hold_rounds(*economy.state)
    assert economy.kinds["labs"]["failed_rounds"] == pytest.approx(np.zeros(5)), "last quarter's failure is over"
    assert economy.kinds["labs"]["new_equity"] == pytest.approx(np.zeros(5))


def test_new_shares_go_to_those_who_paid_for_them() -> None:
    economy = economy_in_a_round(venture_money=100.0, burn=0.1)
    ledger = economy.state[0][0]["ledger"]
    lab = int(economy.kinds["labs"]["account"]["column"][0])
    before = ledger["shares"][:, lab].copy()
    hold_rounds(*economy.state)
    bought = (ledger["shares"][:, lab] - before) * ledger["price"][lab]
    assert bought.sum() == pytest.approx(float(economy.kinds["labs"]["new_equity"][0]))
    assert (bought >= 0.0).all()


def test_the_failed_round_of_a_large_lab_weighs_more_than_that_of_a_small_one() -> None:
    economy = economy_in_a_round(venture_money=0.0, burn=1.0)
    worth = values(economy)
    hold_rounds(*economy.state)
    market = economy.state[0][0]["market"]
    assert market["failed_rounds"] == 5.0
    assert market["failed_weight"] == pytest.approx(5.0), "five of average weight"
    economy.kinds["labs"]["account"]["cash"][1:] = 1e4
    hold_rounds(*economy.state)
    assert market["failed_rounds"] == 1.0
    assert market["failed_weight"] == pytest.approx(worth[0] / worth.mean())


def test_a_round_for_which_there_is_no_room_is_not_held_and_so_does_not_fail() -> None:
    economy = economy_in_a_round(venture_money=100.0, burn=1.0)
    labs = economy.kinds["labs"]
    labs["raised_year"] = 1e6
    before = labs["training_budget"].copy()
    hold_rounds(*economy.state)
    assert economy.state[0][0]["market"]["failed_rounds"] == 0.0
    assert labs["training_budget"] == pytest.approx(before)


def test_labs_rounds_are_no_equity_of_those_who_invest() -> None:
    economy = economy_in_a_round(venture_money=100.0, burn=0.1)
    market = economy.state[0][0]["market"]
    before = float(market["equity_raised"]), float(market["lab_equity_raised"])
    hold_rounds(*economy.state)
    assert market["equity_raised"] == before[0]
    assert market["lab_equity_raised"] - before[1] == pytest.approx(economy.kinds["labs"]["new_equity"].sum())


def test_labs_get_the_same_part_of_what_they_ask_where_investors_have_less() -> None:
    economy = economy_in_a_round(venture_money=1.0, burn=0.01)
    w = economy.state[0][0]
    asked, least = np.array([4.0, 2.0, 0.0, 0.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    assert share_out_offers(w, asked, least, 3.0) == pytest.approx([2.0, 1.0, 0.0, 0.0, 0.0])


def test_where_that_is_too_little_for_some_the_one_worth_least_goes_without() -> None:
    economy = economy_in_a_round(venture_money=1.0, burn=0.01)
    w = economy.state[0][0]
    openai, xai = values(economy)[0], values(economy)[2]
    assert openai > xai
    asked, least = np.array([4.0, 0.0, 4.0, 0.0, 0.0]), np.array([2.0, 0.0, 2.0, 0.0, 0.0])
    assert share_out_offers(w, asked, least, 3.0) == pytest.approx([3.0, 0.0, 0.0, 0.0, 0.0])
