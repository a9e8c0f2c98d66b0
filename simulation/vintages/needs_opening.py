"""Who needs how much compute at the opening: contracts, own use, open models, and the growth that owners expect."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.agents.clouds import MOST_PLANNED
from simulation.chronicle import NOBODY
from simulation.registry import CLOUDS, FIRST_COLUMN, HYPERSCALERS, N_INSTITUTIONS, NAMES
from simulation.scenario import PARAMETERS
from simulation.vintages.facts import assumed, fixed
from simulation.vintages.services_opening import chip_shares, fact, partner_shares, partners_of

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening

# Part of a lab's compute that stands under take-or-pay at the opening.
_CONTRACT_SHARES = np.array(
    [
        assumed("contracts_of_openai") if name == "OpenAI" else assumed("contracts_of_other_labs")
        for name in NAMES["labs"]
    ]
)
_SEEN_BY_RENTERS = np.where(np.arange(CLOUDS) < HYPERSCALERS, assumed("hyperscalers_part_for_rent"), 1.0)


def open_needs(opening: Opening) -> None:
    """Contracts, own use and the beliefs or scales that make today's use the wanted one; expected growth that makes the
    next orders follow from the last."""
    w, p, market, facts = opening.w, opening.p, opening.w["market"], opening.facts
    clouds, buyers = w["clouds"], w["other_buyers"]
    contracted, leased = _sign_contracts(opening)
    spot, utilisation = float(market["spot"]), p["target_utilisation"]
    spot_need = float(((1.0 - _CONTRACT_SHARES) * w["labs"]["need"]).sum())
    rentable = np.maximum(clouds["online"] - contracted, 0.0)
    weight = rentable * _SEEN_BY_RENTERS
    weight /= max(weight.sum(), 1e-12)
    giants = slice(0, HYPERSCALERS)
    liftable = float(p["liftable_share"] * clouds["core_revenue"][giants].sum())
    clouds["contracted"] = contracted
    clouds["rental_share"] = weight
    clouds["service_need"] = service_need = clouds["service_revenue"] * market["service_compute"]
    for_renters = weight * spot_need
    online = clouds["online"][giants]
    left = utilisation * online - contracted[giants] - service_need[giants] - for_renters[giants]
    use = np.maximum(left, assumed("least_own_use") * online)
    _invert_own_use(opening, clouds[giants], use, liftable * use / use.sum(), 1.0)
    clouds["need"] = need = clouds["own_need"] + service_need + contracted + for_renters
    market["need"] = market["need_before"] = sum(need.tolist())
    market["online"] = clouds["online"].sum()
    _open_hosts(opening)
    shares = chip_shares(facts)
    buyers["core_growth"] = clouds["core_growth"][0]
    _invert_own_use(
        opening,
        buyers,
        utilisation * buyers["online"] - buyers["service_need"],
        liftable * shares[CLOUDS:] / sum(shares[giants].tolist()) * p["other_buyers"],
        p["gamma"] / PARAMETERS["gamma"].default,
    )
    buyers["need"] = buyers["own_need"] + buyers["service_need"]
    earned = buyers["own_value"] + spot * buyers["service_need"]
    buyers["rental_revenue"] = buyers["operating_cash_flow"] = earned
    buyers["cash_flow_year"] = 4.0 * earned
    opening.w["debtors"]["cover"][buyers["account"]["column"]] = assumed("cover_of_sound_debtors")
    _expect_growth(opening, leased)


def _expect_growth(opening: Opening, leased: np.ndarray) -> None:
    """Growth at which the order rule makes of everybody's last order the wanted one."""
    w, p, market = opening.w, opening.p, opening.w["market"]
    horizon = p["order_horizon"]
    rates, needs = [], []
    for owners in (w["clouds"], w["other_buyers"]):
        need = owners["need"]
        capacity = np.maximum(need - leased[owners["account"]["column"]], 1e-9) / p["target_utilisation"]
        standing = owners["online"] + owners["waiting"] + owners["pipeline"] + owners["decided"]
        ratio = (owners["orders"] + (standing - capacity) / horizon) / capacity
        rate = ratio / (1.0 + p["construction_lead"] / horizon) - p["attrition"]
        owners["expected_growth"] = rate = np.minimum(np.maximum(rate, 0.0), MOST_PLANNED)
        owners["expected_need"] = need / (1.0 + rate)
        rates += rate.tolist()
        needs += need.tolist()
    mean = sum(rate * need for rate, need in zip(rates, needs, strict=True)) / sum(needs)
    market["sector_growth"] = market["backlog_growth"] = market["plans_growth"] = mean
    market["plans"] = w["clouds"]["orders"].sum()
    market["capex"] = sum((*w["clouds"]["ai_capex"].tolist(), *w["other_buyers"]["ai_capex"].tolist()))


def _open_hosts(opening: Opening) -> None:
    """Compute that open models take at the opening, divided among other buyers by what they have online: for what is
    spent on them, and for following the labs' training of some quarters ago. Most of what is used, at most."""
    p, market, buyers = opening.p, opening.w["market"], opening.w["other_buyers"]
    sold = float(market["fringe_share"] / (1.0 - market["fringe_share"]) * market["end_demand"])
    inference = sold / (p["fringe_markup"] * float(market["user_cost"]))
    before = math.exp(-assumed("frontier_growth") * p["fringe_lag"])
    training = p["fringe_training"] * float(opening.w["labs"]["training_need"].sum()) * before
    online = float(buyers["online"].sum())
    room = assumed("most_compute_of_open_models") * p["target_utilisation"] * online
    wanted = min(inference + training, room)
    market["open_training"] = max(wanted - inference, 0.0)
    buyers["rental_share"] = buyers["online"] / max(online, 1e-12)
    buyers["service_need"] = buyers["rental_share"] * wanted


def _invert_own_use(opening: Opening, owners: Any, use: np.ndarray, liftable: np.ndarray, truth: float) -> None:
    """Find the beliefs under which `use` GW are what owners want: A - K_ref = use, with A the compute that each pays
    for at the spot rent. K_ref is technology: so much compute per revenue that AI can lift, in the vintage's GW."""
    p, market = opening.p, opening.w["market"]
    units = (1.0 - p["it_price_decline"]) ** float(opening.w["opening_quarter"])
    owners["liftable"] = liftable
    owners["reference_compute"] = reference = p["own_use_scale"] * units * liftable
    owners["uplift_true"] = true = p["own_use_true"] * truth
    for owner, used, size, known in zip(owners, use.tolist(), liftable.tolist(), reference.tolist(), strict=True):
        if size <= 0.0:
            continue  # who has no business to lift uses none
        owner["uplift_belief"] = (known + used) * float(market["spot"]) / (p["own_use_payback"] * size)
        owner["own_need"] = owner["own_use"] = used
        owner["opening_uplift"] = owner["own_value"] = true * math.log1p(used / known) * size


@cache
def _partners(vintage: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who rents from whom at the opening: lab, cloud, and the part of the lab's compute under contract there."""
    pairs = [
        (j, NAMES["clouds"].index(cloud), _CONTRACT_SHARES[j] * part)
        for j, lab in enumerate(NAMES["labs"])
        for cloud, part in partners_of(vintage, lab).items()
    ]
    labs, clouds, parts = (fixed(column) for column in zip(*pairs, strict=True))
    return labs, clouds, parts


def _sign_contracts(opening: Opening) -> tuple[np.ndarray, np.ndarray]:
    """Take-or-pay contracts in force at the opening, a part of their term run. Returns GW by provider and by customer
    (as a column of the books)."""
    w, p, market, facts = opening.w, opening.p, opening.w["market"], opening.facts
    market["partner_share"] = partner_shares(opening.vintage)
    labs, clouds, parts = _partners(opening.vintage)
    spot, coreweave = float(market["spot"]), NAMES["clouds"].index("CoreWeave")
    sold = fact(facts, "CoreWeave", "ai_revenue")
    microsofts = facts.get("CoreWeave", "rented_by_microsoft") * sold / spot
    nvidias = facts.get("CoreWeave", "rented_by_nvidia") / spot
    customer = np.append(FIRST_COLUMN["labs"] + labs, (FIRST_COLUMN["clouds"], FIRST_COLUMN["chip_makers"]))
    provider = np.append(clouds, (coreweave, coreweave))
    gigawatts = np.append(parts * w["labs"]["need"][labs], (microsofts, nvidias))
    if not (signed := gigawatts > 0.0).all():
        customer, provider, gigawatts = customer[signed], provider[signed], gigawatts[signed]
    contracts = market["contracts"][: len(gigawatts)]
    market["n_contracts"] = len(gigawatts)
    contracts["customer"], contracts["provider"], contracts["supplier"] = customer, provider, NOBODY
    contracts["gigawatts"] = contracts["delivered"] = gigawatts
    contracts["firm"] = p["firm_share"] * gigawatts
    contracts["price"], contracts["quarters_left"] = spot, assumed("contract_term_left") * p["take_or_pay_quarters"]
    return np.bincount(provider, gigawatts, CLOUDS), np.bincount(customer, gigawatts, N_INSTITUTIONS)
