"""The chip market: orders wait in a backlog, makers ship up to supply, sites are paid as they are built. Bills are paid
in full; building and deliveries that money and bank line do not reach are not made."""

import numpy as np

from simulation.agents.chip_makers import build_supply, gross_margin
from simulation.agents.clouds import (
    FOREIGN_BUYER,
    SITES,
    advance_sites,
    building_due,
    equipment_to_order,
    finish_sites,
    other_capex_wanted,
    receive_chips,
    room_for_chips,
    start_site,
    wait_for_permits,
)
from simulation.books import purposes
from simulation.books.deliveries import CHIPS_DELIVERED, SHELLS_BUILT, deliver
from simulation.books.instruments import CAPITAL, COMPUTE, CONSTRUCTION, FIRST_TANGIBLE, INVENTORY
from simulation.books.verbs import acquire, add_asset, depreciate, pay, pay_in
from simulation.disturbances.declared import BUILDING
from simulation.disturbances.declared import CHIPS as CHIPS_MADE
from simulation.obligations.dues import means_of
from simulation.public_policy import fund_foundry
from simulation.rule import rule
from simulation.technology.leads import building_lead, permit_wait

MOST_SITE = 1.5  # of an order: a site is made for what is bought with it, and catches up with a part of what is short


@rule
def backlog_value(w, maker):
    """Orders with one maker at its price of today (USD bn)."""
    total = 0.0
    for k in range(w.market.on_order.shape[1]):
        total += w.market.on_order[maker, k]
    return total * w.chip_makers[maker].price


@rule
def housed(w):
    """Part of each buyer's orders that it will have room for by the end of the next quarter: clouds first, then other
    buyers. The rest waits with the makers."""
    market = w.market
    part = np.zeros(market.on_order.shape[1])
    for k in range(len(part)):
        total = 0.0
        for m in range(len(w.chip_makers)):
            total += market.on_order[m, k]
        room = room_for_chips(w.clouds[k]) if k < len(w.clouds) else room_for_chips(w.other_buyers[k - len(w.clouds)])
        if total > 0.0:
            part[k] = min(room / total, 1.0)
    return part


@rule
def due_value(w, m, part):
    """Orders with one maker that buyers have room for, at its price of today (USD bn)."""
    total = 0.0
    for k in range(len(part)):
        total += w.market.on_order[m, k] * part[k]
    return total * w.chip_makers[m].price


@rule
def ship_to(w, m, k, buyer, share):
    """Deliver a share of one buyer's orders with one maker. Returns the value. Buyers are numbered clouds first, then
    other buyers."""
    maker = w.chip_makers[m]
    power = w.market.on_order[m, k] * share
    if power <= 0.0:
        return 0.0
    deliver(w.ledger, buyer.account, CHIPS_DELIVERED, power * maker.price)
    value = acquire(w.ledger, buyer.account, maker.account, power * maker.price, purposes.CHIPS, COMPUTE)
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
    """The maker pays the tariff on the value before tariff of what it has sold."""
    tariff = w.levers.tariff
    if tariff > 0.0:
        value = maker.shipped_power * maker.price / (1.0 + w.parameters.tariff_pass_through * tariff)
        pay(w.ledger, maker.account, w.governments[0].account, tariff * value, purposes.TARIFFS)


@rule
def parts_shipped(w, part):
    """Part of each order that its maker ships (makers by buyers) when buyers have room for `part` of theirs: in
    shortage the same of all, and the same of each of a buyer's whose money and bank line do not reach for all."""
    market = w.market
    shares = np.zeros(market.on_order.shape)
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        due = due_value(w, m, part)
        made = w.luck.factor[CHIPS_MADE, maker.account.column]
        supply = maker.supply * (1.0 - w.parameters.it_price_decline) * w.levers.chip_supply * made
        parts = maker.parts_power * maker.price * made
        shares[m] = part * (min(1.0, min(supply, parts) / due) if due > 0.0 else 0.0)
        market.supply_value += supply
        market.due_value += due
    for k in range(shares.shape[1]):
        number = k - len(w.clouds)
        if number >= 0 and w.other_buyers[number].kind == FOREIGN_BUYER:
            shares[:, k] *= min(w.levers.export_licence, 1.0)
        bill = 0.0
        for m in range(len(w.chip_makers)):
            bill += shares[m, k] * market.on_order[m, k] * w.chip_makers[m].price
        means = means_of(w, w.other_buyers[number].account if number >= 0 else w.clouds[k].account)
        shares[:, k] *= min(1.0, means / max(bill, 1e-12))
    return shares


@rule
def ship(world, accounts, firms):
    """Makers ship what buyers have room for of last quarter's backlog, up to supply, and as far as parts and buyers'
    means reach."""
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
    market.due_value = 0.0
    for maker in w.chip_makers:
        # Supply is a number of chips, worth what they cost today; each quarter's do more at the same cost.
        maker.supply *= maker.price / maker.price_before / (1.0 - w.parameters.it_price_decline)
    shares = parts_shipped(w, housed(w))
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        maker.shipped_power = 0.0
        sales = 0.0
        for k in range(len(w.clouds)):
            sales += ship_to(w, m, k, w.clouds[k], shares[m, k])
        for k in range(len(w.other_buyers)):
            sales += ship_to(w, m, len(w.clouds) + k, w.other_buyers[k], shares[m, len(w.clouds) + k])
        maker.ai_revenue = sales
        made = w.luck.factor[CHIPS_MADE, maker.account.column]
        used = min(maker.shipped_power / max(maker.parts_power * made, 1e-12), 1.0)
        stock_of_parts = maker.account.tangible[INVENTORY - FIRST_TANGIBLE]
        maker.parts_used = depreciate(w.ledger, maker.account, INVENTORY, used * stock_of_parts)
        maker.parts_power *= 1.0 - used
        pay_tariff(w, maker)
        maker.backlog = backlog_value(w, m)
        market.chip_sales += sales
        market.backlog_value += maker.backlog
        w.ledger.memo[purposes.CHIPS] += maker.shipped_power * maker.price


@rule
def build_sites(w, buyer, resident):
    """Build and pay the quarter's part of every site, as far as money and bank line reach, and open what is complete;
    some of it is imported equipment."""
    pace = w.luck.factor[BUILDING, buyer.account.column]
    bill = building_due(buyer, pace) * w.market.shell_price
    reach = min(1.0, means_of(w, buyer.account) / max(bill, 1e-12))
    cost = advance_sites(buyer, pace, reach) * w.market.shell_price
    deliver(w.ledger, buyer.account, SHELLS_BUILT, cost)
    share = w.market.shell_import_share if resident else 1.0
    imported = pay(w.ledger, buyer.account, w.rest_of_world[0].account, share * cost, purposes.AI_STRUCTURES_IMPORTED)
    home = pay_in(w.ledger, w.ledger.goods, buyer.account, cost - imported, purposes.AI_STRUCTURES)
    add_asset(w.ledger, buyer.account, CONSTRUCTION, imported + home)
    finish_sites(buyer, w.ledger)
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
        cloud.other_capex = other_capex_wanted(cloud, dip) * w.luck.factor[BUILDING, cloud.account.column]
        pay_in(ledger, ledger.goods, cloud.account, cloud.other_capex, purposes.ORDINARY_INVESTMENT)
        add_asset(ledger, cloud.account, CAPITAL, cloud.other_capex)
        cloud.capex = cloud.ai_capex + cloud.other_capex
        credit = w.levers.investment_credit * cloud.ai_capex
        pay(ledger, government.account, cloud.account, credit, purposes.INVESTMENT_CREDIT)
    for buyer in w.other_buyers:
        build_sites(w, buyer, buyer.kind != FOREIGN_BUYER)
        buyer.capex = buyer.ai_capex
        if buyer.kind != FOREIGN_BUYER:
            credit = w.levers.investment_credit * buyer.ai_capex
            pay(ledger, government.account, buyer.account, credit, purposes.INVESTMENT_CREDIT)
    for maker in w.chip_makers:
        wear = maker.account.tangible[CAPITAL - FIRST_TANGIBLE] * p.tech_depreciation
        maker.depreciation = depreciate(ledger, maker.account, CAPITAL, wear)
        in_business = maker.alive > 0.5 or maker.core_revenue > 0.0
        maker.capex = wear * (1.0 + w.macro.trend_nominal_growth) if in_business else 0.0
        pay_in(ledger, ledger.goods, maker.account, maker.capex, purposes.ORDINARY_INVESTMENT)
        add_asset(ledger, maker.account, CAPITAL, maker.capex)
        fund_foundry(w, maker)
    for cloud in w.clouds:
        wear = cloud.account.tangible[CAPITAL - FIRST_TANGIBLE] * p.tech_depreciation
        cloud.depreciation += depreciate(ledger, cloud.account, CAPITAL, wear)


@rule
def start_building(w, buyer):
    """Orders for which permits are there become sites, less the room that shells have, and equipment that is ordered
    as the sites near completion."""
    power = wait_for_permits(buyer, permit_wait(w), max(buyer.planned_orders, 0.0))
    buyer.orders = max(buyer.planned_orders, 0.0)
    buyer.decided += power
    room = buyer.shells
    for k in range(SITES):
        room += buyer.sites[k]
    lack = buyer.online + buyer.waiting + buyer.pipeline + buyer.decided - room
    start_site(buyer, building_lead(w), min(max(lack, 0.0), MOST_SITE * power))
    buyer.equipment_orders = equipment_to_order(buyer, 0.0)
    buyer.decided -= buyer.equipment_orders


@rule
def start_sites(world, accounts, firms):
    """What is funded is begun."""
    w = world[0]
    for cloud in w.clouds:
        start_building(w, cloud)
    for buyer in w.other_buyers:
        start_building(w, buyer)


@rule
def order_from(w, k, buyer):
    """Order equipment from the makers by the buyer's shares."""
    buyer.pipeline += buyer.equipment_orders
    for m in range(len(w.chip_makers)):
        w.market.on_order[m, k] += buyer.equipment_orders * w.market.maker_share[m, k]


@rule
def place_orders(world, accounts, firms):
    """Equipment is ordered; makers buy parts for what they will ship and build supply for what is due."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    for k in range(len(w.clouds)):
        order_from(w, k, w.clouds[k])
    for k in range(len(w.other_buyers)):
        order_from(w, len(w.clouds) + k, w.other_buyers[k])
    part = housed(w)
    for m in range(len(w.chip_makers)):
        maker = w.chip_makers[m]
        due = due_value(w, m, part)
        maker.backlog = backlog_value(w, m)
        build_supply(maker, due, w.levers.chip_supply, w.levers.foundry_subsidy, p)
        maker.margin += p.chip_margin_speed * (gross_margin(due / max(maker.supply, 1e-9), p) - maker.margin)
        maker.price_before = maker.price
        cost = maker.parts_cost * (1.0 - p.it_price_decline)
        power = max(min(due, maker.supply * w.levers.chip_supply) / maker.price - maker.parts_power, 0.0)
        lack = min(power * cost, means_of(w, maker.account))
        maker.parts_power += lack / cost
        pay(ledger, maker.account, w.rest_of_world[0].account, lack, purposes.IMPORTED_PARTS)
        add_asset(ledger, maker.account, INVENTORY, lack)
