"""The economy in which the boom stands still: real AI investment keeps its level and AI shares carry no news.

It is the twin against which damage and gain of a boom are measured: what both have is not the boom's doing."""

import math

from simulation.agents.clouds import building_due
from simulation.books.verbs import reprice
from simulation.disturbances.declared import BUILDING
from simulation.registry import LISTED
from simulation.rule import rule
from simulation.technology.leads import building_lead

TO_SPARE = 1.15  # of what the level asks for: equipment that is ready when building costs less than was reckoned with
NEXT_TO_NOTHING = 1e-6  # USD bn or GW


@rule
def held_level(w):
    """AI capital expenditure that is held, at today's prices (USD bn a quarter). A boom that stops at the opening stops
    at the level of the opening."""
    market = w.market
    if market.held_capex <= 0.0:
        market.held_capex = market.capex / w.macro.price_level
    return market.held_capex * w.macro.price_level


@rule
def part_of_level(w, buyer):
    """What an owner spends of the level: as much of it as of all that was spent last; where nobody spent anything, as
    much as of all compute (USD bn)."""
    spent = 0.0
    online = 0.0
    for cloud in w.clouds:
        spent += cloud.ai_capex
        online += cloud.online
    for other in w.other_buyers:
        spent += other.ai_capex
        online += other.online
    if spent > NEXT_TO_NOTHING:
        return held_level(w) * buyer.ai_capex / spent
    return held_level(w) * buyer.online / max(online, NEXT_TO_NOTHING)


@rule
def hold_orders_of(w, k, buyer):
    """Have no more on order than the level leaves for chips once building is paid; the rest is decided and waits."""
    market = w.market
    building = building_due(buyer, w.luck.factor[BUILDING, buyer.account.column]) * market.shell_price
    most = max(part_of_level(w, buyer) - building, 0.0) / market.it_price
    total = 0.0
    for m in range(len(w.chip_makers)):
        total += market.on_order[m, k]
    if total <= most:
        return
    for m in range(len(w.chip_makers)):
        market.on_order[m, k] *= most / total
        market.reserved[m, k] *= most / total
    buyer.pipeline = most
    buyer.decided += total - most


@rule
def plan_held_orders_of(w, buyer):
    """Plan to go on at the level at the prices of the day when equipment is bought, with a little to spare; what was
    decided beyond that when the boom stopped is given up."""
    lead = building_lead(w)
    p = w.parameters
    price = w.market.it_price * (1.0 - p.it_price_decline) ** lead + w.market.shell_price
    buyer.planned_orders = TO_SPARE * part_of_level(w, buyer) / price
    buyer.decided = min(buyer.decided, lead * buyer.planned_orders)


@rule
def keep_supply(w, planned):
    """Makers can ship what is on order and what is planned: the level is not above what they shipped before."""
    market = w.market
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        power = 0.0
        for k in range(len(w.clouds)):
            power += market.on_order[m, k] + planned * market.maker_share[m, k] * w.clouds[k].planned_orders
        for j in range(len(w.other_buyers)):
            k = len(w.clouds) + j
            power += market.on_order[m, k] + planned * market.maker_share[m, k] * w.other_buyers[j].planned_orders
        # Supply is kept at the price of its quarter, which the next shipment brings up to date.
        price = maker.price if planned > 0.5 else maker.price_before
        maker.supply = max(maker.supply, power * price)


@rule
def hold_investment(world, accounts, firms):
    """Before chips are shipped: real AI investment does not rise above where it was when the boom stopped."""
    w = world[0]
    if w.parameters.boom > 0.5 or w.parameters.ai < 0.5:
        return
    for k in range(len(w.clouds)):
        hold_orders_of(w, k, w.clouds[k])
    for k in range(len(w.other_buyers)):
        hold_orders_of(w, len(w.clouds) + k, w.other_buyers[k])
    keep_supply(w, 0.0)


@rule
def plan_held_orders(world, accounts, firms):
    """Before orders are funded: owners plan to go on at the level."""
    w = world[0]
    if w.parameters.boom > 0.5 or w.parameters.ai < 0.5:
        return
    for cloud in w.clouds:
        plan_held_orders_of(w, cloud)
    for buyer in w.other_buyers:
        plan_held_orders_of(w, buyer)
    keep_supply(w, 1.0)


@rule
def drift(w, p):
    """Without news AI shares rise with nominal output and stand at their value."""
    exchange = w.exchange
    growth = math.log(1.0 + w.macro.trend_nominal_growth)
    total = 1e-12
    for column in range(LISTED):
        if w.ledger.issued[column] > 0.0:
            reprice(w.ledger, column, w.ledger.price[column] * math.exp(growth))
            total += w.ledger.issued[column] * w.ledger.price[column]
    exchange.last_return = growth
    exchange.momentum = p.return_memory * exchange.momentum + (1.0 - p.return_memory) * growth
    exchange.index *= math.exp(growth)
    exchange.index_peak = max(exchange.index_peak, exchange.index)
    exchange.market_value = total
    exchange.value_gap = 0.0
    exchange.sober_gap = 0.0
    exchange.forced_sales = 0.0
    exchange.flows = 0.0
    exchange.issuance = 0.0
