"""Without shocks the AI sector can grow in step with income: investment keeps its share of output for ten years.

Demand for compute is a constant part of income at the user cost, nothing is random, nobody withdraws or deals, and the
clouds' own business is the only use. Chip prices fall by six percent a quarter throughout.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from simulation import Economy, Scenario

SETTLED = 45  # quarters after which the boom of the opening has been worked off
WINDOW = 40
QUARTERS = SETTLED + 35 + WINDOW
STILL = Scenario.load("baseline").with_switches(
    withdrawal=False,
    known_deals=False,
    endogenous_deals=False,
    warrants=False,
    race=False,
    price_noise=False,
    macro_noise=False,
    luck=False,
    power_cap=False,
)


def without_adoption(economy: Economy) -> None:
    """Nobody buys or sells AI services, and nobody learns: compute serves the core businesses of its owners alone."""
    world = economy.state[0][0]
    for name in ("uplift_learning", "adoption_imitation", "adoption_drift", "consumer_demand"):
        world["parameters"][name] = 0.0
    world["parameters"]["calm_quarters"] = 1e9  # no entrants
    world["parameters"]["firm_luck"] = 0.0  # the luck of large firms moves output too
    for name in ("n_contracts", "consumer_scale", "foreign_scale", "lab_revenue"):
        world["market"][name] = 0
    for name in ("alive", "need"):
        economy.kinds["labs"][name] = 0.0
    for kind in ("clouds", "other_buyers"):
        for name in ("rental_share", "service_share", "service_revenue", "service_need"):
            economy.kinds[kind][name] = 0.0


def in_balance(economy: Economy) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Owners use what they have at the target, and expect need to grow as prices fall. Returns what AI can lift of each
    owner's revenue and the compute that takes, at the opening."""
    world = economy.state[0][0]
    opened = {}
    growth = float(world["parameters"]["it_price_decline"]) + 0.01
    world["market"]["sector_growth"] = growth
    for kind in ("clouds", "other_buyers"):
        owners = economy.kinds[kind]
        owners["core_growth"] = 0.0
        uses = owners["own_need"] > 0.0
        scale = np.zeros(len(owners))
        target = float(world["parameters"]["target_utilisation"])
        scale[uses] = target * owners["online"][uses] / owners["own_need"][uses]
        for name in ("liftable", "reference_compute", "own_need"):
            owners[name] *= scale
        owners["need"] = owners["own_need"]
        owners["expected_growth"] = growth
        owners["expected_need"] = owners["need"] / (1.0 + growth)
        opened[kind] = (owners["liftable"].copy(), owners["reference_compute"].copy())
    economy.kinds["chip_makers"]["core_growth"] = 0.0
    return opened


@cache
def investment_share(**parameters: float) -> npt.NDArray[np.float64]:
    """AI investment over output, by quarter, at the defaults of all other parameters."""
    economy = Economy(STILL.with_parameters(**parameters), seed=1, quarters=QUARTERS, keep_books=False)
    without_adoption(economy)
    opened = in_balance(economy)
    market = economy.state[0][0]["market"]
    user_cost = float(market["user_cost"])
    output: list[float] = []
    for _ in range(QUARTERS):
        income = output[-1] / output[0] if output else 1.0
        for kind, (liftable, compute) in opened.items():
            economy.kinds[kind]["liftable"] = liftable * income
            economy.kinds[kind]["reference_compute"] = compute * income * user_cost / float(market["user_cost"])
        economy.step()
        output.append(float(economy.series["gdp"][len(output)]))
    return np.array(economy.series["ai_capex"] / economy.series["gdp"])


def largest_deviation(share: npt.NDArray[np.float64], first: int) -> float:
    """Largest distance of a share from its mean in the window that begins at a quarter, relative to that mean."""
    window = share[first : first + WINDOW]
    return float(np.abs(window / window.mean() - 1.0).max())


@pytest.mark.parametrize("first", [SETTLED, SETTLED + 20, SETTLED + 35])
def test_the_share_of_ai_investment_stays_within_five_percent_over_forty_quarters(first: int) -> None:
    share = investment_share()
    assert share[first] > 0.001, "there is AI investment to speak of"
    assert largest_deviation(share, first) < 0.05


@pytest.mark.parametrize(
    "parameters",
    [
        {"order_horizon": 1.0},
        {"order_horizon": 8.0},
        {"order_horizon": 1.0, "expectation_gain": 0.15},
        {"construction_lead": 5.0},
        {"chip_margin_exponent": 0.6},
        {"plan_tolerance": 0.0},
    ],
    ids=str,
)
def test_no_number_of_the_order_rule_makes_a_cycle_of_its_own(parameters: dict[str, float]) -> None:
    assert largest_deviation(investment_share(**parameters), SETTLED) < 0.05
