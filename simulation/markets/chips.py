"""The chip market: orders wait in a backlog, makers ship up to supply, sites are paid as they are built."""

from __future__ import annotations

from simulation.agents.chip_makers import build_supply, gross_margin
from simulation.agents.clouds import (
    FOREIGN_BUYER,
    SITES,
    expect_need,
    other_capex_wanted,
    own_use_need,
    quarterly_growth,
    receive_chips,
    wanted_orders,
)
from simulation.books.instruments import CAPITAL, COMPUTE, CONSTRUCTION, FIRST_TANGIBLE, INVENTORY
from simulation.books.purposes import (
    AI_STRUCTURES,
    AI_STRUCTURES_IMPORTED,
    CHIPS,
    IMPORTED_PARTS,
    INVESTMENT_CREDIT,
    ORDINARY_INVESTMENT,
    TARIFFS,
)
from simulation.books.verbs import acquire, add_asset, depreciate, pay, pay_in
from simulation.deals.contracts import backlog_of
from simulation.disturbances.declared import BUILDING, PLANS
from simulation.disturbances.declared import CHIPS as CHIPS_MADE
from simulation.markets.public_policy import fund_foundry
from simulation.rule import rule


@rule
def backlog_value(w, maker):
    """Orders with one maker at its price of today (USD bn)."""
    total = 0.0
    for k in range(w.market.on_order.shape[1]):
        total += w.market.on_order[maker, k]
    return total * w.chip_makers[maker].price


@rule
def ship_to(w, m, k, buyer, share):
    """Deliver a share of one buyer's orders with one maker, as far as the buyer's money goes. Returns the value. Buyers
    are numbered clouds first, then other buyers."""
    maker = w.chip_makers[m]
    power = w.market.on_order[m, k] * share
    power = min(power, max(buyer.account.cash, 0.0) / maker.price)
    if power <= 0.0:
        return 0.0
    value = acquire(w.ledger, buyer.account, maker.account, power * maker.price, CHIPS, COMPUTE)
    w.market.trade[buyer.account.column, maker.account.column] += value
    receive_chips(buyer, w.quarter, power, value)
    w.market.reserved[m, k] *= max(1.0 - power / w.market.on_order[m, k], 0.0)
    w.market.on_order[m, k] -= power
    w.market.shipped[m, k] = power
    buyer.pipeline = max(buyer.pipeline - power, 0.0)
    buyer.chips_bought += value
    maker.shipped_power += power
    return value


@rule
def pay_tariff(w, maker):
    """The maker pays the tariff on the value before tariff of what it has sold, as far as its money goes."""
    tariff = w.levers.tariff
    if tariff > 0.0:
        value = maker.shipped_power * maker.price / (1.0 + w.parameters.tariff_pass_through * tariff)
        due = min(tariff * value, max(maker.account.cash, 0.0))
        pay(w.ledger, maker.account, w.governments[0].account, due, TARIFFS)


@rule
def ship(world, accounts, firms):
    """Makers ship last quarter's backlog up to supply, the same share of every order in shortage, and as far as parts
    reach."""
    w = world[0]
    market = w.market
    for cloud in w.clouds:
        cloud.chips_bought = 0.0
    for buyer in w.other_buyers:
        buyer.chips_bought = 0.0
    market.shipped[:, :] = 0.0
    market.chip_sales = 0.0
    market.supply_value = 0.0
    market.backlog_value = 0.0
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        waiting = backlog_value(w, m)
        # Supply is a number of chips, worth what they cost today; each quarter's do more at the same cost.
        maker.supply *= maker.price / maker.price_before / (1.0 - w.parameters.it_price_decline)
        made = w.luck.factor[CHIPS_MADE, maker.account.column]
        supply = maker.supply * (1.0 - w.parameters.it_price_decline) * w.levers.chip_supply * made
        parts = maker.parts_power * maker.price * made
        share = min(1.0, min(supply, parts) / waiting) if waiting > 0.0 else 0.0
        maker.shipped_power = 0.0
        sales = 0.0
        for k in range(len(w.clouds)):
            sales += ship_to(w, m, k, w.clouds[k], share)
        for k in range(len(w.other_buyers)):
            buyer = w.other_buyers[k]
            allowed = w.levers.export_licence if buyer.kind == FOREIGN_BUYER else 1.0
            sales += ship_to(w, m, len(w.clouds) + k, buyer, share * min(allowed, 1.0))
        maker.ai_revenue = sales
        used = min(maker.shipped_power / max(maker.parts_power * made, 1e-12), 1.0)
        stock_of_parts = maker.account.tangible[INVENTORY - FIRST_TANGIBLE]
        maker.parts_used = depreciate(w.ledger, maker.account, INVENTORY, used * stock_of_parts)
        maker.parts_power *= 1.0 - used
        pay_tariff(w, maker)
        maker.backlog = backlog_value(w, m)
        market.chip_sales += sales
        market.supply_value += supply
        market.backlog_value += maker.backlog
        w.ledger.memo[CHIPS] += maker.shipped_power * maker.price


@rule
def likely_arrival(market):
    """Part of what is on order that is likely to come next quarter: all, or what supply was of the backlog."""
    return min(1.0, market.supply_value / max(market.backlog_value, 1e-9))


@rule
def building_lead(w):
    """Quarters from an order to its use: construction, and what permits take more or less."""
    lead = int(w.parameters.construction_lead + w.levers.permitting_lead + 0.5)
    return min(max(lead, 1), SITES)


@rule
def build_sites(w, buyer, resident):
    """Pay the quarter's part of every site under construction; some of it is imported equipment."""
    building = 0.0
    for k in range(SITES):
        building += buyer.sites[k]
    cost = building * w.market.shell_price / building_lead(w) * w.luck.factor[BUILDING, buyer.account.column]
    cost = min(cost, max(buyer.account.cash, 0.0))
    share = w.market.shell_import_share if resident else 1.0
    imported = pay(w.ledger, buyer.account, w.rest_of_world[0].account, share * cost, AI_STRUCTURES_IMPORTED)
    home = pay_in(w.ledger, w.ledger.goods, buyer.account, cost - imported, AI_STRUCTURES)
    add_asset(w.ledger, buyer.account, CONSTRUCTION, imported + home)
    w.ledger.memo[AI_STRUCTURES_IMPORTED] += share * cost
    w.ledger.memo[AI_STRUCTURES] += cost - share * cost
    buyer.shells_paid = imported + home
    buyer.ai_capex = buyer.shells_paid + buyer.chips_bought


@rule
def construct(world, accounts, firms):
    """Sites under construction and capital expenditure outside AI are paid; government pays its credit."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    government = w.governments[0]
    # The retrenchment of 2022Q4-2023Q2 in logistics, as it happened: to a lower level, which later openings start from.
    dip = 1.0 - p.other_capex_dip * min(0.5 * w.quarter, 1.0) if w.opening_quarter == 0 else 1.0
    for cloud in w.clouds:
        build_sites(w, cloud, True)
        wanted = other_capex_wanted(cloud, dip) * w.luck.factor[BUILDING, cloud.account.column]
        cloud.other_capex = min(wanted, max(cloud.account.cash, 0.0))
        pay_in(ledger, ledger.goods, cloud.account, cloud.other_capex, ORDINARY_INVESTMENT)
        add_asset(ledger, cloud.account, CAPITAL, cloud.other_capex)
        ledger.memo[ORDINARY_INVESTMENT] += cloud.other_capex
        cloud.capex = cloud.ai_capex + cloud.other_capex
        credit = w.levers.investment_credit * cloud.ai_capex
        pay(ledger, government.account, cloud.account, credit, INVESTMENT_CREDIT)
    for buyer in w.other_buyers:
        build_sites(w, buyer, buyer.kind != FOREIGN_BUYER)
        buyer.capex = buyer.ai_capex
        if buyer.kind != FOREIGN_BUYER:
            credit = w.levers.investment_credit * buyer.ai_capex
            pay(ledger, government.account, buyer.account, credit, INVESTMENT_CREDIT)
    for maker in w.chip_makers:
        wear = maker.account.tangible[CAPITAL - FIRST_TANGIBLE] * p.tech_depreciation
        maker.depreciation = depreciate(ledger, maker.account, CAPITAL, wear)
        maker.capex = min(wear * (1.0 + w.macro.trend_nominal_growth), max(maker.account.cash, 0.0))
        pay_in(ledger, ledger.goods, maker.account, maker.capex, ORDINARY_INVESTMENT)
        add_asset(ledger, maker.account, CAPITAL, maker.capex)
        ledger.memo[ORDINARY_INVESTMENT] += maker.capex
        fund_foundry(w, maker)
    for cloud in w.clouds:
        wear = cloud.account.tangible[CAPITAL - FIRST_TANGIBLE] * p.tech_depreciation
        cloud.depreciation += depreciate(ledger, cloud.account, CAPITAL, wear)


@rule
def order_from(w, k, buyer, power):
    """Place an order of so many gigawatts: chips with the makers by the buyer's shares, and a site to house them."""
    power = max(power, 0.0)
    buyer.orders = power
    buyer.pipeline += power
    for m in range(len(w.chip_makers)):
        w.market.on_order[m, k] += power * w.market.maker_share[m, k]
    # Shells are wanted for what is to come online, less the room that retired equipment leaves.
    room = 0.0
    for j in range(SITES):
        room += buyer.sites[j]
    lack = buyer.online + buyer.waiting + buyer.pipeline - buyer.shells - room
    buyer.sites[building_lead(w) - 1] += min(max(lack, 0.0), 1.5 * power + 0.01)


@rule
def sector_outlook(world, accounts, firms):
    """Growth of need of the whole market and of the contracts in hand: what everybody reads in the news."""
    w = world[0]
    p = w.parameters
    market = w.market
    backlog = 0.0
    for k in range(market.n_contracts):
        backlog += backlog_of(market.contracts[k])
    growth = quarterly_growth(backlog, market.contract_backlog) if market.contract_backlog > 0.0 else 0.0
    market.backlog_growth += p.expectation_gain * (growth - market.backlog_growth)
    market.contract_backlog = backlog
    growth = quarterly_growth(market.need, market.need_before)
    market.sector_growth += p.expectation_gain * (growth - market.sector_growth)
    market.need_before = market.need


@rule
def plan_orders(world, accounts, firms):
    """Owners of compute decide what to order: expected need against what they have and what is on its way."""
    w = world[0]
    p = w.parameters
    market = w.market
    jump = 0.0
    elapsed = w.opening_quarter + w.quarter
    if elapsed <= 3:
        jump = p.news_of_2023
    lead = building_lead(w)
    for cloud in w.clouds:
        believe_in_own_use_of(cloud, jump, p)
        growth = expect_need(cloud, market.backlog_growth, p)
        # What it rents from others it need not build.
        conviction = w.luck.factor[PLANS, cloud.account.column]
        cloud.planned_need = max(need_to_build_for(cloud, market.user_cost, p) * conviction - cloud.leased, 0.0)
        rivals_lead = market.sector_growth - cloud.expected_growth
        gap = w.exchange.value_gap
        cloud.planned_orders = wanted_orders(cloud, growth, lead, rivals_lead, market.expected_spot, gap, p)
        if cloud.alive < 0.5:
            cloud.planned_orders = 0.0
    for buyer in w.other_buyers:
        believe_in_own_use_of(buyer, jump, p)
        growth = expect_need(buyer, market.sector_growth, p)
        conviction = w.luck.factor[PLANS, buyer.account.column]
        buyer.planned_need = need_to_build_for(buyer, market.user_cost, p) * conviction
        licence = w.levers.export_licence if buyer.kind == FOREIGN_BUYER else 1.0
        buyer.planned_orders = licence * wanted_orders(buyer, growth, lead, 0.0, market.expected_spot, 0.0, p)


@rule
def believe_in_own_use_of(cloud, jump, p):
    """Beliefs move only where compute is used in one's own business."""
    if cloud.reference_compute > 0.0:
        if jump > 0.0:
            cloud.uplift_belief += jump * max(p.uplift_belief_jump - cloud.uplift_belief, 0.0)
        else:
            cloud.uplift_belief += p.uplift_learning * (cloud.uplift_true - cloud.uplift_belief)


@rule
def need_to_build_for(owner, normal_cost, p):
    """Need of an owner once its own use is no longer rationed by the spot rent: a builder's own use costs it its user
    cost (GW). Of what others need it builds the less for, the dearer capital is to it than in normal times."""
    dearer = (normal_cost / owner.user_cost) ** p.capital_elasticity
    if owner.reference_compute <= 0.0:
        return owner.need * dearer
    return max(owner.need - owner.own_need, 0.0) * dearer + own_use_need(owner, owner.user_cost, p)


@rule
def place_orders(world, accounts, firms):
    """What is funded is ordered; makers buy parts for what they will ship and build supply for what waits."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    for k in range(len(w.clouds)):
        order_from(w, k, w.clouds[k], w.clouds[k].planned_orders)
    for k in range(len(w.other_buyers)):
        order_from(w, len(w.clouds) + k, w.other_buyers[k], w.other_buyers[k].planned_orders)
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        waiting = backlog_value(w, m)
        maker.backlog = waiting
        build_supply(maker, waiting, w.levers.foundry_subsidy, p)
        maker.margin += p.chip_margin_speed * (gross_margin(waiting / max(maker.supply, 1e-9), p) - maker.margin)
        maker.price_before = maker.price
        cost = maker.parts_cost * (1.0 - p.it_price_decline)
        power = max(min(waiting, maker.supply) / maker.price - maker.parts_power, 0.0)
        lack = min(power * cost, max(maker.account.cash, 0.0))
        maker.parts_power += lack / cost
        pay(ledger, maker.account, w.rest_of_world[0].account, lack, IMPORTED_PARTS)
        add_asset(ledger, maker.account, INVENTORY, lack)
        ledger.memo[IMPORTED_PARTS] += lack
