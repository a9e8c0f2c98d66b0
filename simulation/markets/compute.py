"""The compute market: own use, contracts first, then spot; and the technology firms' daily business."""

import math

from simulation.agents.clouds import HOME_BUYER, own_use_need, uplift
from simulation.agents.core_business import core_cost
from simulation.agents.labs import train, training_budget
from simulation.books.deliveries import COMPUTE_SERVED, INPUTS_USED, POWER_USED, WORK_DONE, deliver
from simulation.books.ledger import place_among
from simulation.books.purposes import COMPUTE_RENTAL, INPUTS, POWER, WAGES
from simulation.books.verbs import pay, pay_in
from simulation.disturbances.declared import CORE, RENTS
from simulation.markets.open_models import host_open_models
from simulation.obligations.dues import LEASES, NO_CLAIM, liquid, owe, relief_on
from simulation.public_policy import public_need, rent_public_compute
from simulation.rule import rule

MOST_CASH_SHARE = 0.6  # of core revenue: costs never shrink to less than the rest


@rule
def spot_price(user_cost, need, online, p):
    """Spot rent by tightness (exponent judged by GPU rental history): user cost x clip(need/(.85 online))^eta."""
    tightness = need / max(p.target_utilisation * online, 1e-9)
    bounded = min(max(tightness, p.user_cost_floor), p.user_cost_ceiling)
    return user_cost * bounded**p.price_tightness


@rule
def plan_use(world, accounts, firms):
    """Labs set training budgets; what inference takes follows from the services sold."""
    w = world[0]
    p = w.parameters
    market = w.market
    best = 0.0
    for lab in w.labs:
        if lab.alive > 0.5:
            best = max(best, training_budget(lab, 0.0, w.exchange.withdrawal, p, w.levers.training_budget))
    for lab in w.labs:
        if lab.alive < 0.5:
            lab.need = 0.0
            lab.inference_need = 0.0
            lab.training_need = 0.0
            lab.training_budget = 0.0
            continue
        lab.training_budget = training_budget(lab, best, w.exchange.withdrawal, p, w.levers.training_budget)
        lab.inference_need = lab.revenue / lab.price * market.service_compute / market.efficiency
    for cloud in w.clouds:
        cloud.service_need = (
            cloud.service_revenue * market.service_compute / market.own_service_price / market.efficiency
        )


@rule
def need_at(w, spot):
    """Compute wanted at a rent (GW): inference, services and government take what they take, training what its budget
    buys, own use what pays."""
    total = public_need(w)
    for lab in w.labs:
        total += lab.inference_need + lab.training_budget / spot
    for cloud in w.clouds:
        total += cloud.service_need
        total += own_use_need(cloud, spot, w.parameters)
    return total


@rule
def clearing_rent(w, online):
    """The spot rent at which the need it calls forth makes just that rent: found by halving, since need falls and rent
    rises with tightness."""
    p = w.parameters
    low = w.market.user_cost * p.user_cost_floor**p.price_tightness
    high = w.market.user_cost * p.user_cost_ceiling**p.price_tightness
    for _ in range(40):
        middle = math.sqrt(low * high)
        if spot_price(w.market.user_cost, need_at(w, middle), online, p) > middle:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


@rule
def price_compute(world, accounts, firms):
    """Rent, needs and tightness of the clouds' market, settled together."""
    w = world[0]
    p = w.parameters
    market = w.market
    online = 1e-9
    for cloud in w.clouds:
        online += cloud.online
    market.spot = clearing_rent(w, online) * w.luck.factor[RENTS, 0]
    # Much compute is under contract, so what it costs its users follows the spot rent with a lag.
    market.rent_paid += p.rent_pass_through * (market.spot - market.rent_paid)
    # What is learned is the rent against user cost: everybody sees that compute gets cheaper.
    market.expected_spot *= market.user_cost / market.user_cost_before
    market.expected_spot += p.expectation_gain * (market.spot - market.expected_spot)
    need = public_need(w)
    for lab in w.labs:
        lab.training_need = lab.training_budget / market.spot
        lab.need = lab.inference_need + lab.training_need
        need += lab.need
    for cloud in w.clouds:
        cloud.own_need = own_use_need(cloud, market.spot, p)
        need += cloud.own_need + cloud.service_need
    for buyer in w.other_buyers:
        # Those who use their own compute alone pay its user cost, not the spot rent.
        buyer.own_need = own_use_need(buyer, buyer.user_cost, p)
        buyer.need = buyer.own_need + buyer.service_need
    market.need = need
    market.online = online
    market.tightness = need / (p.target_utilisation * online)
    market.utilisation = min(1.0, need / online)


@rule
def serve_contracts(world, accounts, firms):
    """Contracted capacity is owed whether used or not, and paid when payments due are cleared. A provider short of
    compute delivers pro rata and is owed what it delivers."""
    w = world[0]
    market = w.market
    for cloud in w.clouds:
        cloud.contracted = 0.0
        cloud.rental_revenue = 0.0
        cloud.leased = 0.0
    for lab in w.labs:
        lab.contracted = 0.0
        lab.contract_dues = 0.0
    for k in range(market.n_contracts):
        contract = market.contracts[k]
        if contract.starts_in <= 0.0 and contract.quarters_left > 0.0:
            w.clouds[contract.provider].contracted += contract.gigawatts
    for k in range(market.n_contracts):
        contract = market.contracts[k]
        contract.delivered = 0.0
        if contract.starts_in > 0.0 or contract.quarters_left <= 0.0:
            continue
        provider = w.clouds[contract.provider]
        contract.delivered = contract.gigawatts * min(1.0, provider.online / max(provider.contracted, 1e-12))
        due = contract.delivered * contract.price * (1.0 - relief_on(w, contract.customer))
        owe(w, contract.customer, provider.account.column, due, LEASES, COMPUTE_RENTAL, NO_CLAIM, 0)
        deliver(w.ledger, accounts[contract.customer], COMPUTE_SERVED, due)
        provider.rental_revenue += due
        cloud, lab = place_among(w.clouds, contract.customer), place_among(w.labs, contract.customer)
        if cloud >= 0:
            w.clouds[cloud].leased += contract.delivered
        elif lab >= 0:
            w.labs[lab].contracted += contract.delivered
            w.labs[lab].contract_dues += due


@rule
def expect_share_of_rents(w, free):
    """A provider plans for the part of rents that it has learned to have; who fails leaves it to others."""
    if free > 0.0:
        for cloud in w.clouds:
            cloud.rental_share += w.parameters.expectation_gain * (cloud.rentable / free - cloud.rental_share)


@rule
def serve_spot(world, accounts, firms):
    """What contracts leave is used by its owner first and then rented out at the spot rent; labs buy what their needs
    lack, as far as their money goes. Training takes what inference leaves."""
    w = world[0]
    p = w.parameters
    market = w.market
    free = 0.0
    for cloud in w.clouds:
        left = max(cloud.online - cloud.contracted, 0.0) + cloud.leased
        own = cloud.own_need + cloud.service_need
        used = min(own, left)
        cloud.own_use = used * (cloud.own_need / own) if own > 0.0 else 0.0
        cloud.rentable = left - used
        free += cloud.rentable
    wanted = public_need(w)
    for lab in w.labs:
        lack = max(lab.need - lab.contracted, 0.0)
        # A lab does not spend on spot what it owes this quarter or next.
        spare = max(liquid(w, lab.account) - p.dues_reserve * max(lab.contract_dues - lab.revenue, 0.0), 0.0)
        lab.spot_bought = min(lack, spare / market.spot) if lab.alive > 0.5 else 0.0
        wanted += lab.spot_bought
    expect_share_of_rents(w, free)
    served = min(1.0, free / wanted) if wanted > 0.0 else 0.0
    sold = served * wanted
    public = served * public_need(w)
    rent_public_compute(w, public, free)
    for lab in w.labs:
        lab.spot_bought *= served
        if lab.spot_bought > 0.0:
            deliver(w.ledger, lab.account, COMPUTE_SERVED, lab.spot_bought * market.spot)
            for cloud in w.clouds:
                if cloud.rentable > 0.0:
                    amount = lab.spot_bought * market.spot * (cloud.rentable / free)
                    cloud.rental_revenue += pay(w.ledger, lab.account, cloud.account, amount, COMPUTE_RENTAL)
                    market.trade[lab.account.column, cloud.account.column] += amount
        if lab.alive > 0.5:
            compute = lab.contracted + lab.spot_bought
            lab.training_done = max(compute - lab.inference_need, 0.0)
            train(lab, lab.training_done, market.frontier[0], w.parameters)
    uncontracted = max(wanted_at_cost(w) - total_contracted(w), 0.0)
    for cloud in w.clouds:
        cloud.rented = cloud.rentable * (sold / free) if free > 0.0 else 0.0
        cloud.need = cloud.own_need + cloud.service_need + cloud.contracted + cloud.rental_share * uncontracted
    for buyer in w.other_buyers:
        host_open_models(buyer)
        buyer.own_value = uplift(buyer)
    training = 0.0
    need = 1e-12
    for lab in w.labs:
        training += lab.training_need
        need += lab.need
    market.training_share = training / need


@rule
def wanted_at_cost(w):
    """Compute that labs and government would want at a rent that covers user cost (GW): what it pays to build for,
    whatever today's rent makes of it."""
    total = public_need(w)
    for lab in w.labs:
        total += lab.inference_need + lab.training_budget / w.market.user_cost
    return total


@rule
def total_contracted(w):
    """Compute that labs have under contract (GW)."""
    total = 0.0
    for lab in w.labs:
        total += lab.contracted
    return total


@rule
def pay_wages_and_inputs(ledger, account, cost, wage_share):
    """Pay a cost that is part wages, part goods and services of ordinary firms. The account may go below zero: the
    receipts of the quarter fill it, or its bank does, or its owner fails when the quarter is cleared."""
    wages = wage_share * cost
    inputs = cost - wages
    deliver(ledger, account, WORK_DONE, wages)
    deliver(ledger, account, INPUTS_USED, inputs)
    pay_in(ledger, ledger.wages, account, wages, WAGES)
    pay_in(ledger, ledger.goods, account, inputs, INPUTS)


@rule
def pay_for_power(w, owner):
    """Power and site cost of what an owner runs, paid like wages."""
    owner.power_cost = w.parameters.opex * w.market.system_price * owner.online
    deliver(w.ledger, owner.account, POWER_USED, owner.power_cost)
    pay_in(w.ledger, w.ledger.goods, owner.account, owner.power_cost, POWER)


@rule
def operate(world, accounts, firms):
    """Power, wages and inputs of everybody in the AI sector, and the core business of clouds and chip makers."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    market = w.market
    customers = w.macro.customers_growth
    market.core_sales = 0.0
    for cloud in w.clouds:
        extra = cloud.core_growth
        cloud.core_growth *= p.core_growth_memory
        # Cash flow grows faster than revenue: margins widen as long as it grows more than its customers.
        cloud.core_revenue *= 1.0 + customers + p.core_revenue_part * extra
        cloud.liftable *= 1.0 + customers + p.core_revenue_part * extra
        wider = 1.0 + (1.0 - p.core_revenue_part) * extra
        cloud.core_cash_share = min(cloud.core_cash_share * wider, MOST_CASH_SHARE)
        cloud.own_value = max(uplift(cloud) - cloud.opening_uplift * w.macro.trend_level, 0.0)
        market.core_sales += cloud.core_revenue + cloud.own_value
        cloud.money_target = max(cloud.money_target, cloud.liquidity * cloud.core_revenue)
        cloud.core_cash_flow = cloud.core_revenue - core_cost(cloud, w.macro, p)
        earned = min(cloud.core_cash_flow * w.luck.factor[CORE, cloud.account.column], cloud.core_revenue)
        pay_wages_and_inputs(ledger, cloud.account, cloud.core_revenue - earned, p.core_wage_share)
        pay_for_power(w, cloud)
        # Running AI services takes staff and software like a lab's.
        pay_wages_and_inputs(ledger, cloud.account, p.lab_other_cost * cloud.service_revenue, p.lab_wage_share)
    for buyer in w.other_buyers:
        buyer.liftable *= 1.0 + customers + buyer.core_growth * p.core_revenue_part
        buyer.core_growth *= p.core_growth_memory
        buyer.power_cost = 0.0
        if buyer.kind == HOME_BUYER:
            pay_for_power(w, buyer)
    for maker in w.chip_makers:
        maker.core_revenue *= 1.0 + customers + maker.core_growth
        maker.core_growth *= p.core_growth_memory
        market.core_sales += maker.core_revenue
        maker.core_cash_flow = maker.core_revenue - core_cost(maker, w.macro, p)
        pay_wages_and_inputs(ledger, maker.account, maker.core_revenue - maker.core_cash_flow, p.core_wage_share)
        pay_wages_and_inputs(ledger, maker.account, p.research_share * maker.ai_revenue, p.lab_wage_share)
    for lab in w.labs:
        if lab.alive > 0.5:
            lab.other_budget = p.lab_other_cost * lab.revenue + lab.fixed_cost
            pay_wages_and_inputs(ledger, lab.account, lab.other_budget, p.lab_wage_share)
    market.core_to_firms = p.core_share_firms * market.core_sales
    market.core_to_households = p.core_share_households * market.core_sales
    market.core_abroad = market.core_sales - market.core_to_firms - market.core_to_households
