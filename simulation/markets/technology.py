"""Technology: prices of systems and shells, capability, efficiency, the value of compute in place."""

from __future__ import annotations

import math

from simulation.agents.clouds import FOREIGN_BUYER, depreciate_compute, impair, installable
from simulation.books.ledger import market_value
from simulation.markets.valuation import ai_discount_rate, long_rate
from simulation.rule import rule

LARGEST_GAP = 1.0  # log, of price to value, that managers read as a cost of capital


@rule
def cost_of_capital(rate, p):
    """Return that an owner of compute asks (per quarter): a rate of interest and a premium."""
    return 0.25 * (rate + p.owner_premium)


@rule
def normal_rate(macro, p):
    """Yearly rate of interest when output and inflation are normal: what compute must earn in the long run, and so what
    rents keep to, does not move with the policy rate of a quarter."""
    return macro.neutral_real_rate + 4.0 * p.inflation_target


@rule
def equity_surcharge(macro, gap, p):
    """What the stock market asks of an owner beyond the usual (per year), as far as managers pass it on (Gormsen and
    Huber 2025): the equity premium of the cycle, and the return that a price away from value promises, (r - g) times
    value over price (Gordon)."""
    spread = ai_discount_rate(macro, p) - p.terminal_growth
    promised = spread * (math.exp(-min(max(gap, -LARGEST_GAP), LARGEST_GAP)) - 1.0)
    return p.hurdle_pass_through * (promised - p.premium_cycle * macro.output_gap)


@rule
def owner_user_cost(w, gap, credit):
    """User cost of one who builds today (USD bn per GW and quarter): at the long rate, and with what the stock market
    asks of an owner whose shares stand at this log gap of price to value, less government's credit."""
    p = w.parameters
    rate = long_rate(w.macro, p) + equity_surcharge(w.macro, gap, p)
    return user_cost(w.market.it_price, w.market.shell_price, cost_of_capital(rate, p), credit, p)


@rule
def price_gap(w, column):
    """Log price of a listed AI firm over its sober value, as far as its managers know it; none where it has no shares
    or no value yet. What investors take for its value is no measure: news that lowers both would seem to make shares
    dear and capital cheap."""
    price = market_value(w.ledger, column)
    value = w.exchange.securities[column].sober_value
    return math.log(price / value) if price > 1e-6 and value > 1e-6 else 0.0


@rule
def user_cost(it_price, shell_price, rate, credit, p):
    """Rent per GW and quarter at which new compute pays its owner (Jorgenson 1963, with the tax credit of Hall and
    Jorgenson 1967): (1 - credit) (c_IT (r + attrition + price fall) + c_shell (r + depreciation + price fall)) + opex.
    """
    capital = it_price * (rate + p.attrition + p.it_price_decline)
    capital += shell_price * (rate + p.shell_depreciation + p.shell_price_decline)
    # Capital costs its owner nothing at best, however cheap shares make money.
    return (1.0 - credit) * max(capital, 0.0) + p.opex * (it_price + shell_price)


@rule
def user_cost_without_price_move(w):
    """User cost in normal times if chips had kept to the trend of their price since last quarter (USD bn per GW and
    quarter)."""
    p = w.parameters
    price = 0.0
    weight = 0.0
    for maker in w.chip_makers:
        price += maker.order_share * maker.price_before * (1.0 - p.it_price_decline)
        weight += maker.order_share
    price = price / weight if weight > 0.0 else w.market.it_price
    rate = cost_of_capital(normal_rate(w.macro, p), p)
    return user_cost(price, w.market.shell_price, rate, w.levers.investment_credit, p)


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


@rule
def age_owner(owner, world):
    """Depreciate, impair and age the compute and shells of one owner."""
    w = world[0]
    p = w.parameters
    life = p.book_life_it * w.levers.depreciation_life
    charge = depreciate_compute(owner, w.ledger, w.quarter, life, p)
    power = owner.online + owner.waiting + owner.mothballed - owner.lease_power
    charge += impair(owner, w.ledger, w.market.it_price, power, p)
    owner.depreciation = charge
    owner.online *= 1.0 - p.attrition
    owner.mothballed *= 1.0 - p.attrition
    owner.shells *= 1.0 - p.shell_depreciation


@rule
def age_compute(world, accounts, firms):
    """Wear and impairment of all owners of compute."""
    w = world[0]
    for cloud in w.clouds:
        age_owner(cloud, world)
    for buyer in w.other_buyers:
        age_owner(buyer, world)


@rule
def install(world, accounts, firms):
    """Equipment comes online where a shell stands ready, within the power that the grid can add in a quarter: shared
    pro rata, so that chips can be stranded. The cap binds physical gigawatts."""
    w = world[0]
    p = w.parameters
    market = w.market
    wanted = 0.0
    for cloud in w.clouds:
        wanted += installable(cloud)
    for buyer in w.other_buyers:
        wanted += installable(buyer)
    share = 1.0
    if p.power_cap > 0.5 and wanted > 0.0:
        power = market.power_cap * w.levers.power_additions + w.levers.grid_investment
        share = min(1.0, power / (wanted * market.physical))
    for cloud in w.clouds:
        cloud.came_online = share * installable(cloud)
        cloud.online += cloud.came_online
        cloud.waiting -= cloud.came_online
    for buyer in w.other_buyers:
        buyer.came_online = share * installable(buyer)
        buyer.online += buyer.came_online
        buyer.waiting -= buyer.came_online
