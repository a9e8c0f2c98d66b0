"""The prior: what nobody knows is drawn, each parameter by itself, inside its range."""

from __future__ import annotations

import math
import statistics

import pytest

from simulation.errors import CircuitError
from simulation.scenario import PARAMETERS, Scenario, draw_prior, prior_names, prior_of
from simulation.scenario.input_errors import parameter_error

DRAWS = 4000


def test_a_prior_draws_every_assumed_parameter_and_no_other() -> None:
    assert set(draw_prior(1)) == {name for name, parameter in PARAMETERS.items() if parameter.status == "assumed"}


def test_a_draw_depends_on_seed_and_name_alone() -> None:
    assert draw_prior(7, ["gamma"])["gamma"] == draw_prior(7)["gamma"]
    assert draw_prior(7, ["fire_sale", "gamma"]) == draw_prior(7, ["gamma", "fire_sale"])
    assert draw_prior(7) == draw_prior(7)
    assert draw_prior(7)["gamma"] != draw_prior(8)["gamma"]


def test_a_draw_is_the_same_on_every_machine() -> None:
    assert draw_prior(1, ["gamma"])["gamma"] == pytest.approx(0.18204828556613045, rel=1e-12)


def test_every_draw_can_be_set_in_a_scenario() -> None:
    for seed in range(200):
        drawn = draw_prior(seed, PARAMETERS)
        assert not [name for name, value in drawn.items() if parameter_error(PARAMETERS[name], value)]
        assert Scenario.load("baseline").with_parameters(**drawn).parameters == drawn


def test_the_gain_from_ai_is_lognormal_with_the_published_median_and_spread() -> None:
    gains = sorted(draw_prior(seed, ["gamma"])["gamma"] for seed in range(DRAWS))
    low, median, high = (gains[int(share * DRAWS)] for share in (0.05, 0.5, 0.95))
    assert median == pytest.approx(0.055, rel=0.05)
    assert low == pytest.approx(0.017, rel=0.12)
    assert high == pytest.approx(0.18, rel=0.12)
    assert gains[0] >= 0.004
    assert gains[-1] <= 0.4


def test_a_narrow_range_is_triangular_with_its_mode_at_the_default() -> None:
    capture = PARAMETERS["capture"]
    values = [draw_prior(seed, ["capture"])["capture"] for seed in range(DRAWS)]
    assert statistics.mean(values) == pytest.approx((capture.low + capture.default + capture.high) / 3, rel=0.02)
    assert prior_of("capture") == "triangular, 0.15 to 0.6, mode 0.35"


def test_a_wide_range_is_log_uniform() -> None:
    demand = PARAMETERS["consumer_demand"]
    logs = [math.log(draw_prior(seed, ["consumer_demand"])["consumer_demand"]) for seed in range(DRAWS)]
    assert statistics.mean(logs) == pytest.approx(math.log(demand.low * demand.high) / 2, rel=0.01)
    assert prior_of("consumer_demand") == "log-uniform, 60 to 300"


def test_two_parameters_are_drawn_independently() -> None:
    draws = [draw_prior(seed, ["capture", "fire_sale"]) for seed in range(DRAWS)]
    pairs = [(drawn["capture"], drawn["fire_sale"]) for drawn in draws]
    assert abs(statistics.correlation(*zip(*pairs, strict=True))) < 4 / math.sqrt(DRAWS)


def test_a_whole_number_of_quarters_is_drawn_whole() -> None:
    lengths = {draw_prior(seed, ["withdrawal_quarters"])["withdrawal_quarters"] for seed in range(300)}
    assert lengths == {3.0, 4.0, 5.0, 6.0, 7.0, 8.0}


def test_every_prior_can_be_told_in_words() -> None:
    assert all(prior_of(name).split(",")[0] in {"lognormal", "log-uniform", "triangular"} for name in prior_names())


def test_an_unknown_parameter_has_no_prior() -> None:
    with pytest.raises(CircuitError, match="unknown parameter 'gama'; nearest: \"gamma\""):
        draw_prior(1, ["gama"])
