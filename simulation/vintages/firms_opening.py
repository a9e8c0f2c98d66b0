"""Ordinary firms at the opening: sizes with a fat tail, gains nobody knows, first users, and balance sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation import randomness as draw
from simulation.books import instruments as stock
from simulation.randomness import draw_key, normal_of, uniform_of
from simulation.rule import live, rule
from simulation.vintages.facts import assumed

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening


@rule
def draw_firms(
    firms: Any, seed: int, tail: float, largest: float, dispersion: float, spread: float, luck: float
) -> None:
    """Scale, true gain, belief, luck and starting order of every firm, each from its own keys. Sizes have the `tail`
    exponent; the `largest` is that over the smallest, before the exponent."""
    size_key = draw_key(seed, draw.FIRM_SIZE, 0)
    gain_key = draw_key(seed, draw.FIRM_GAIN, 0)
    belief_key = draw_key(seed, draw.FIRM_BELIEF, 0)
    start_key = draw_key(seed, draw.FIRM_START, 0)
    luck_key = draw_key(seed, draw.FIRM_DEMAND, 0)
    for i in range(len(firms)):
        firm = firms[i]
        rank = 1.0 / largest + (1.0 - 1.0 / largest) * uniform_of(size_key, i)
        firm.scale = rank ** (-1.0 / tail)
        firm.gain = np.exp(dispersion * normal_of(gain_key, i))
        firm.belief = np.exp(spread * normal_of(belief_key, i) - spread * spread / 2)
        firm.share = uniform_of(start_key, i)  # the order in which firms started to use AI
        firm.luck = luck * normal_of(luck_key, i)
        firm.fortune = np.exp(firm.luck)


def open_firms(opening: Opening) -> None:
    """Sizes, gains, beliefs, users and balance sheets of all firms; money ratios of the sector."""
    firms, p, macro = opening.firms, opening.p, opening.w["macro"]
    luck = float(p["firm_luck"] / np.sqrt(1.0 - p["firm_luck_memory"] ** 2))
    sizes = assumed("firm_size_tail"), assumed("largest_over_smallest_firm")
    spread = assumed("spread_of_firms_beliefs")
    draw_firms(live(firms), int(opening.w["seed"]), *sizes, p["gain_dispersion"], spread, luck)
    order = np.argsort(firms["share"], kind="stable")
    share = firms["scale"] * firms["fortune"]
    share /= share.sum()
    firms["share"] = share
    firms["gain"] *= p["gamma"] / np.dot(share, firms["gain"])
    firms["belief"] *= p["prior_belief"] / np.dot(share, firms["belief"])
    size = firms["scale"].mean() / firms["scale"]
    firms["friction"] = p["size_friction"] * np.log(size)
    macro["fortune"] = float((share / firms["fortune"]).sum())
    firms["labour"] = share / firms["fortune"]
    firms["labour"] *= macro["employment"] / firms["labour"].sum()
    firms["sales"] = share * opening.sales
    trend = float(macro["trend_nominal_growth"])
    firms["expected_sales"] = share * opening.sales
    firms["expected_growth"] = trend
    imports = p["import_share"] * opening.sales
    buyer = opening.w["other_buyers"][0]
    added = opening.sales - imports - opening.core_to_firms - float(buyer["own_value"])
    firms["value_added"] = share * added
    capital = opening.firm_investment / (p["capital_depreciation"] + trend)
    account = firms["account"]
    account["tangible"][:, stock.CAPITAL - stock.FIRST_TANGIBLE] = share * capital
    loans = opening.us("bank_loans_to_firms")
    account["loan"] = share * loans
    account["cash"] = share * opening.us("firm_deposits")
    macro["capital_ratio"] = capital / opening.sales
    macro["firm_loan_ratio"] = loans / capital
    macro["firm_money_ratio"] = opening.us("firm_deposits") / opening.sales
    wear = p["capital_depreciation"] * capital
    profit = (added - opening.wages - loans * float(macro["loan_rate_quarter"]) - wear) * (1.0 - p["tax_profits"])
    opening.firm_profit_tax = profit / (1.0 - p["tax_profits"]) * p["tax_profits"]
    money = opening.us("firm_deposits")
    dividends = profit + wear - opening.firm_investment + trend * (loans - money)
    opening.firm_dividends = dividends
    macro["payout"] = dividends / profit
    firms["profit"] = share * profit
    opening.residuals["capital of firms: closing less reported"] = capital - opening.us("capital_stock")
    _open_adoption(opening, share, order)
    opening.w["totals"]["users_weighted"] = opening.w["market"]["share_of_users"]
    firms["staff_needed"] = firms["labour"]


def _open_adoption(opening: Opening, share: np.ndarray, order: np.ndarray) -> None:
    """The first users, by size-weighted share as in the survey, at the intensity that today's spending tells, or as far
    as they want to go; consumers take up the rest of demand."""
    firms, p, market = opening.firms, opening.p, opening.w["market"]
    if not p["ai"]:
        _set_productivity(opening)
        return
    adoption = opening.facts.value("AI sector", "adoption")
    reached = np.cumsum(share[order])
    users = order[: max(int(np.searchsorted(reached, adoption)), 1)]
    capability = float(market["capability"])
    gain = firms["belief"][users] * capability
    wanted = 1.0 / (
        1.0 + np.exp(-(np.log(gain / p["intensity_cost"]) - firms["friction"][users]) / p["intensity_width"])
    )
    home = opening.demand_target / (1.0 + p["foreign_demand"])
    worth = float((p["capture"] * gain * wanted * firms["value_added"][users]).sum())
    part = min((1.0 - assumed("consumers_part_of_ai_services")) * home / worth, assumed("most_used_of_wanted"))
    firms["intensity"][users] = part * wanted
    firms["organisation"][users] = assumed("first_users_organisation")
    firms["quarters_used"][users] = assumed("first_users_quarters")
    spending = part * worth
    firms["ai_gain"][users] = (
        firms["gain"][users] * capability * firms["intensity"][users] * firms["organisation"][users]
    )
    market["share_of_users"] = share[users].sum()
    macro = opening.w["macro"]
    macro["ai_gain"] = float((share * firms["ai_gain"]).sum())
    opening.w["totals"]["gain_weighted"] = macro["ai_gain"]
    firms["labour"] /= 1.0 + firms["ai_gain"]
    firms["labour"] *= macro["employment"] / firms["labour"].sum()
    _set_productivity(opening)
    market["home_demand"] = home
    growth = opening.demand_target / max(float(market["end_demand"]), 1e-9) - 1.0
    growth = 1.0 + min(growth, assumed("most_growth_of_ai_demand"))
    market["foreign_queue"] = home / growth ** np.arange(1, 9)
    # Foreign demand of the first quarter is the rest after home's, whatever its lag.
    lagged = float(market["foreign_queue"][max(int(p["foreign_lag"]) - 1, 0)])
    foreign = opening.demand_target - home
    market["foreign_scale"] = (
        foreign / (p["foreign_demand"] * lagged * (1.0 - float(market["fringe_share"])))
        if p["foreign_demand"] > 0
        else 0.0
    )
    market["consumer_scale"] = max(home - spending, 0.0)
    if spending > home:
        opening.residuals["firms' AI spending above home demand"] = spending - home


def _set_productivity(opening: Opening) -> None:
    """Trend productivity per effective worker, and the mix of firms that turns it into output per head."""
    firms, macro = opening.firms, opening.w["macro"]
    effective = float((firms["labour"] * (1.0 + firms["ai_gain"]) * firms["fortune"]).sum()) * float(macro["fortune"])
    macro["trend_productivity"] = macro["productivity"] = opening.sales / effective
    macro["labour_mix"] = effective / float(macro["employment"]) / (1.0 + float(macro["ai_gain"]))
    macro["opening_unit_cost"] = (
        float(macro["wage"]) / float(macro["trend_productivity"]) / (1.0 + float(macro["ai_gain"]))
    )
