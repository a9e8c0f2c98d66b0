"""The economy in which the boom stands still: real AI investment keeps its level and AI shares carry no news.

It is the twin against which damage and gain of a boom are measured: what both have is not the boom's doing.
"""

from __future__ import annotations

import math

from simulation.agents.clouds import SITES
from simulation.books.verbs import reprice
from simulation.markets.chips import building_lead
from simulation.rule import rule
from simulation.state import LISTED

MARGIN_FOR_PARTS = 1.1  # parts for a tenth more chips than are reckoned with: sites that cost less leave more for chips


@rule
def held_level(w):
    """AI capital expenditure that is held, at today's prices (USD bn a quarter). A boom that stops at the opening stops
    at the level of the opening."""
    market = w.market
    if market.held_capex <= 0.0:
        market.held_capex = market.capex / w.macro.price_level
    return market.held_capex * w.macro.price_level


@rule
def money_for_chips(w, buyer, finished):
    """What an owner's part of the level, as it was in the last quarter, leaves for chips once its sites but the first
    `finished` are paid (USD bn)."""
    building = 0.0
    for k in range(finished, SITES):
        building += buyer.sites[k]
    sites = building * w.market.shell_price / building_lead(w)
    return max(held_level(w) * buyer.ai_capex / max(w.market.capex, 1e-9) - sites, 0.0)


@rule
def hold_orders_of(w, k, buyer):
    """Have on order what the level leaves for chips this quarter, no more and no less."""
    market = w.market
    money = money_for_chips(w, buyer, 0)
    buyer.pipeline = 0.0
    for m in range(len(w.chip_makers)):
        power = money * market.maker_share[m, k] / w.chip_makers[m].price
        market.on_order[m, k] = power
        market.reserved[m, k] = min(market.reserved[m, k], power)
        buyer.pipeline += power


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
    """Before chips are shipped: orders are those that keep real AI investment where it was when the boom stopped."""
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
    """Before orders are funded: owners plan to go on at the level, with a little more than they reckon with, so that
    makers have the parts."""
    w = world[0]
    if w.parameters.boom > 0.5 or w.parameters.ai < 0.5:
        return
    price = w.market.it_price * (1.0 - w.parameters.it_price_decline) / MARGIN_FOR_PARTS
    for cloud in w.clouds:
        cloud.planned_orders = max(money_for_chips(w, cloud, 1) / price - cloud.pipeline, 0.0)
    for buyer in w.other_buyers:
        buyer.planned_orders = max(money_for_chips(w, buyer, 1) / price - buyer.pipeline, 0.0)
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
