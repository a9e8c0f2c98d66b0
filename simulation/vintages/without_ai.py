"""The same economy in which AI never came: no compute, no labs, no orders; core businesses stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.books import instruments as stock

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening

_OWNERS = [
    "online",
    "waiting",
    "shells",
    "sites",
    "sites_unpaid",
    "decided",
    "orders",
    "rule_plan",
    "pipeline",
    "cohort_cost",
    "cohort_book",
    "own_use",
    "own_need",
    "service_need",
    "service_share",
    "service_revenue",
    "contracted",
    "need",
    "planned_need",
    "rental_revenue",
    "reference_compute",
    "liftable",
    "opening_uplift",
    "own_value",
    "ai_capex",
    "chips_bought",
    "shells_paid",
    "ai_revenue",
]
_LABS = [
    "alive",
    "market_share",
    "revenue",
    "revenue_before",
    "need",
    "training_budget",
    "inference_need",
    "training_need",
]
_MARKET = [
    "on_order",
    "chip_sales",
    "backlog_value",
    "end_demand",
    "end_demand_past",
    "lab_revenue",
    "consumer_scale",
    "need",
    "online",
    "capex",
    "foreign_scale",
    "sector_growth",
    "backlog_growth",
    "n_contracts",
    "open_training",
    "foreign_demand",
]


def remove_ai(opening: Opening) -> None:
    """Take compute, labs, orders and AI demand out of an opening whose AI sector has been laid out."""
    w, market = opening.w, opening.w["market"]
    for kind in ("clouds", "other_buyers"):
        for field in _OWNERS:
            w[kind][field] = 0.0
        w[kind]["account"]["tangible"][:, : stock.INVENTORY - stock.FIRST_TANGIBLE] = 0.0
    w["clouds"]["capex"] = w["clouds"]["other_capex"]
    w["other_buyers"]["account"]["cash"] = w["other_buyers"]["money_target"] = 0.0
    for field in _LABS:
        w["labs"][field] = 0.0
    makers = w["chip_makers"]
    makers["ai_revenue"] = makers["backlog"] = makers["parts_power"] = 0.0
    makers["account"]["tangible"][:, stock.INVENTORY - stock.FIRST_TANGIBLE] = 0.0
    for field in _MARKET:
        market[field] = 0
    w["exchange"]["momentum"] = 0.25 * float(w["parameters"]["terminal_growth"])
    opening.demand_target = opening.lab_target = 0.0
