"""The AI sector at the opening: compute in place and on its way, needs, contracts, prices of services, beliefs."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.agents.chip_makers import gross_margin
from simulation.agents.clouds import COHORTS, FOREIGN_BUYER, HOME_BUYER, HYPERSCALER, NEOCLOUD, SITES
from simulation.books import instruments as stock
from simulation.dates import FIRST
from simulation.markets.compute import MOST_CASH_SHARE
from simulation.registry import CLOUDS, HYPERSCALERS, MAKERS, NAMES, columns_of
from simulation.rule import rule
from simulation.technology.user_cost import cost_of_capital, user_cost
from simulation.vintages.facts import assumed, fixed
from simulation.vintages.needs_opening import open_needs
from simulation.vintages.services_opening import chip_shares, facts_of, open_services
from simulation.vintages.without_ai import remove_ai

if TYPE_CHECKING:
    from simulation.vintages.facts import Facts
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
    scale = opening.p["buffer_scale"]
    for kind in ("chip_makers", "clouds", "labs"):
        opening.w[kind]["account"]["cash"] *= scale


def _open_technology(opening: Opening) -> None:
    p, market = opening.p, opening.w["market"]
    price = p["cost_per_gw"]
    market["it_price"] = price * p["it_share"]
    market["shell_price"] = price * (1.0 - p["it_share"])
    market["system_price"] = price
    market["physical"] = 1.0
    market["efficiency"] = market["efficiency_passed"] = 1.0
    market["capability"] = 1.0 + p["capability_elasticity"] * math.log(opening.sector("training_over_first"))
    market["power_cap"] = p["power_additions"] * opening.own("power_share_2022Q4", 1.0)
    price_compute(*opening.arguments, opening.us("policy_rate"))
    rent = market["user_cost"]
    market["spot"] = market["expected_spot"] = market["rent_paid"] = market["opening_spot"] = rent
    market["tightness"] = 1.0
    market["utilisation"] = p["target_utilisation"]
    parts = (1.0 - p["chip_margin"]) * p["it_share"]
    market["shell_import_share"] = min(max((p["capex_import_share"] - parts) / (1.0 - p["it_share"]), 0.0), 1.0)
    for kind in ("clouds", "other_buyers"):
        opening.w[kind]["user_cost"] = rent


@rule
def price_compute(world: Any, accounts: Any, firms: Any, policy_rate: float) -> None:
    """Rent at which compute bought at the opening pays its owner."""
    w = world[0]
    rate = cost_of_capital(policy_rate, w.parameters)
    w.market.user_cost = user_cost(w.market.it_price, w.market.shell_price, rate, 0.0, w.parameters)


@rule
def set_margins(world: Any, accounts: Any, firms: Any, due_over_supply: float) -> None:
    """Margins of the chip makers, who open alike scarce."""
    w = world[0]
    for maker in w.chip_makers:
        maker.margin = gross_margin(due_over_supply, w.parameters)


@cache
def _purchases(facts: Facts) -> np.ndarray:
    """Value of the chips that each buyer takes from each maker in the first quarter (makers x buyers, USD bn).
    Broadcom's systems go to Alphabet and Meta, for whom they are made; the rest is shared alike."""
    makers = NAMES["chip_makers"]
    broadcom = makers.index("Broadcom")
    names = NAMES["clouds"] + NAMES["other_buyers"]
    sales = np.array([facts.value(maker, "next_quarter_ai_revenue") for maker in makers])
    shares = chip_shares(facts) / chip_shares(facts).sum()
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
    return fixed(table)


def _open_chip_makers(opening: Opening) -> None:
    w, p, market, facts = opening.w, opening.p, opening.w["market"], opening.facts
    makers = w["chip_makers"]
    table = _purchases(facts)
    slack = p["initial_supply_slack"] if opening.vintage == FIRST else 1.0
    backlog = opening.sector("backlog_over_supply")
    price = float(market["it_price"])
    fall = 1.0 - p["it_price_decline"]
    sales = table.sum(axis=1)
    now = facts_of(facts, "chip_makers", "ai_revenue")
    makers["alive"] = 1.0
    makers["order_share"] = sales / table.sum()
    # Sales of the first quarter are its supply where orders wait, its backlog where supply is idle.
    supply = slack * sales
    set_margins(*opening.arguments, backlog / slack)
    margin = makers["margin"]
    makers["unit_cost"] = makers["parts_cost"] = unit_cost = price * (1.0 - margin)
    makers["price"] = makers["price_before"] = price
    next_price = price * fall
    market["on_order"] = on_order = backlog * table / next_price
    market["maker_share"] = market["usual_maker_share"] = table / table.sum(axis=0)
    makers["supply"] = supply / fall  # at today's price; the first quarter's price is lower by the trend
    makers["backlog"] = on_order.sum(axis=1) * price
    growth = np.zeros(MAKERS)
    if slack <= 1.0:
        growth = np.minimum(np.maximum(sales / np.maximum(now, 1e-9) - 1.0, 0.0), p["chip_supply_growth_cap"])
    makers["supply_coming"][:, 1 : int(p["chip_supply_lag"])] = (assumed("supply_growth_under_way") * growth)[:, None]
    makers["ai_revenue"] = now
    cash_flow = facts_of(facts, "chip_makers", "operating_cash_flow")
    makers["core_revenue"] = core = np.maximum(
        facts_of(facts, "chip_makers", "revenue") - now, assumed("least_core_revenue")
    )
    ai_profit = (margin - p["research_share"]) * now
    # Core cash flow is the reported one before interest less what AI earns, before tax, as far as it is plausible.
    interest = 0.25 * (opening.us("policy_rate") + p["bond_spread"]) * facts_of(facts, "chip_makers", "debt")
    core_cash = (cash_flow + interest) / (1.0 - p["tax_profits"]) - ai_profit
    makers["core_cash_share"] = core_cash_share = np.minimum(
        np.maximum(core_cash / core, assumed("least_core_cash")), MOST_CASH_SHARE
    )
    makers["core_cash_flow"] = core_cash_flow = core_cash_share * core
    makers["operating_cash_flow"] = cash_flow
    makers["cash_flow_year"] = 4.0 * cash_flow
    makers["profit"] = ai_profit * (1.0 - p["tax_profits"]) + core_cash_flow
    makers["payout_share"] = np.minimum(_payout_shares(facts, "chip_makers"), assumed("most_payout_of_makers"))
    account = makers["account"]
    account["cash"] = money = facts_of(facts, "chip_makers", "deposits")
    makers["money_target"] = assumed("money_target_of_makers") * money
    makers["parts_power"] = parts_power = assumed("parts_in_stock") * sales / next_price
    tangible = account["tangible"]
    tangible[:, stock.INVENTORY - stock.FIRST_TANGIBLE] = unit_cost * fall * parts_power
    tangible[:, stock.CAPITAL - stock.FIRST_TANGIBLE] = facts_of(facts, "chip_makers", "property_net")
    w["debtors"]["cover"][account["column"]] = assumed("cover_of_sound_debtors")
    market["chip_sales"] = now.sum()
    market["supply_value"] = float(makers["supply"].sum())
    market["backlog_value"] = market["due_value"] = float(makers["backlog"].sum())


def _open_owners(opening: Opening) -> None:
    """Compute in place by cohort, equipment waiting, shells, sites, and the split of capital expenditure."""
    w, p, market, facts = opening.w, opening.p, opening.w["market"], opening.facts
    online = opening.own("capacity_2022Q4", opening.sector("capacity_online"))
    price, fall = float(market["it_price"]), 1.0 - p["it_price_decline"]
    shell_price = float(market["shell_price"])
    next_shell_price = shell_price * (1.0 - p["shell_price_decline"])
    on_order = market["on_order"].sum(axis=0)
    deliveries = on_order / opening.sector("backlog_over_supply")
    share = chip_shares(facts) / chip_shares(facts).sum()
    growth, life = opening.sector("delivery_growth"), p["book_life_it"]
    clouds, buyers = w["clouds"], w["other_buyers"]
    clouds["kind"][:HYPERSCALERS], clouds["kind"][HYPERSCALERS:] = HYPERSCALER, NEOCLOUD
    buyers["kind"] = [HOME_BUYER if name.startswith("Enterprise") else FOREIGN_BUYER for name in NAMES["other_buyers"]]
    for owners, part in ((clouds, slice(0, CLOUDS)), (buyers, slice(CLOUDS, None))):
        owners["alive"] = 1.0
        owners["waiting"] = assumed("equipment_waiting") * deliveries[part]
        owners["online"] = share[part] * online
        owners["pipeline"] = on_order[part]
        owners["shells"] = owners["online"] + assumed("shells_for_waiting_equipment") * owners["waiting"]
        _age_cohorts(owners, price, fall, growth, life)
        chips = deliveries[part] * price * fall
        shells = chips * (1.0 - p["it_share"]) / p["it_share"]
        if owners is clouds:
            paid = facts_of(facts, "clouds", "next_quarter_capex") - chips
            shells = np.minimum(shells, np.maximum(paid, assumed("least_building") * shells))
        _lay_out_sites(owners, shells / next_shell_price, growth, int(p["construction_lead"]))
        owners["chips_bought"] = chips
        owners["shells_paid"] = shells
        owners["ai_capex"] = chips + shells
        tangible = owners["account"]["tangible"]
        tangible[:, stock.COMPUTE - stock.FIRST_TANGIBLE] = owners["cohort_book"].sum(axis=1)
        shells_worth = assumed("book_value_of_shells") * owners["shells"] * shell_price
        tangible[:, stock.SHELLS - stock.FIRST_TANGIBLE] = shells_worth
        built = (owners["sites"] - owners["sites_unpaid"]).sum(axis=1)
        tangible[:, stock.CONSTRUCTION - stock.FIRST_TANGIBLE] = built * shell_price
    _open_clouds(opening)
    spent = buyers["ai_capex"]
    buyers["account"]["cash"] = assumed("money_of_other_buyers") * spent
    buyers["money_target"] = assumed("money_target_of_other_buyers") * spent
    buyers["capex"] = spent


def _age_cohorts(owners: Any, price: float, fall: float, growth: float, life: float) -> None:
    """Spread compute over past deliveries that grew at `growth`; each was bought at the price of its quarter."""
    age = np.arange(1, min(COHORTS, int(life)))
    weight = (1.0 + growth) ** (-age.astype(float))
    power = (owners["online"] + owners["waiting"])[:, None] * weight / weight.sum()
    cost = power * price / fall**age
    slot = (COHORTS - age + 1) % COHORTS
    owners["cohort_cost"][:, slot] = cost
    owners["cohort_book"][:, slot] = cost * (1.0 - age / life)


def _lay_out_sites(owners: Any, building: np.ndarray, growth: float, lead: int) -> None:
    """Sites on which `building` GW are built in the first quarter: one due in every quarter of the lead time, each
    larger than the one before by the growth of orders. Equipment for them that is not yet on order is decided on."""
    lead = min(lead, SITES)
    size = (1.0 + growth) ** np.arange(lead)
    sites, unpaid = owners["sites"], owners["sites_unpaid"]
    sites[:] = unpaid[:] = 0.0
    sites[:, :lead] = building[:, None] * size / size.mean()
    unpaid[:, :lead] = sites[:, :lead] * np.arange(1, lead + 1) / lead
    owners["orders"] = owners["rule_plan"] = sites[:, lead - 1]
    room = owners["shells"] + sites.sum(axis=1)
    owners["decided"] = np.maximum(room - owners["online"] - owners["waiting"] - owners["pipeline"], 0.0)


def _open_clouds(opening: Opening) -> None:
    """Core businesses of hyperscalers; money and ordinary capital of all clouds."""
    p, facts, clouds = opening.p, opening.facts, opening.w["clouds"]
    giants, neoclouds = slice(0, HYPERSCALERS), slice(HYPERSCALERS, None)
    trend = assumed("core_trend")
    elapsed = float(opening.w["opening_quarter"])
    clouds["core_revenue"] = clouds["core_growth"] = clouds["core_cash_share"] = clouds["core_cash_flow"] = 0.0
    clouds["payout_share"] = clouds["liquidity"] = 0.0
    other = np.maximum(facts_of(facts, "clouds", "next_quarter_capex") - clouds["ai_capex"], 0.0)
    cash_flow = facts_of(facts, "clouds", "operating_cash_flow")
    services = facts_of(facts, "clouds", "ai_revenue")[giants]
    revenue = np.maximum(facts_of(facts, "clouds", "revenue")[giants] - services, 0.0)
    fading = (p["core_cash_growth"] - trend) * p["core_growth_memory"] ** elapsed
    dip = 1.0 - assumed("other_capex_dip_of_first_quarter") * p["other_capex_dip"] if elapsed == 0 else 1.0
    # Core cash flow is the reported one less what AI services earn, before tax.
    interest = assumed("interest_of_giants") * facts_of(facts, "clouds", "debt")[giants]
    untaxed = 1.0 - assumed("taxed_part_of_core_cash") * p["tax_profits"]
    earned = cash_flow[giants] + interest - assumed("cash_of_ai_services") * services
    cash_share = earned / untaxed / revenue
    cash = cash_share * revenue
    clouds["core_revenue"][giants] = revenue
    clouds["core_growth"][giants] = fading
    clouds["core_cash_share"][giants] = cash_share
    clouds["core_cash_flow"][giants] = cash
    clouds["other_capex_share"][giants] = other[giants] / (cash * (1.0 + trend + fading)) / dip
    clouds["other_capex"] = other
    clouds["capex"] = clouds["ai_capex"] + other
    clouds["operating_cash_flow"] = cash_flow
    clouds["cash_flow_year"] = 4.0 * cash_flow
    clouds["payout_share"][giants] = np.minimum(_payout_shares(facts, "clouds")[giants], 1.0)
    account = clouds["account"]
    money = facts_of(facts, "clouds", "deposits").copy()
    drawn = np.zeros(CLOUDS)
    # What the first quarter's deliveries cost is drawn on the delayed-draw line at the opening.
    due = assumed("first_draw_of_neoclouds") * clouds["ai_capex"][neoclouds]
    drawn[neoclouds] = np.maximum(due - money[neoclouds], 0.0)
    money += drawn
    kept = np.full(CLOUDS, p["liquidity_target"])
    kept[neoclouds] = assumed("money_target_of_neoclouds")
    account["cash"] = money
    clouds["money_target"] = target = kept * money
    clouds["liquidity"][giants] = target[giants] / revenue
    clouds["to_contract"] = [float(k >= HYPERSCALERS or name == "Oracle") for k, name in enumerate(NAMES["clouds"])]
    standing, columns = opening.w["debtors"], columns_of("clouds")
    standing["cover"][columns.start : columns.start + HYPERSCALERS] = assumed("cover_of_sound_debtors")
    standing["cover"][columns.start + HYPERSCALERS : columns.stop] = assumed("cover_of_neoclouds")
    standing["debt"][columns.start : columns.stop] = facts_of(facts, "clouds", "debt") + drawn
    _open_ordinary_capital(opening, account["tangible"], other, trend)


def _open_ordinary_capital(opening: Opening, tangible: Any, other_capex: np.ndarray, trend: float) -> None:
    """What of a cloud's reported property is neither compute nor shells, and at least what it has spent on."""
    own = sum(tangible[:, k - stock.FIRST_TANGIBLE] for k in (stock.COMPUTE, stock.SHELLS, stock.CONSTRUCTION))
    ordinary = facts_of(opening.facts, "clouds", "property_net") - own
    least = other_capex / max(opening.p["tech_depreciation"] + trend, 1e-9) * assumed("least_ordinary_capital")
    tangible[:, stock.CAPITAL - stock.FIRST_TANGIBLE] = np.maximum(ordinary, least)
    for k in np.flatnonzero(ordinary[:HYPERSCALERS] < 0.0).tolist():
        opening.residuals[f"{NAMES['clouds'][k]}: compute and shells above reported property"] = -float(ordinary[k])


@cache
def _payout_shares(facts: Facts, kind: str) -> np.ndarray:
    """What each firm of a kind paid its owners over its cash flow."""
    cash_flow = np.maximum(facts_of(facts, kind, "operating_cash_flow"), assumed("least_cash_flow_for_payouts"))
    return fixed(facts_of(facts, kind, "payouts") / cash_flow)
