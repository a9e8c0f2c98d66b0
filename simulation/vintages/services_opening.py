"""AI services at the opening: who sells them, how good they are, and the labs behind them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.registry import HYPERSCALERS, NAMES
from simulation.vintages.facts import Facts, assumed, partners

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


def fact(opening: Opening, name: str, item: str) -> float:
    """A fact of a named agent, or the scaled fact of the one that a synthetic agent resembles."""
    if name in _LIKENESS:
        model, share = _LIKENESS[name]
        return share * opening.facts.get(model, item)
    return opening.facts.get(name, item)


def partners_of(opening: Opening, lab: str) -> dict[str, float]:
    """Where a lab holds its contracts, as shares of its compute by cloud; a synthetic one nobody knows of, where the
    one that it resembles does."""
    known = partners(opening.vintage)
    return known[lab if lab in known else _LIKENESS[lab][0]]


def chip_share(opening: Opening, name: str) -> float:
    """Part of all chips that a buyer took before the opening."""
    if name.startswith("Neocloud"):
        return opening.facts.value("Other neoclouds", "chip_purchase_share") / _UNNAMED_NEOCLOUDS
    return opening.facts.value(name, "chip_purchase_share")


def open_services(opening: Opening) -> None:
    """Shares of AI services, quality of labs and clouds, and the demand that the first quarter must show."""
    w, p, market = opening.w, opening.p, opening.w["market"]
    labs = NAMES["labs"]
    least = assumed("least_lab_revenue")
    now = np.array([max(fact(opening, name, "ai_revenue"), least) for name in labs])
    following = np.array([max(fact(opening, name, "next_quarter_ai_revenue"), least) for name in labs])
    cloud_now = np.zeros(len(NAMES["clouds"]))
    cloud_next = np.zeros(len(NAMES["clouds"]))
    compute_cost = {lab: _lab_compute_cost(opening, lab) for lab in labs}
    for k, name in enumerate(NAMES["clouds"][:HYPERSCALERS]):
        # What a cloud reports as AI revenue includes the rent of its labs.
        rent = sum(partners_of(opening, lab).get(name, 0.0) * compute_cost[lab] for lab in labs)
        reported = fact(opening, name, "ai_revenue")
        cloud_now[k] = max(reported - rent, assumed("least_services_of_clouds") * reported)
        ratio = fact(opening, name, "next_quarter_ai_revenue") / max(reported, 1e-9)
        cloud_next[k] = cloud_now[k] * ratio
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
    for j, lab in enumerate(w["labs"]):
        lab["alive"] = 1.0
        lab["price"] = 1.0
        lab["revenue"] = lab["revenue_before"] = now[j]
        lab["market_share"] = now[j] / total_now
        lab["expected_growth"] = growth
        _open_lab(opening, lab, labs[j])
        target = following[j] / total_next
        lab["quality"] = _quality(p, target, lab["market_share"])
    stocks = w["labs"]["training_stock"]
    # What leaks from the frontier has done so long ago; what sets labs apart beyond it, in brand and bent, stays.
    w["labs"]["learned"] = np.log(stocks.max() / stocks)
    w["labs"]["quality_intercept"] = w["labs"]["quality"] - math.log(stocks.max())
    market["training_total"] = stocks.sum()
    market["frontier"] = math.log(stocks.max()) - assumed("frontier_growth") * np.arange(8)
    for k, cloud in enumerate(w["clouds"]):
        cloud["service_share"] = cloud_now[k] / total_now
        cloud["service_revenue"] = cloud_now[k]
        if cloud_next[k] > 0.0:
            target = cloud_next[k] / total_next
            cloud["service_intercept"] = _quality(p, target, cloud["service_share"]) - float(market["frontier"][0])
    price = p["compute_share"] * p["fringe_markup"]
    quality = (math.log(fringe) * (1.0 - p["share_memory"]) + p["price_elasticity_of_share"] * math.log(price)) / weight
    market["fringe_intercept"] = quality - float(market["frontier"][max(int(p["fringe_lag"]) - 1, 0)])
    market["ai_price_scale"] = (following.sum() + cloud_next.sum()) / total_next + fringe * price
    market["ai_price"] = 1.0


def _quality(p: Any, target: float, share: float) -> float:
    """Quality, at the usual price, at which the market moves from a `share` to the `target`."""
    remembered = p["share_memory"] * math.log(max(share, assumed("least_market_share")))
    return float((math.log(target) - remembered) / p["quality_weight"])


def _lab_compute_cost(opening: Opening, name: str) -> float:
    """What a lab paid for compute before the opening (USD bn): revenue's part and the training that its burn tells."""
    p = opening.p
    revenue = fact(opening, name, "ai_revenue")
    return float(p["compute_share"]) * revenue + _lab_training(opening, name)


def _lab_training(opening: Opening, name: str) -> float:
    """Training budget that operating cash flow implies (USD bn a quarter)."""
    p = opening.p
    revenue = fact(opening, name, "ai_revenue")
    margin = 1.0 - float(p["compute_share"]) - float(p["lab_other_cost"])
    return max(margin * revenue - fact(opening, name, "operating_cash_flow"), assumed("least_training_budget"))


def _open_lab(opening: Opening, lab: Any, name: str) -> None:
    p, market = opening.p, opening.w["market"]
    lab["training_budget"] = _lab_training(opening, name)
    lab["inference_need"] = lab["revenue"] * market["service_compute"]
    lab["training_need"] = lab["training_budget"] / market["spot"]
    lab["need"] = lab["inference_need"] + lab["training_need"]
    # A stock that grew: this quarter's training over decay and growth.
    lab["training_stock"] = lab["training_need"] / (p["training_decay"] + assumed("frontier_growth"))
    lab["account"]["cash"] = fact(opening, name, "deposits")
    # The staff of a lab as large as the largest of 2024 costs the parameter, that of a smaller one less in proportion.
    largest = Facts.load("2024Q4").value("OpenAI", "market_value")
    lab["fixed_cost"] = p["lab_fixed_cost"] * min(fact(opening, name, "market_value") / largest, 1.0)
    lab["burn"] = max(-fact(opening, name, "operating_cash_flow"), assumed("least_lab_burn"))
    lab["operating_cash_flow"] = -lab["burn"]
    lab["runway"] = lab["account"]["cash"] / lab["burn"]
    lab["mark_age"] = assumed("age_of_last_round")
    lab["peer_index"] = 1.0
