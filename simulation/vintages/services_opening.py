"""AI services at the opening: who sells them, how good they are, and the labs behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulation.registry import CLOUDS, HYPERSCALERS, NAMES
from simulation.vintages.facts import Facts, assumed, fixed, partners

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening

# Synthetic members, as a part of the named one they resemble.
SYNTHETIC = {"Neocloud": ("CoreWeave", assumed("neocloud_size")), "Lab": ("Anthropic", assumed("small_lab_size"))}
_LIKENESS = {
    name: likeness
    for kind in ("clouds", "labs")
    for name in NAMES[kind]
    for prefix, likeness in SYNTHETIC.items()
    if name.startswith(prefix + " ")
}
_UNNAMED_NEOCLOUDS = sum(name in _LIKENESS for name in NAMES["clouds"])


@cache
def facts_of(facts: Facts, kind: str, item: str) -> np.ndarray:
    """A fact of every member of a kind, in their order; of a synthetic one, the scaled fact of the one it resembles."""
    return fixed([fact(facts, name, item) for name in NAMES[kind]])


def fact(facts: Facts, name: str, item: str) -> float:
    """A fact of a named agent, or the scaled fact of the one that a synthetic agent resembles."""
    if name in _LIKENESS:
        model, share = _LIKENESS[name]
        return share * facts.get(model, item)
    return facts.get(name, item)


def partners_of(vintage: str, lab: str) -> dict[str, float]:
    """Where a lab holds its contracts, as shares of its compute by cloud; a synthetic one nobody knows of, where the
    one that it resembles does."""
    known = partners(vintage)
    return known[lab if lab in known else _LIKENESS[lab][0]]


@cache
def partner_shares(vintage: str) -> np.ndarray:
    """Where every lab holds its contracts: shares of its compute, labs x clouds."""
    return fixed([[partners_of(vintage, lab).get(cloud, 0.0) for cloud in NAMES["clouds"]] for lab in NAMES["labs"]])


@cache
def chip_shares(facts: Facts) -> np.ndarray:
    """Part of all chips that each buyer took before the opening: clouds, then other buyers."""
    others = facts.value("Other neoclouds", "chip_purchase_share") / _UNNAMED_NEOCLOUDS
    return fixed(
        [
            others if name.startswith("Neocloud") else facts.value(name, "chip_purchase_share")
            for name in (*NAMES["clouds"], *NAMES["other_buyers"])
        ]
    )


def open_services(opening: Opening) -> None:
    """Shares of AI services, quality of labs and clouds, and the demand that the first quarter must show."""
    w, p, market = opening.w, opening.p, opening.w["market"]
    labs, clouds, facts = w["labs"], w["clouds"], opening.facts
    least = assumed("least_lab_revenue")
    now = np.maximum(facts_of(facts, "labs", "ai_revenue"), least)
    following = np.maximum(facts_of(facts, "labs", "next_quarter_ai_revenue"), least)
    cloud_now = np.zeros(CLOUDS)
    cloud_next = np.zeros(CLOUDS)
    training = _training(opening)
    # What a cloud reports as AI revenue includes the rent of its labs.
    paid = p["compute_share"] * facts_of(facts, "labs", "ai_revenue") + training
    rent = (partner_shares(opening.vintage) * paid[:, None]).sum(axis=0)
    giants = slice(0, HYPERSCALERS)
    reported = facts_of(facts, "clouds", "ai_revenue")[giants]
    cloud_now[giants] = np.maximum(reported - rent[giants], assumed("least_services_of_clouds") * reported)
    ratio = facts_of(facts, "clouds", "next_quarter_ai_revenue")[giants] / np.maximum(reported, 1e-9)
    cloud_next[giants] = cloud_now[giants] * ratio
    fringe = opening.sector("fringe_share")
    total_now = (now.sum() + cloud_now.sum()) / (1.0 - fringe)
    total_next = (following.sum() + cloud_next.sum()) / (1.0 - fringe)
    market["fringe_share"] = fringe
    market["end_demand"] = now.sum() + cloud_now.sum()
    opening.demand_target = following.sum() + cloud_next.sum()
    opening.lab_target = following.sum()
    market["lab_revenue"] = now.sum()
    growth = min(total_next / total_now - 1.0, assumed("most_growth_of_ai_demand"))
    market["end_demand_past"] = market["end_demand"] / (1.0 + growth) ** np.arange(8)
    market["service_compute"] = p["compute_share"] / market["user_cost"]
    market["own_service_price"] = 1.0
    consumed = assumed("consumers_part_of_ai_services") * market["end_demand"]
    market["consumer_scale"] = consumed / (1.0 + p["foreign_demand"])
    market["foreign_scale"] = 1.0
    weight = p["quality_weight"]
    labs["alive"] = labs["price"] = 1.0
    labs["revenue"] = labs["revenue_before"] = now
    labs["market_share"] = share = now / total_now
    labs["expected_growth"] = growth
    _open_labs(opening, now, training)
    labs["quality"] = [
        _quality(p, *pair) for pair in zip((following / total_next).tolist(), share.tolist(), strict=True)
    ]
    stocks = labs["training_stock"]
    # What leaks from the frontier has done so long ago; what sets labs apart beyond it, in brand and bent, stays.
    labs["learned"] = np.log(stocks.max() / stocks)
    labs["quality_intercept"] = labs["quality"] - math.log(stocks.max())
    market["training_total"] = stocks.sum()
    market["frontier"] = math.log(stocks.max()) - assumed("frontier_growth") * np.arange(8)
    clouds["service_share"] = share = cloud_now / total_now
    clouds["service_revenue"] = cloud_now
    frontier = float(market["frontier"][0])
    for k in np.flatnonzero(cloud_next > 0.0).tolist():
        clouds["service_intercept"][k] = _quality(p, float(cloud_next[k] / total_next), float(share[k])) - frontier
    price = p["compute_share"] * p["fringe_markup"]
    quality = (math.log(fringe) * (1.0 - p["share_memory"]) + p["price_elasticity_of_share"] * math.log(price)) / weight
    market["fringe_intercept"] = quality - float(market["frontier"][max(int(p["fringe_lag"]) - 1, 0)])
    market["ai_price_scale"] = (following.sum() + cloud_next.sum()) / total_next + fringe * price
    market["ai_price"] = 1.0


def _quality(p: Mapping[str, float], target: float, share: float) -> float:
    """Quality, at the usual price, at which the market moves from a `share` to the `target`."""
    remembered = p["share_memory"] * math.log(max(share, assumed("least_market_share")))
    return float((math.log(target) - remembered) / p["quality_weight"])


def _training(opening: Opening) -> np.ndarray:
    """Training budget of each lab that its operating cash flow implies (USD bn a quarter)."""
    p, facts = opening.p, opening.facts
    margin = 1.0 - p["compute_share"] - p["lab_other_cost"]
    left = margin * facts_of(facts, "labs", "ai_revenue") - facts_of(facts, "labs", "operating_cash_flow")
    budgets: np.ndarray = np.maximum(left, assumed("least_training_budget"))
    return budgets


def _open_labs(opening: Opening, revenue: np.ndarray, training: np.ndarray) -> None:
    p, facts, labs, market = opening.p, opening.facts, opening.w["labs"], opening.w["market"]
    labs["training_budget"] = training
    labs["inference_need"] = inference = revenue * market["service_compute"]
    labs["training_need"] = trained = training / market["spot"]
    labs["need"] = inference + trained
    # A stock that grew: this quarter's training over decay and growth.
    labs["training_stock"] = trained / (p["training_decay"] + assumed("frontier_growth"))
    labs["account"]["cash"] = money = facts_of(facts, "labs", "deposits")
    # The staff of a lab as large as the largest of 2024 costs the parameter, that of a smaller one less in proportion.
    largest = Facts.load("2024Q4").value("OpenAI", "market_value")
    labs["fixed_cost"] = p["lab_fixed_cost"] * np.minimum(facts_of(facts, "labs", "market_value") / largest, 1.0)
    labs["burn"] = burn = np.maximum(-facts_of(facts, "labs", "operating_cash_flow"), assumed("least_lab_burn"))
    labs["operating_cash_flow"] = -burn
    labs["runway"] = money / burn
    labs["mark_age"] = assumed("age_of_last_round")
    labs["peer_index"] = 1.0
