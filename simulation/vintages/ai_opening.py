"""The AI sector at the opening: compute in place and on its way, needs, contracts, prices of services, beliefs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.agents.chip_makers import gross_margin
from simulation.agents.clouds import COHORTS, FOREIGN_BUYER, HOME_BUYER, HYPERSCALER, NEOCLOUD, SITES
from simulation.books import instruments as stock
from simulation.dates import FIRST
from simulation.markets.compute import MOST_CASH_SHARE
from simulation.registry import HYPERSCALERS, NAMES
from simulation.technology.user_cost import cost_of_capital, user_cost
from simulation.vintages.facts import assumed
from simulation.vintages.needs_opening import open_needs
from simulation.vintages.services_opening import chip_share, fact, open_services
from simulation.vintages.without_ai import remove_ai

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening


def open_ai_sector(opening: Opening) -> None:
    """Chip makers, clouds, labs and other buyers with their compute, orders, needs and contracts."""
    _open_technology(opening)
    _open_chip_makers(opening)
    _open_owners(opening)
    open_services(opening)
    open_needs(opening)
    _scale_buffers(opening)
    if not opening.p["ai"]:
        remove_ai(opening)


def _scale_buffers(opening: Opening) -> None:
    """Money of the AI sector's members, as the data have it or, in an experiment, more or less of it."""
    scale = float(opening.p["buffer_scale"])
    for kind in ("chip_makers", "clouds", "labs"):
        opening.w[kind]["account"]["cash"] *= scale


def _open_technology(opening: Opening) -> None:
    p, market = opening.p, opening.w["market"]
    price = float(p["cost_per_gw"])
    market["it_price"] = price * p["it_share"]
    market["shell_price"] = price * (1.0 - p["it_share"])
    market["system_price"] = price
    market["physical"] = 1.0
    market["efficiency"] = market["efficiency_passed"] = 1.0
    market["capability"] = 1.0 + p["capability_elasticity"] * math.log(opening.sector("training_over_first"))
    market["power_cap"] = p["power_additions"] * opening.own("power_share_2022Q4", 1.0)
    rules = opening.rule_parameters
    rate = cost_of_capital(float(opening.us("policy_rate")), rules)
    market["user_cost"] = user_cost(float(market["it_price"]), float(market["shell_price"]), rate, 0.0, rules)
    for rent in ("spot", "expected_spot", "rent_paid", "opening_spot"):
        market[rent] = market["user_cost"]
    market["tightness"] = 1.0
    market["utilisation"] = p["target_utilisation"]
    parts = (1.0 - p["chip_margin"]) * p["it_share"]
    market["shell_import_share"] = min(max((p["capex_import_share"] - parts) / (1.0 - p["it_share"]), 0.0), 1.0)
    for kind in ("clouds", "other_buyers"):
        opening.w[kind]["user_cost"] = market["user_cost"]


def _purchases(opening: Opening, names: list[str]) -> np.ndarray:
    """Value of the chips that each buyer takes from each maker in the first quarter (makers x buyers, USD bn).
    Broadcom's systems go to Alphabet and Meta, for whom they are made; the rest is shared alike."""
    makers = NAMES["chip_makers"]
    broadcom = makers.index("Broadcom")
    sales = np.array([opening.facts.value(maker, "next_quarter_ai_revenue") for maker in makers])
    shares = np.array([chip_share(opening, name) for name in names])
    shares /= shares.sum()
    wanted = shares * sales.sum()
    table = np.zeros((len(makers), len(names)))
    meta = assumed("broadcoms_sales_to_meta")
    for name, part in (("Alphabet", 1.0 - meta), ("Meta", meta)):
        k = names.index(name)
        table[broadcom, k] = min(part * sales[broadcom], assumed("most_custom_chips") * wanted[k])
    rest = wanted - table.sum(axis=0)
    table[broadcom] += (sales[broadcom] - table[broadcom].sum()) * rest / rest.sum()
    rest = wanted - table.sum(axis=0)
    for m in range(len(makers)):
        if m != broadcom:
            table[m] = sales[m] * rest / rest.sum()
    return table


def _open_chip_makers(opening: Opening) -> None:
    w, p, market = opening.w, opening.p, opening.w["market"]
    names = NAMES["clouds"] + NAMES["other_buyers"]
    table = _purchases(opening, names)
    slack = float(p["initial_supply_slack"]) if opening.vintage == FIRST else 1.0
    backlog = opening.sector("backlog_over_supply")
    price = float(market["it_price"])
    fall = 1.0 - float(p["it_price_decline"])
    market["on_order"] = 0.0
    for m, maker in enumerate(w["chip_makers"]):
        name = NAMES["chip_makers"][m]
        sales = table[m].sum()
        now = opening.facts.value(name, "ai_revenue")
        maker["alive"] = 1.0
        maker["order_share"] = sales / table.sum()
        # Sales of the first quarter are its supply where orders wait, its backlog where supply is idle.
        maker["supply"] = slack * sales
        maker["margin"] = gross_margin(backlog / slack, opening.rule_parameters)
        maker["unit_cost"] = price * (1.0 - maker["margin"])
        maker["price"] = maker["price_before"] = price
        next_price = price * fall
        market["on_order"][m] = backlog * table[m] / next_price
        market["maker_share"][m] = market["usual_maker_share"][m] = table[m] / table.sum(axis=0)
        maker["supply"] /= fall  # at today's price; the first quarter's price is lower by the trend
        maker["backlog"] = market["on_order"][m].sum() * price
        growth = min(max(sales / max(now, 1e-9) - 1.0, 0.0), p["chip_supply_growth_cap"]) if slack <= 1.0 else 0.0
        maker["supply_coming"][: int(p["chip_supply_lag"])] = assumed("supply_growth_under_way") * growth
        maker["supply_coming"][0] = 0.0
        maker["ai_revenue"] = now
        revenue = opening.facts.value(name, "revenue")
        cash_flow = opening.facts.value(name, "operating_cash_flow")
        maker["core_revenue"] = max(revenue - now, assumed("least_core_revenue"))
        ai_profit = (maker["margin"] - p["research_share"]) * now
        # Core cash flow is the reported one before interest less what AI earns, before tax, as far as it is plausible.
        interest = 0.25 * (opening.us("policy_rate") + p["bond_spread"]) * opening.facts.get(name, "debt")
        core_cash = (cash_flow + interest) / (1.0 - p["tax_profits"]) - ai_profit
        maker["core_cash_share"] = min(
            max(core_cash / maker["core_revenue"], assumed("least_core_cash")), MOST_CASH_SHARE
        )
        maker["core_cash_flow"] = maker["core_cash_share"] * maker["core_revenue"]
        maker["operating_cash_flow"] = cash_flow
        maker["cash_flow_year"] = 4.0 * cash_flow
        maker["profit"] = ai_profit * (1.0 - p["tax_profits"]) + maker["core_cash_flow"]
        maker["payout_share"] = min(_payout_share(opening, name, cash_flow), assumed("most_payout_of_makers"))
        account = maker["account"]
        account["cash"] = opening.facts.value(name, "deposits")
        maker["money_target"] = assumed("money_target_of_makers") * account["cash"]
        maker["parts_cost"] = maker["unit_cost"]
        maker["parts_power"] = assumed("parts_in_stock") * sales / next_price
        parts = maker["unit_cost"] * fall * maker["parts_power"]
        account["tangible"][stock.INVENTORY - stock.FIRST_TANGIBLE] = parts
        account["tangible"][stock.CAPITAL - stock.FIRST_TANGIBLE] = opening.facts.value(name, "property_net")
        w["debtors"]["cover"][account["column"]] = assumed("cover_of_sound_debtors")
    market["chip_sales"] = sum(opening.facts.value(name, "ai_revenue") for name in NAMES["chip_makers"])
    market["supply_value"] = float(w["chip_makers"]["supply"].sum())
    market["backlog_value"] = market["due_value"] = float(w["chip_makers"]["backlog"].sum())


def _open_owners(opening: Opening) -> None:
    """Compute in place by cohort, equipment waiting, shells, sites, and the split of capital expenditure."""
    w, p, market = opening.w, opening.p, opening.w["market"]
    names = NAMES["clouds"] + NAMES["other_buyers"]
    online = opening.own("capacity_2022Q4", opening.sector("capacity_online"))
    fall = 1.0 - float(p["it_price_decline"])
    deliveries = market["on_order"].sum(axis=0) / opening.sector("backlog_over_supply")
    share = np.array([chip_share(opening, name) for name in names])
    share /= share.sum()
    w["clouds"]["kind"][:HYPERSCALERS], w["clouds"]["kind"][HYPERSCALERS:] = HYPERSCALER, NEOCLOUD
    w["other_buyers"]["kind"] = [
        HOME_BUYER if name.startswith("Enterprise") else FOREIGN_BUYER for name in NAMES["other_buyers"]
    ]
    clouds = len(NAMES["clouds"])
    for owners, part in ((w["clouds"], slice(0, clouds)), (w["other_buyers"], slice(clouds, None))):
        owners["alive"] = 1.0
        owners["waiting"] = assumed("equipment_waiting") * deliveries[part]
        owners["online"] = share[part] * online
        owners["pipeline"] = market["on_order"][:, part].sum(axis=0)
        owners["shells"] = owners["online"] + assumed("shells_for_waiting_equipment") * owners["waiting"]
        growth, life = opening.sector("delivery_growth"), float(p["book_life_it"])
        _age_cohorts(owners, float(market["it_price"]), fall, growth, life)
    for k, owner in enumerate((*w["clouds"], *w["other_buyers"])):
        name = names[k]
        chips = deliveries[k] * market["it_price"] * fall
        shells = chips * (1.0 - p["it_share"]) / p["it_share"]
        if k < clouds:
            paid = fact(opening, name, "next_quarter_capex") - chips
            shells = min(shells, max(paid, assumed("least_building") * shells))
        shell_price = float(market["shell_price"]) * (1.0 - float(p["shell_price_decline"]))
        _lay_out_sites(owner, shells / shell_price, growth, p)
        owner["chips_bought"] = chips
        owner["shells_paid"] = shells
        owner["ai_capex"] = chips + shells
        tangible = owner["account"]["tangible"]
        tangible[stock.COMPUTE - stock.FIRST_TANGIBLE] = owner["cohort_book"].sum()
        shells_worth = assumed("book_value_of_shells") * owner["shells"] * market["shell_price"]
        tangible[stock.SHELLS - stock.FIRST_TANGIBLE] = shells_worth
        built = (owner["sites"] - owner["sites_unpaid"]).sum()
        tangible[stock.CONSTRUCTION - stock.FIRST_TANGIBLE] = built * market["shell_price"]
        if k < clouds:
            _open_cloud(opening, owner, name)
        else:
            owner["account"]["cash"] = assumed("money_of_other_buyers") * owner["ai_capex"]
            owner["money_target"] = assumed("money_target_of_other_buyers") * owner["ai_capex"]
            owner["capex"] = owner["ai_capex"]


def _age_cohorts(owners: Any, price: float, fall: float, growth: float, life: float) -> None:
    """Spread compute over past deliveries that grew at `growth`; each was bought at the price of its quarter."""
    age = np.arange(1, min(COHORTS, int(life)))
    weight = (1.0 + growth) ** (-age.astype(float))
    power = (owners["online"] + owners["waiting"])[:, None] * weight / weight.sum()
    cost = power * price / fall**age
    slot = (COHORTS - age + 1) % COHORTS
    owners["cohort_cost"][:, slot] = cost
    owners["cohort_book"][:, slot] = cost * (1.0 - age / life)


def _lay_out_sites(owner: Any, building: float, growth: float, p: Any) -> None:
    """Sites on which `building` GW are built in the first quarter: one due in every quarter of the lead time, each
    larger than the one before by the growth of orders. Equipment for them that is not yet on order is decided on."""
    lead = min(int(p["construction_lead"]), SITES)
    size = (1.0 + growth) ** np.arange(lead)
    sites, unpaid = owner["sites"], owner["sites_unpaid"]
    sites[:] = unpaid[:] = 0.0
    sites[:lead] = building * size / size.mean()
    unpaid[:lead] = sites[:lead] * np.arange(1, lead + 1) / lead
    owner["orders"] = sites[lead - 1]
    room = owner["shells"] + sites.sum()
    owner["decided"] = max(room - owner["online"] - owner["waiting"] - owner["pipeline"], 0.0)


def _open_cloud(opening: Opening, cloud: Any, name: str) -> None:
    """Core business, money and ordinary capital of one cloud."""
    p = opening.p
    revenue = fact(opening, name, "revenue")
    services = fact(opening, name, "ai_revenue")
    cash_flow = fact(opening, name, "operating_cash_flow")
    neocloud = cloud["kind"] == NEOCLOUD
    trend = assumed("core_trend")
    cloud["core_revenue"] = 0.0 if neocloud else max(revenue - services, 0.0)
    fade = p["core_growth_memory"] ** float(opening.w["opening_quarter"])
    cloud["core_growth"] = 0.0 if neocloud else (p["core_cash_growth"] - trend) * fade
    growth = 1.0 + trend + cloud["core_growth"]
    other = max(fact(opening, name, "next_quarter_capex") - cloud["ai_capex"], 0.0)
    fallen = assumed("other_capex_dip_of_first_quarter") * p["other_capex_dip"]
    dip = 1.0 - fallen if opening.w["opening_quarter"] == 0 else 1.0
    cloud["core_cash_share"] = cloud["core_cash_flow"] = 0.0
    if not neocloud:
        # Core cash flow is the reported one less what AI services earn, before tax.
        interest = assumed("interest_of_giants") * fact(opening, name, "debt")
        untaxed = 1.0 - assumed("taxed_part_of_core_cash") * p["tax_profits"]
        earned = cash_flow + interest - assumed("cash_of_ai_services") * services
        cloud["core_cash_share"] = earned / untaxed / cloud["core_revenue"]
        core = cloud["core_cash_share"] * cloud["core_revenue"] * growth
        cloud["other_capex_share"] = other / core / dip
        cloud["core_cash_flow"] = cloud["core_cash_share"] * cloud["core_revenue"]
    cloud["other_capex"] = other
    cloud["capex"] = cloud["ai_capex"] + other
    cloud["operating_cash_flow"] = cash_flow
    cloud["cash_flow_year"] = 4.0 * cash_flow
    standing = opening.w["debtors"][cloud["account"]["column"]]
    standing["cover"] = assumed("cover_of_neoclouds") if neocloud else assumed("cover_of_sound_debtors")
    cloud["payout_share"] = 0.0 if neocloud else min(_payout_share(opening, name, cash_flow), 1.0)
    account = cloud["account"]
    account["cash"] = fact(opening, name, "deposits")
    drawn = 0.0
    if neocloud:
        # What the first quarter's deliveries cost is drawn on the delayed-draw line at the opening.
        drawn = max(assumed("first_draw_of_neoclouds") * cloud["ai_capex"] - account["cash"], 0.0)
        account["cash"] += drawn
    kept = assumed("money_target_of_neoclouds") if neocloud else p["liquidity_target"]
    cloud["money_target"] = kept * account["cash"]
    cloud["liquidity"] = 0.0 if neocloud else cloud["money_target"] / cloud["core_revenue"]
    cloud["to_contract"] = float(neocloud or name == "Oracle")
    standing["debt"] = fact(opening, name, "debt") + drawn
    own = sum(account["tangible"][k - stock.FIRST_TANGIBLE] for k in (stock.COMPUTE, stock.SHELLS, stock.CONSTRUCTION))
    ordinary = fact(opening, name, "property_net") - own
    account["tangible"][stock.CAPITAL - stock.FIRST_TANGIBLE] = max(
        ordinary, other / max(p["tech_depreciation"] + trend, 1e-9) * assumed("least_ordinary_capital")
    )
    if ordinary < 0.0 and not neocloud:
        opening.residuals[f"{name}: compute and shells above reported property"] = -ordinary


def _payout_share(opening: Opening, name: str, cash_flow: float) -> float:
    """What a firm paid its owners over its cash flow."""
    return fact(opening, name, "payouts") / max(cash_flow, assumed("least_cash_flow_for_payouts"))
