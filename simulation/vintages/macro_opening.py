"""The ordinary economy at the opening: demand, wages, government, households and the rest of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.agents.clouds import FOREIGN_BUYER
from simulation.vintages.facts import assumed

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening


def open_macroeconomy(opening: Opening) -> None:
    """Demand by kind in the quarter before the first, and the rules' levels that go with it."""
    w, p, macro = opening.w, opening.p, opening.w["macro"]
    gdp = opening.us("nominal_gdp")
    trend = float((1.0 + p["trend_growth"]) * (1.0 + p["inflation_target"]) - 1.0)
    market = w["market"]
    core = float(w["clouds"]["core_revenue"].sum() + w["chip_makers"]["core_revenue"].sum())
    market["core_sales"] = core
    core_households = p["core_share_households"] * core
    resident = w["other_buyers"]["kind"] != FOREIGN_BUYER
    ai_home = float(w["clouds"]["ai_capex"].sum() + w["other_buyers"]["ai_capex"][resident].sum())
    other_capex = float(w["clouds"]["other_capex"].sum())
    core_cost = float(((1.0 - w["clouds"]["core_cash_share"]) * w["clouds"]["core_revenue"]).sum())
    core_cost += float(((1.0 - w["chip_makers"]["core_cash_share"]) * w["chip_makers"]["core_revenue"]).sum())
    consumption = opening.us("consumption_share") * gdp
    purchases = opening.us("government_share") * gdp
    investment = opening.us("investment_share") * gdp
    firm_investment = investment - ai_home - other_capex
    shells = (1.0 - p["it_share"]) * ai_home
    structures = shells * (1.0 - float(market["shell_import_share"]))
    power = float(p["opex"] * market["system_price"] * w["clouds"]["online"].sum())
    inputs = (1.0 - p["core_wage_share"]) * core_cost + power
    consumed = assumed("consumers_part_of_ai_services") * float(market["end_demand"])
    goods_consumption = consumption - core_households - consumed
    home_sales = goods_consumption + purchases + firm_investment + other_capex + structures + inputs
    # Exports close the account: GDP = C + G + I + X - M with M the import content of what firms sell.
    chips_imported = assumed("imported_part_of_chips") * float(market["chip_sales"])
    chips_imported += shells * float(market["shell_import_share"])
    leak = p["import_share"]
    exports = (gdp - consumption - purchases - investment + chips_imported + leak * home_sales) / (1.0 - leak)
    core_abroad = float((1.0 - p["core_share_firms"] - p["core_share_households"]) * core)
    exports -= core_abroad / (1.0 - leak)
    sales = home_sales + exports
    opening.residuals["exports: closing less reported share of GDP"] = (
        exports + core_abroad - opening.us("exports_share") * gdp
    )
    macro["opening_gdp"] = macro["gdp"] = gdp
    macro["real_gdp"] = macro["real_gdp_before"] = gdp
    macro["price_level"] = 1.0
    macro["trend_level"] = 1.0
    macro["trend_nominal_growth"] = trend
    macro["inflation"] = macro["expected_inflation"] = opening.us("inflation")
    macro["labour_force"] = opening.us("labour_force")
    macro["unemployment"] = opening.us("unemployment")
    macro["employment"] = macro["labour_force"] * (1.0 - macro["unemployment"])
    tech_wages = p["core_wage_share"] * core_cost
    wages = opening.us("wage_share") * gdp - tech_wages
    macro["wage"] = wages / macro["employment"]
    macro["opening_wage"] = macro["wage"]
    macro["trend_productivity"] = macro["productivity"] = sales / macro["employment"]
    macro["opening_productivity"] = gdp / macro["employment"]
    macro["productivity_growth"] = p["trend_growth"]
    normal = macro["labour_force"] * (1.0 - p["natural_unemployment"])
    macro["potential_real"] = normal * macro["productivity"]
    macro["potential_nominal"] = macro["potential_real"]
    macro["potential_ratio"] = (
        gdp / macro["potential_real"] / (1.0 - p["okun"] * float(macro["unemployment"] - p["natural_unemployment"]))
    )
    macro["policy_rate"] = macro["policy_rule_rate"] = opening.us("policy_rate")
    # Rates at the opening are taken as neutral: investment starts where the data have it.
    macro["neutral_real_rate"] = macro["policy_rate"] - 4.0 * p["inflation_target"]
    macro["loan_spread"] = p["loan_spread"]
    macro["bond_rate"] = 0.25 * (macro["policy_rate"] + p["term_premium"])
    macro["loan_rate_quarter"] = 0.25 * (macro["policy_rate"] + macro["loan_spread"])
    macro["deposit_rate"] = 0.25 * p["deposit_pass_through"] * macro["policy_rate"]
    macro["real_loan_rate_normal"] = macro["neutral_real_rate"] + p["loan_spread"]
    macro["real_loan_rate"] = macro["real_loan_rate_normal"]
    macro["lasting_demand"] = sales
    macro["customers_growth"] = trend
    macro["household_demand"] = 1.0
    macro["credit_appetite"] = 1.0
    macro["ai_home_before"] = ai_home
    macro["ai_net_before"] = (1.0 - p["capex_import_share"]) * ai_home
    opening.sales = sales
    opening.wages = wages
    opening.firm_investment = firm_investment
    opening.consumption = consumption
    opening.tech_wages = tech_wages
    opening.trade_deficit = consumption + purchases + investment - gdp
    opening.core_to_firms = p["core_share_firms"] * core
    government = w["governments"][0]
    government["purchase_share"] = purchases * (1.0 + trend) / macro["potential_nominal"] / (1.0 + trend)
    abroad = w["rest_of_world"][0]
    abroad["export_share"] = exports / macro["potential_nominal"]
    totals = w["totals"]
    totals["belief"] = p["prior_belief"]
    totals["sales"] = sales
    households = w["households"]
    top, more = assumed("top_part_of_wages"), assumed("top_more_of_core_purchases")
    households["wage_share"] = (top, 1.0 - top)
    households["core_weight"] = (top + more, 1.0 - top - more)
    helped = assumed("top_part_of_transfers")
    households["transfer_share"] = (helped, 1.0 - helped)
    others = assumed("rest_part_of_income_from_abroad")
    households["foreign_share"] = (1.0 - others, others)
    deposits, kept = opening.us("household_deposits"), assumed("top_part_of_deposits")
    households["account"]["cash"] = np.array([kept, 1.0 - kept]) * deposits
