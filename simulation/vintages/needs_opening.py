"""Who needs how much compute at the opening: contracts, own use, open models, and the growth that owners expect."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.agents.clouds import MOST_PLANNED
from simulation.chronicle import NOBODY
from simulation.registry import HYPERSCALERS, NAMES
from simulation.scenario import PARAMETERS
from simulation.vintages.facts import assumed
from simulation.vintages.services_opening import chip_share, fact, partners_of

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening

# Part of a lab's compute that stands under take-or-pay at the opening.
_CONTRACT_SHARE = dict.fromkeys(NAMES["labs"], assumed("contracts_of_other_labs")) | {
    "OpenAI": assumed("contracts_of_openai")
}


def open_needs(opening: Opening) -> None:
    """Contracts, own use and the beliefs or scales that make today's use the wanted one; expected growth that makes the
    next orders follow from the last."""
    w, p, market = opening.w, opening.p, opening.w["market"]
    clouds = NAMES["clouds"]
    for j, lab_name in enumerate(NAMES["labs"]):
        for name, part in partners_of(opening, lab_name).items():
            k = clouds.index(name)
            market["partner_share"][j, k] = part
            lab = w["labs"][j]
            _add_contract(
                opening, int(lab["account"]["column"]), k, _CONTRACT_SHARE[lab_name] * part * float(lab["need"])
            )
    rented = {who: opening.facts.get("CoreWeave", f"rented_by_{who.lower()}") for who in ("Microsoft", "Nvidia")}
    spot, coreweave = float(market["spot"]), clouds.index("CoreWeave")
    sold = fact(opening, "CoreWeave", "ai_revenue")
    _add_contract(opening, opening.column("clouds"), coreweave, rented["Microsoft"] * sold / spot)
    _add_contract(opening, opening.column("chip_makers"), coreweave, rented["Nvidia"] / spot)
    contracted = np.zeros(len(clouds))
    leased = dict.fromkeys(range(len(opening.accounts)), 0.0)
    for k in range(int(market["n_contracts"])):
        contract = market["contracts"][k]
        contracted[contract["provider"]] += contract["gigawatts"]
        leased[int(contract["customer"])] += float(contract["gigawatts"])
    free = np.array([1.0 - _CONTRACT_SHARE[name] for name in NAMES["labs"]])
    spot_need = float((free * w["labs"]["need"]).sum())
    rentable = np.maximum(w["clouds"]["online"] - contracted, 0.0)
    weight = rentable * np.where(np.arange(len(clouds)) < HYPERSCALERS, assumed("hyperscalers_part_for_rent"), 1.0)
    weight /= max(weight.sum(), 1e-12)
    core_total = float(p["liftable_share"] * w["clouds"]["core_revenue"][:HYPERSCALERS].sum())
    chip_total = sum(chip_share(opening, name) for name in clouds[:HYPERSCALERS])
    use = np.zeros(HYPERSCALERS)
    used = 0.0
    for k, cloud in enumerate(w["clouds"]):
        cloud["contracted"] = contracted[k]
        cloud["rental_share"] = weight[k]
        cloud["service_need"] = cloud["service_revenue"] * market["service_compute"]
        if k < HYPERSCALERS:
            left = (
                p["target_utilisation"] * cloud["online"]
                - contracted[k]
                - cloud["service_need"]
                - weight[k] * spot_need
            )
            use[k] = max(left, assumed("least_own_use") * cloud["online"])
    for k, cloud in enumerate(w["clouds"]):
        if k < HYPERSCALERS:
            _invert_own_use(opening, cloud, use[k], core_total * use[k] / use.sum(), 1.0)
        cloud["need"] = cloud["own_need"] + cloud["service_need"] + contracted[k] + weight[k] * spot_need
        used += cloud["need"]
    market["need"] = market["need_before"] = used
    market["online"] = w["clouds"]["online"].sum()
    _open_hosts(opening)
    for b, buyer in enumerate(w["other_buyers"]):
        share = chip_share(opening, NAMES["other_buyers"][b])
        liftable = core_total * share / chip_total * float(p["other_buyers"])
        buyer["core_growth"] = w["clouds"]["core_growth"][0]
        _invert_own_use(
            opening,
            buyer,
            float(p["target_utilisation"] * buyer["online"] - buyer["service_need"]),
            liftable,
            float(p["gamma"]) / PARAMETERS["gamma"].default,
        )
        buyer["need"] = buyer["own_need"] + buyer["service_need"]
        rent = float(market["spot"] * buyer["service_need"])
        buyer["rental_revenue"] = buyer["operating_cash_flow"] = buyer["own_value"] + rent
        buyer["cash_flow_year"] = 4.0 * buyer["operating_cash_flow"]
        opening.w["debtors"]["cover"][buyer["account"]["column"]] = assumed("cover_of_sound_debtors")
    growth = []
    for owner in (*w["clouds"], *w["other_buyers"]):
        # The order rule, solved for the growth at which the last order is the wanted one.
        need = owner["need"] - leased[int(owner["account"]["column"])]
        capacity = max(need, 1e-9) / p["target_utilisation"]
        horizon = p["order_horizon"]
        standing = owner["online"] + owner["waiting"] + owner["pipeline"] + owner["decided"]
        ratio = (owner["orders"] + (standing - capacity) / horizon) / capacity
        rate = ratio / (1.0 + p["construction_lead"] / horizon) - p["attrition"]
        rate = min(max(float(rate), 0.0), MOST_PLANNED)
        owner["expected_growth"] = rate
        owner["expected_need"] = owner["need"] / (1.0 + rate)
        growth.append((rate, float(owner["need"])))
    mean = sum(rate * need for rate, need in growth) / sum(need for _, need in growth)
    market["sector_growth"] = mean
    market["backlog_growth"] = market["plans_growth"] = mean
    market["plans"] = w["clouds"]["orders"].sum()
    market["capex"] = float(sum(owner["ai_capex"] for owner in (*w["clouds"], *w["other_buyers"])))


def _open_hosts(opening: Opening) -> None:
    """Compute that open models take at the opening, divided among other buyers by what they have online: for what is
    spent on them, and for following the labs' training of some quarters ago. Most of what is used, at most."""
    p, market, buyers = opening.p, opening.w["market"], opening.w["other_buyers"]
    sold = float(market["fringe_share"] / (1.0 - market["fringe_share"]) * market["end_demand"])
    inference = sold / float(p["fringe_markup"] * market["user_cost"])
    before = math.exp(-assumed("frontier_growth") * float(p["fringe_lag"]))
    training = float(p["fringe_training"] * opening.w["labs"]["training_need"].sum()) * before
    online = float(buyers["online"].sum())
    room = assumed("most_compute_of_open_models") * float(p["target_utilisation"]) * online
    wanted = min(inference + training, room)
    market["open_training"] = max(wanted - inference, 0.0)
    buyers["rental_share"] = buyers["online"] / max(online, 1e-12)
    buyers["service_need"] = buyers["rental_share"] * wanted


def _invert_own_use(opening: Opening, owner: Any, use: float, liftable: float, truth: float) -> None:
    """Find the belief under which `use` GW is what the owner wants: A - K_ref = use, with A the compute that it pays
    for at the spot rent. K_ref is technology: so much compute per revenue that AI can lift, in the vintage's GW."""
    p, market = opening.p, opening.w["market"]
    units = (1.0 - float(p["it_price_decline"])) ** float(opening.w["opening_quarter"])
    owner["liftable"] = liftable
    owner["reference_compute"] = float(p["own_use_scale"]) * units * liftable
    owner["uplift_true"] = p["own_use_true"] * truth
    if liftable <= 0.0:
        return  # who has no business to lift uses none
    worth = (owner["reference_compute"] + use) * market["spot"]
    owner["uplift_belief"] = worth / (float(p["own_use_payback"]) * liftable)
    owner["own_need"] = owner["own_use"] = use
    owner["opening_uplift"] = owner["uplift_true"] * math.log1p(use / owner["reference_compute"]) * liftable
    owner["own_value"] = owner["opening_uplift"]


def _add_contract(opening: Opening, customer: int, provider: int, gigawatts: float) -> None:
    """A take-or-pay contract in force at the opening, a part of its term run."""
    if gigawatts <= 0.0:
        return
    market, p = opening.w["market"], opening.p
    number = int(market["n_contracts"])
    market["n_contracts"] += 1
    quarters = assumed("contract_term_left") * float(p["take_or_pay_quarters"])
    contract = market["contracts"][number]
    contract["customer"], contract["provider"], contract["supplier"] = customer, provider, NOBODY
    contract["gigawatts"] = contract["delivered"] = gigawatts
    contract["firm"] = p["firm_share"] * gigawatts
    contract["price"], contract["quarters_left"] = market["spot"], quarters
