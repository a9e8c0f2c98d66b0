"""Plans for compute: what owners learn of need, contracts and rivals, and the orders they make of it."""

from __future__ import annotations

import numpy as np

from simulation.agents.clouds import (
    FOREIGN_BUYER,
    expect_need,
    growth_to_build_for,
    keep_to_plan,
    own_use_need,
    quarterly_growth,
    wanted_orders,
)
from simulation.disturbances.declared import PLANS
from simulation.obligations.contracts import backlog_of
from simulation.rule import rule
from simulation.technology.user_cost import user_cost_without_price_move


@rule
def sector_outlook(world, accounts, firms):
    """Growth of need of the whole market, of the contracts in hand and of what all clouds plan: what everybody reads in
    the news and in guidance."""
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
    plans = 0.0
    for cloud in w.clouds:
        plans += cloud.orders
    growth = quarterly_growth(plans, market.plans) if market.plans > 0.0 else 0.0
    market.plans_growth += p.expectation_gain * (growth - market.plans_growth)
    market.plans = plans


@rule
def signed_to_begin(w, quarters):
    """Need under contracts with every cloud that begin within some quarters (GW)."""
    total = np.zeros(len(w.clouds))
    for k in range(w.market.n_contracts):
        contract = w.market.contracts[k]
        if 0.0 < contract.starts_in <= quarters and contract.quarters_left > 0.0:
            total[contract.provider] += contract.gigawatts
    return total


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
    old = user_cost_without_price_move(w)
    signed = signed_to_begin(w, p.construction_lead)
    for k in range(len(w.clouds)):
        cloud = w.clouds[k]
        believe_in_own_use_of(cloud, jump, p)
        need = need_to_build_for(cloud, market.user_cost, p)
        normal_need = need_in_normal_times(cloud, market.user_cost, p)
        growth = expect_need(cloud, normal_need, need_in_normal_times(cloud, old, p), market.backlog_growth, p)
        # What it rents from others it need not build.
        cloud.planned_need = max(need - cloud.leased, 0.0)
        growth = growth_to_build_for(cloud, growth, market.plans_growth, p)
        target = wanted_orders(cloud, growth, signed[k], market.expected_spot, w.exchange.value_gap, p)
        cloud.planned_orders = revise_plan(cloud, target, w.luck.factor[PLANS, cloud.account.column], p)
    for buyer in w.other_buyers:
        believe_in_own_use_of(buyer, jump, p)
        need = need_to_build_for(buyer, market.user_cost, p)
        normal_need = need_in_normal_times(buyer, market.user_cost, p)
        growth = expect_need(buyer, normal_need, need_in_normal_times(buyer, old, p), market.sector_growth, p)
        growth = growth_to_build_for(buyer, growth, 0.0, p)
        buyer.planned_need = need
        # Of many buyers: what single ones believe beyond what is wanted averages out.
        target = wanted_orders(buyer, growth, 0.0, market.expected_spot, 0.0, p)
        licence = w.levers.export_licence if buyer.kind == FOREIGN_BUYER else 1.0
        buyer.planned_orders = licence * keep_to_plan(buyer.orders, target, p) if buyer.alive > 0.5 else 0.0


@rule
def revise_plan(cloud, target, conviction, p):
    """The year's plan after a quarter's results (GW a quarter): what the rule makes of the plan that it had made, more
    or less by the conviction of who spends. It moves the flow, never the need: on a stock it would move orders the
    more, the slower need grows."""
    cloud.rule_plan = keep_to_plan(plan_left(cloud), target, p)
    cloud.conviction = conviction
    return conviction * cloud.rule_plan if cloud.alive > 0.5 else 0.0


@rule
def plan_left(cloud):
    """What the rule goes on from (GW a quarter): the plan that it had made, less what could not be funded of it. Who
    wanted more by conviction loses that first."""
    return min(cloud.rule_plan, cloud.orders / min(cloud.conviction, 1.0))


@rule
def believe_in_own_use_of(cloud, jump, p):
    """Beliefs move only where compute is used in one's own business."""
    if cloud.reference_compute > 0.0:
        if jump > 0.0:
            cloud.uplift_belief += jump * max(p.uplift_belief_jump - cloud.uplift_belief, 0.0)
        else:
            cloud.uplift_belief += p.uplift_learning * (cloud.uplift_true - cloud.uplift_belief)


@rule
def need_in_normal_times(owner, normal_cost, p):
    """Need of an owner at what compute costs in normal times (GW): growth is learned from it, since a move of rents or
    of the cost of capital is no growth."""
    if owner.reference_compute <= 0.0:
        return owner.need
    return max(owner.need - owner.own_need, 0.0) + own_use_need(owner, normal_cost, p)


@rule
def need_to_build_for(owner, normal_cost, p):
    """Need of an owner once its own use is no longer rationed by the spot rent: a builder's own use costs it its user
    cost (GW). Of what others need it builds the less for, the dearer capital is to it than in normal times."""
    dearer = (normal_cost / owner.user_cost) ** p.capital_elasticity
    if owner.reference_compute <= 0.0:
        return owner.need * dearer
    return max(owner.need - owner.own_need, 0.0) * dearer + own_use_need(owner, owner.user_cost, p)
