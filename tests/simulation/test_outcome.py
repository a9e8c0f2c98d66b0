"""How a run ends, on histories made by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from simulation.errors import CircuitError
from simulation.outcome import LABELS, SCORES, THRESHOLDS, VARIED, Outcome, outcome_of
from simulation.series import SERIES_DTYPE

QUARTERS = 40
TREND = 1.005


def quiet_history(quarters: int = QUARTERS) -> np.ndarray:
    """A boom that neither pays off nor ends: GDP on trend, capex and prices grow, coverage stays low."""
    history = np.zeros(quarters, dtype=SERIES_DTYPE)
    time = np.arange(quarters)
    history["gdp"] = 7500.0 * 1.01**time
    history["real_gdp"] = 7500.0 * TREND**time
    history["ai_capex_real"] = 100.0 * 1.02**time
    history["ai_equity"] = 1.03**time
    history["unemployment"] = 0.04
    history["ai_debt"] = 800.0
    history["bank_lending"] = 4000.0 * 1.01**time
    history["coverage"] = 0.6
    history["coverage_star"] = 0.6
    history["ai_free_cash_flow"] = -5.0
    return history


def drop(history: np.ndarray, series: str, start: int, share: float, quarters: int | None = None) -> None:
    """Lower a series by a share from a quarter on (0-based), for some quarters or until the end."""
    stop = None if quarters is None else start + quarters
    history[series][start:stop] = history[series][start - 1] * (1.0 - share)


def bust_history() -> np.ndarray:
    """Capex falls by half in quarter 21, GDP and unemployment follow."""
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.50)
    history["real_gdp"][22:] *= 0.97
    history["unemployment"][22:] += 0.02
    return history


def test_a_boom_without_payoff_or_fall_muddles_through() -> None:
    outcome = outcome_of(quiet_history())
    assert (outcome.label, outcome.leg, outcome.late) == ("muddle-through", "", False)
    assert math.isnan(outcome.scores["pullback_quarter"])
    assert math.isnan(outcome.scores["payoff_quarter"])
    assert outcome.scores["systemic_criteria"] == 0.0


def test_revenue_that_covers_the_requirement_for_four_quarters_is_a_payoff() -> None:
    history = quiet_history()
    history["coverage_star"][20:24] = 1.01
    history["ai_free_cash_flow"][18:] = 10.0
    outcome = outcome_of(history)
    assert (outcome.label, outcome.late) == ("payoff", False)
    assert outcome.scores["payoff_quarter"] == 24.0


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(20, 22, id="three quarters are too few"),
        pytest.param(4, 10, id="before the ninth quarter only three count"),
    ],
)
def test_coverage_that_does_not_last_is_no_payoff(first: int, last: int) -> None:
    history = quiet_history()
    history["coverage_star"][first : last + 1] = 1.2
    history["ai_free_cash_flow"] = 10.0
    assert outcome_of(history).label == "muddle-through"


def test_coverage_counts_from_the_ninth_quarter_on() -> None:
    history = quiet_history()
    history["coverage_star"][8:12] = 1.2
    history["ai_free_cash_flow"] = 10.0
    assert outcome_of(history).scores["payoff_quarter"] == 12.0


def test_coverage_without_free_cash_is_no_payoff() -> None:
    history = quiet_history()
    history["coverage_star"][12:] = 1.5
    assert outcome_of(history).label == "muddle-through"


def test_a_fall_of_capex_alone_is_a_pullback_of_the_capex_leg() -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.40)
    outcome = outcome_of(history)
    assert (outcome.label, outcome.leg) == ("pullback", "capex")
    assert outcome.scores["capex_peak_quarter"] == 20.0
    assert 21 < outcome.scores["pullback_quarter"] <= 24
    assert outcome.scores["capex_fall"] == pytest.approx(0.40, abs=0.03)


def test_a_slow_decline_of_capex_is_no_pullback() -> None:
    history = quiet_history()
    history["ai_capex_real"] = 100.0 * 0.97 ** np.arange(QUARTERS)
    outcome = outcome_of(history)
    assert outcome.label == "muddle-through"
    assert outcome.scores["capex_fall"] == pytest.approx(1.0 - 0.97**8)
    assert outcome.scores["capex_end_to_peak"] < 0.4


def test_a_fall_of_capex_that_one_quarter_makes_is_no_pullback() -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.80, quarters=1)
    assert outcome_of(history).label == "muddle-through"


def test_only_nominal_capex_that_falls_in_real_terms_is_a_pullback() -> None:
    history = quiet_history()
    history["ai_capex"] = history["ai_capex_real"]
    drop(history, "ai_capex", 20, 0.60)
    assert outcome_of(history).label == "muddle-through"


def test_a_crash_of_ai_equity_with_a_smaller_cut_of_capex_is_a_pullback_of_the_market_leg() -> None:
    history = quiet_history()
    drop(history, "ai_equity", 18, 0.60)
    drop(history, "ai_capex_real", 21, 0.22)
    outcome = outcome_of(history)
    assert (outcome.label, outcome.leg) == ("pullback", "market")
    assert outcome.scores["equity_drawdown"] == pytest.approx(0.60)


@pytest.mark.parametrize(
    ("equity_fall", "capex_fall", "capex_quarter"),
    [
        pytest.param(0.60, 0.05, 21, id="capex holds"),
        pytest.param(0.40, 0.22, 21, id="prices fall too little"),
        pytest.param(0.60, 0.22, 37, id="the cut of capex comes years later"),
    ],
)
def test_half_a_market_leg_is_no_pullback(equity_fall: float, capex_fall: float, capex_quarter: int) -> None:
    history = quiet_history()
    drop(history, "ai_equity", 18, equity_fall)
    drop(history, "ai_capex_real", capex_quarter, capex_fall)
    assert outcome_of(history).label == "muddle-through"


def test_both_legs_are_reported() -> None:
    history = quiet_history()
    drop(history, "ai_equity", 18, 0.70)
    drop(history, "ai_capex_real", 20, 0.50)
    assert outcome_of(history).leg == "both"


def test_a_pullback_with_a_recession_and_unemployment_is_a_systemic_bust() -> None:
    outcome = outcome_of(bust_history())
    assert (outcome.label, outcome.leg) == ("systemic bust", "capex")
    assert outcome.scores["systemic_criteria"] == 2.0
    assert outcome.scores["gdp_gap"] == pytest.approx(-0.03, abs=0.005)
    assert outcome.scores["gdp_gap_of_pullback"] == pytest.approx(-0.03, abs=0.005)
    assert outcome.scores["unemployment_rise"] == pytest.approx(0.02)


CRITERIA = {
    "gdp below trend": lambda history: history["real_gdp"].__setitem__(
        slice(22, None), history["real_gdp"][22:] * 0.97
    ),
    "unemployment": lambda history: history["unemployment"].__setitem__(slice(22, 32), 0.06),
    "credit losses over GDP": lambda history: history["ai_credit_losses"].__setitem__(slice(22, 26), 110.0),
    "credit losses over debt": lambda history: (
        history["ai_credit_losses"].__setitem__(slice(22, 26), 35.0),
        history["gdp"].__imul__(10.0),
    ),
    "a bank fails": lambda history: history["bank_failures"].__setitem__(23, 1.0),
    "bank lending": lambda history: history["bank_lending"].__setitem__(
        slice(24, None), history["bank_lending"][24:] * 0.90
    ),
    "gates": lambda history: history["private_credit_gated"].__setitem__(slice(23, 25), 0.30),
}


@pytest.mark.parametrize("criterion", CRITERIA)
def test_one_criterion_alone_leaves_a_pullback_a_pullback(criterion: str) -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.50)
    CRITERIA[criterion](history)
    outcome = outcome_of(history)
    assert outcome.label == "pullback"
    assert outcome.scores["systemic_criteria"] == 1.0


@pytest.mark.parametrize("criterion", [name for name in CRITERIA if name != "gates"])
def test_any_criterion_beside_closed_gates_makes_a_systemic_bust(criterion: str) -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.50)
    CRITERIA["gates"](history)
    CRITERIA[criterion](history)
    assert outcome_of(history).label == "systemic bust"


def test_two_signs_of_one_criterion_count_once() -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.50)
    CRITERIA["a bank fails"](history)
    CRITERIA["bank lending"](history)
    assert outcome_of(history).scores["systemic_criteria"] == 1.0


def test_a_recession_without_a_pullback_is_no_bust() -> None:
    history = bust_history()
    history["ai_capex_real"] = quiet_history()["ai_capex_real"]
    outcome = outcome_of(history)
    assert outcome.label == "muddle-through"
    assert outcome.scores["gdp_gap"] < -0.02
    assert math.isnan(outcome.scores["gdp_gap_of_pullback"])


def test_a_recession_years_after_the_pullback_is_not_blamed_on_it() -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 8, 0.50, quarters=3)
    history["ai_capex_real"][11:] = history["ai_capex_real"][7] * 1.1
    history["real_gdp"][34:] *= 0.95
    history["unemployment"][34:] += 0.03
    scores = outcome_of(history).scores
    assert scores["gdp_gap"] < -0.04 < -0.01 < scores["gdp_gap_of_pullback"]
    outcome = outcome_of(history)
    assert outcome.label == "pullback"
    assert outcome.scores["systemic_criteria"] == 0.0


def test_slower_growth_counts_against_the_trend_even_where_gdp_never_falls() -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.50)
    history["real_gdp"][20:] = history["real_gdp"][19] * 1.002 ** np.arange(1, QUARTERS - 19)
    assert (np.diff(history["real_gdp"]) > 0.0).all()
    assert outcome_of(history).scores["systemic_criteria"] == 1.0


def test_a_bust_after_a_mild_pullback_makes_the_run_a_bust() -> None:
    history = quiet_history(60)
    drop(history, "ai_capex_real", 10, 0.40)
    history["ai_capex_real"][22:] = 150.0
    history["ai_capex_real"][44:] = 60.0
    history["real_gdp"][46:] *= 0.96
    history["unemployment"][46:] += 0.02
    outcome = outcome_of(history)
    assert outcome.label == "systemic bust"
    assert outcome.scores["pullback_quarter"] < 20


def test_a_payoff_at_the_end_of_a_bust_is_late() -> None:
    history = bust_history()
    history["coverage_star"][32:] = 1.1
    history["ai_free_cash_flow"][30:] = 10.0
    outcome = outcome_of(history)
    assert (outcome.label, outcome.late) == ("systemic bust", True)
    assert str(outcome) == "systemic bust (capex leg), late payoff"


def test_a_payoff_that_the_bust_ended_is_not_late() -> None:
    history = bust_history()
    history["coverage_star"][12:20] = 1.1
    history["ai_free_cash_flow"][10:20] = 10.0
    outcome = outcome_of(history)
    assert (outcome.label, outcome.late) == ("systemic bust", False)
    assert outcome.scores["payoff_quarter"] == 16.0


def test_withdrawals_are_counted_from_their_beginnings() -> None:
    history = quiet_history()
    history["withdrawal"][10:14] = 1.0
    history["withdrawal"][30:33] = 1.0
    scores = outcome_of(history).scores
    assert (scores["withdrawals"], scores["withdrawal_quarters"]) == (2.0, 7.0)
    assert scores["first_withdrawal_quarter"] == 11.0


def test_sensitivity_shows_the_label_on_either_side_of_each_threshold() -> None:
    history = quiet_history()
    drop(history, "ai_capex_real", 20, 0.36, quarters=4)
    outcome = outcome_of(history)
    assert outcome.label == "pullback"
    assert outcome.sensitivity["capex_fall -20%"] == "pullback"
    assert outcome.sensitivity["capex_fall +20%"] == "muddle-through"
    assert len(outcome.sensitivity) == 2 * len(VARIED)
    assert not outcome.robust


def test_sensitivity_agrees_with_thresholds_that_are_really_moved() -> None:
    for history in (quiet_history(), bust_history()):
        sensitivity = outcome_of(history).sensitivity
        for name in VARIED:
            for sign, factor in (("-", 0.8), ("+", 1.2)):
                moved = dataclasses.replace(THRESHOLDS, **{name: factor * getattr(THRESHOLDS, name)})
                assert sensitivity[f"{name} {sign}20%"] == outcome_of(history, moved).label


def test_a_frame_and_an_array_give_the_same_outcome() -> None:
    history = bust_history()
    assert outcome_of(pd.DataFrame(history)).sensitivity == outcome_of(history).sensitivity
    np.testing.assert_equal(outcome_of(pd.DataFrame(history)).scores, outcome_of(history).scores)


def test_every_score_is_declared_with_unit_and_meaning() -> None:
    scores = outcome_of(bust_history()).scores
    assert list(scores) == list(SCORES)
    assert all(score.unit and score.meaning for score in SCORES.values())


@pytest.mark.parametrize("quarters", [1, 2, 3, 4, 5, 9, 12])
def test_a_short_run_has_an_outcome(quarters: int) -> None:
    outcome = outcome_of(quiet_history(quarters))
    assert outcome.label == "muddle-through"
    finite = {name for name, score in outcome.scores.items() if math.isfinite(score)}
    never = {"pullback_quarter", "gdp_gap_of_pullback", "payoff_quarter", "first_withdrawal_quarter"}
    assert set(SCORES) - finite == never


def test_an_economy_without_ai_muddles_through() -> None:
    history = quiet_history()
    for series in ("ai_capex_real", "ai_equity", "ai_debt", "coverage", "coverage_star"):
        history[series] = 0.0
    outcome = outcome_of(history)
    assert outcome.label == "muddle-through"
    assert outcome.scores["capex_fall"] == 0.0


def test_a_run_that_has_not_begun_has_no_outcome() -> None:
    with pytest.raises(CircuitError, match=r"call run\(\)"):
        outcome_of(quiet_history(0))


def test_a_hole_in_a_series_is_named_and_never_labelled() -> None:
    history = quiet_history()
    history["bank_lending"][7] = math.nan
    with pytest.raises(CircuitError, match="bank_lending is not finite in quarter 8"):
        outcome_of(history)


def test_labels_are_the_four_of_the_model() -> None:
    assert LABELS == ("payoff", "muddle-through", "pullback", "systemic bust")
    assert isinstance(outcome_of(quiet_history()), Outcome)
