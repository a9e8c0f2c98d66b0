"""Technical progress: prices of systems and shells, capability, efficiency."""

import math

from simulation.agents.clouds import FOREIGN_BUYER
from simulation.rule import rule
from simulation.technology.user_cost import cost_of_capital, normal_rate, owner_user_cost, price_gap, user_cost


@rule
def advance_prices(world, accounts, firms):
    """Costs of systems and shells fall with their trends; makers' margins, tariffs and memory prices come on top."""
    w = world[0]
    p = w.parameters
    market = w.market
    levers = w.levers
    market.shell_price *= 1.0 - p.shell_price_decline
    market.physical *= 1.0 - p.it_price_decline
    price = 0.0
    weight = 0.0
    for maker in w.chip_makers:
        maker.unit_cost *= 1.0 - p.it_price_decline
        # Dearer memory is passed on at cost; of a tariff, which the maker pays as importer, a part reaches the price.
        maker.parts_cost = maker.unit_cost * levers.memory_price
        maker.price = maker.unit_cost / (1.0 - maker.margin) * levers.chip_price + maker.parts_cost - maker.unit_cost
        maker.price *= 1.0 + p.tariff_pass_through * levers.tariff
        price += maker.order_share * maker.price
        weight += maker.order_share
    if weight > 0.0:  # where no maker is left the last price stands
        market.it_price = price / weight
    market.system_price = market.it_price + market.shell_price
    market.user_cost_before = market.user_cost
    normal = cost_of_capital(normal_rate(w.macro, p), p)
    market.user_cost = user_cost(market.it_price, market.shell_price, normal, levers.investment_credit, p)
    for cloud in w.clouds:
        cloud.user_cost = owner_user_cost(w, price_gap(w, cloud.account.column), levers.investment_credit)
    for buyer in w.other_buyers:
        credit = 0.0 if buyer.kind == FOREIGN_BUYER else levers.investment_credit
        buyer.user_cost = owner_user_cost(w, w.exchange.sober_gap, credit)
    market.power_cap *= 1.0 + p.power_growth


@rule
def advance_capability(world, accounts, firms):
    """Capability follows the stock of training compute (scaling laws): Q += zeta ln(C/C(-1)), up to a ceiling. Only
    training adds to the stock: what a failed lab knew fades like all knowledge and is not lost with it, and a new lab
    brings nothing that was not known. An efficiency jump lowers compute per unit of service at once and reaches prices
    over `pass_through_quarters`."""
    w = world[0]
    p = w.parameters
    market = w.market
    total = (1.0 - p.training_decay) * market.training_total
    frontier = market.frontier[0] + math.log(1.0 - p.training_decay)
    for lab in w.labs:
        if lab.alive > 0.5:
            total += lab.training_done
            frontier = max(frontier, math.log(max(lab.training_stock, 1e-9)))
    if total > 0.0 and market.training_total > 0.0:
        gain = p.capability_elasticity * math.log(total / market.training_total)
        market.capability += gain * w.levers.capability_progress
    market.capability = min(max(market.capability, 0.1), p.quality_ceiling)
    market.training_total = total
    for k in range(len(market.frontier) - 1):
        market.frontier[len(market.frontier) - 1 - k] = market.frontier[len(market.frontier) - 2 - k]
    market.frontier[0] = frontier
    # The lever is a level: its change acts once.
    jump = (1.0 + w.levers.efficiency) / (1.0 + w.levers_before.efficiency)
    if jump != 1.0:
        market.efficiency *= jump
        market.efficiency_passed *= jump**p.price_pass_through
    lag = 1.0 / p.pass_through_quarters
    market.efficiency_passed += lag * (market.efficiency - market.efficiency_passed)
