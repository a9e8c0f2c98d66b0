"""The market for AI services: firms, consumers and foreigners buy from labs, clouds and the open-weight fringe."""

import math

from simulation.agents.firm_sector import adopt_and_invest
from simulation.books.purposes import AI_SERVICES, AI_SERVICES_EXPORTED, AI_SERVICES_IMPORTED, AI_SUBSCRIPTIONS
from simulation.books.verbs import empty_pool, pay_in, pay_out
from simulation.disturbances.declared import RELEASES, USES
from simulation.public_policy import open_models_lead
from simulation.rule import rule

TOP_SHARE_OF_SUBSCRIPTIONS = 0.4
LEAST_SHARE = 1e-12  # of all sales, that sellers at home divide among themselves
# A year, that is carried forward: of analysts' long-term forecasts hardly one in a hundred lies above (Chan, Karceski
# and Lakonishok 2003), and firms that grew faster for a year seldom went on.
LEAST_GROWTH, MOST_GROWTH = -0.3, 0.4


@rule
def attraction(quality, price, last_share, p):
    """Weight of a contestant in the choice of buyers: a logit in quality, log price and last share."""
    utility = p.quality_weight * quality - p.price_elasticity_of_share * math.log(price)
    return math.exp(utility) * max(last_share, 1e-4) ** p.share_memory


@rule
def quality_of_service(cloud, frontier):
    """Quality of a cloud's own models: the frontier of last quarter and the cloud's distance to it."""
    return frontier + cloud.service_intercept


@rule
def set_prices_and_shares(world, accounts, firms):
    """Labs price at cost plus mark-up, where cost follows the rent of compute; buyers divide by quality, price and
    habit. The fringe sells at little above cost with quality some quarters old."""
    w = world[0]
    p = w.parameters
    market = w.market
    cost = market.rent_paid / market.opening_spot / market.efficiency_passed
    total = 0.0
    for lab in w.labs:
        if lab.alive > 0.5:
            quality = lab.quality + w.luck.deviation[RELEASES, lab.account.column]
            lab.price += p.price_adjustment * (cost * w.levers.lab_price - lab.price)
            lab.service_demand = attraction(quality, lab.price, lab.market_share, p)
        else:
            lab.service_demand = 0.0
        total += lab.service_demand
    price = 0.0
    own_price = cost * w.levers.lab_price
    market.own_service_price = own_price
    for cloud in w.clouds:
        weight = 0.0
        if cloud.service_share > 0.0 and cloud.alive > 0.5:
            weight = attraction(quality_of_service(cloud, market.frontier[1]), own_price, cloud.service_share, p)
        cloud.service_quality = weight
        total += weight
    fringe = market.frontier[int(p.fringe_lag)] + market.fringe_intercept + w.levers.fringe_quality
    fringe += open_models_lead(market)
    fringe_price = cost * p.compute_share * p.fringe_markup
    market.fringe_price = fringe_price
    fringe_weight = attraction(fringe, fringe_price, market.fringe_share, p)
    total += fringe_weight
    for lab in w.labs:
        lab.market_share = lab.service_demand / total
        price += lab.market_share * lab.price
    for cloud in w.clouds:
        cloud.service_share = cloud.service_quality / total
        price += cloud.service_share * own_price
    market.fringe_share = fringe_weight / total
    price += market.fringe_share * fringe_price
    market.ai_price = price / market.ai_price_scale
    market.regulation = w.levers.ai_demand_regulation * w.luck.factor[USES, 0]


@rule
def consumer_demand(world):
    """Consumers take up AI as a new good does (Bass 1969): first by themselves, then by example, up to a ceiling that
    grows with income, with what models can do and with what those who use them find them to be worth, for which the
    experience of firms stands (USD bn a quarter at today's prices)."""
    w = world[0]
    p = w.parameters
    market = w.market
    income = w.macro.gdp / w.macro.opening_gdp
    worth = w.totals.belief / p.prior_belief
    ceiling = 0.25 * p.consumer_demand * worth * income * market.capability / p.consumer_capability
    reached = market.consumer_scale
    pace = p.consumer_innovation + p.consumer_speed * reached / max(ceiling, 1e-9)
    market.consumer_scale = max(reached + w.levers.adoption_speed * pace * (ceiling - reached), 0.0)
    return p.ai * market.consumer_scale * market.ai_price ** (1.0 - p.demand_elasticity) * market.regulation


@rule
def foreign_demand(world):
    """Foreigners buy as home does, some quarters later, and under like rules."""
    w = world[0]
    p = w.parameters
    market = w.market
    lag = int(p.foreign_lag)
    return p.foreign_demand * market.foreign_scale * market.foreign_queue[max(lag - 1, 0)] * w.levers.foreign_demand


@rule
def buy_services(world, accounts, firms):
    """Firms adopt and buy, consumers subscribe, foreigners follow; the sellers receive their shares."""
    w = world[0]
    p = w.parameters
    market = w.market
    ledger = w.ledger
    totals = w.totals
    adopt_and_invest(
        firms,
        market,
        w.macro,
        totals,
        ledger,
        w.seed,
        w.opening_quarter + w.quarter,
        w.levers.adoption_speed * p.ai,
        w.levers.firm_gain,
        w.governments[0],
        w.levers.adoption_support,
        p,
    )
    market.share_of_users = totals.users_weighted
    subscriptions = consumer_demand(world)
    foreign = foreign_demand(world) * (1.0 - market.fringe_share)
    for k in range(len(w.households)):
        household = w.households[k]
        part = TOP_SHARE_OF_SUBSCRIPTIONS if k == 0 else 1.0 - TOP_SHARE_OF_SUBSCRIPTIONS
        household.ai_subscriptions = pay_in(
            ledger, ledger.services, household.account, part * subscriptions, AI_SUBSCRIPTIONS
        )
    pay_in(ledger, ledger.services, w.rest_of_world[0].account, foreign, AI_SERVICES_EXPORTED)
    home = totals.ai_spending + subscriptions
    market.foreign_queue[1:] = market.foreign_queue[:-1].copy()
    market.foreign_queue[0] = home
    market.home_demand = home
    market.foreign_demand = foreign
    ledger.memo[AI_SUBSCRIPTIONS] = subscriptions
    distribute_sales(world)


@rule
def distribute_sales(world):
    """Hand each seller its share of every kind of demand; the fringe abroad takes what is left."""
    w = world[0]
    market = w.market
    ledger = w.ledger
    pool = ledger.services
    firms_part = pool.posted[AI_SERVICES]
    subscriptions = pool.posted[AI_SUBSCRIPTIONS]
    foreign = pool.posted[AI_SERVICES_EXPORTED]
    home_sellers = max(1.0 - market.fringe_share, LEAST_SHARE)
    largest = 0
    for j in range(len(w.labs)):
        if w.labs[j].market_share > w.labs[largest].market_share:
            largest = j
    revenue = 0.0
    for cloud in w.clouds:
        share = cloud.service_share
        cloud.service_revenue = 0.0
        if share > 0.0:
            part = share / home_sellers
            cloud.service_revenue += pay_out(ledger, pool, cloud.account, part * firms_part, AI_SERVICES)
            cloud.service_revenue += pay_out(ledger, pool, cloud.account, share * subscriptions, AI_SUBSCRIPTIONS)
            cloud.service_revenue += pay_out(ledger, pool, cloud.account, part * foreign, AI_SERVICES_EXPORTED)
    world_account = w.rest_of_world[0].account
    pay_out(ledger, pool, world_account, market.fringe_share * subscriptions, AI_SUBSCRIPTIONS)
    pay_out(ledger, pool, world_account, pool.posted[AI_SERVICES_IMPORTED], AI_SERVICES_IMPORTED)
    lab_revenue = 0.0
    for j in range(len(w.labs)):
        lab = w.labs[j]
        lab.revenue_before = lab.revenue
        lab.revenue = 0.0
        if j != largest and lab.market_share > 0.0:
            part = lab.market_share / home_sellers
            lab.revenue += pay_out(ledger, pool, lab.account, part * firms_part, AI_SERVICES)
            lab.revenue += pay_out(ledger, pool, lab.account, lab.market_share * subscriptions, AI_SUBSCRIPTIONS)
            lab.revenue += pay_out(ledger, pool, lab.account, part * foreign, AI_SERVICES_EXPORTED)
            lab_revenue += lab.revenue
    # The largest lab takes what rounding has left, so that the till is empty.
    lab = w.labs[largest]
    lab.revenue += pay_out(ledger, pool, lab.account, pool.posted[AI_SERVICES], AI_SERVICES)
    lab.revenue += pay_out(ledger, pool, lab.account, pool.posted[AI_SUBSCRIPTIONS], AI_SUBSCRIPTIONS)
    lab.revenue += pay_out(ledger, pool, lab.account, pool.posted[AI_SERVICES_EXPORTED], AI_SERVICES_EXPORTED)
    empty_pool(pool)
    lab_revenue += lab.revenue
    market.lab_revenue = lab_revenue
    revenue = firms_part + subscriptions * home_sellers + foreign
    market.end_demand = revenue


@rule
def track_growth(world, accounts, firms):
    """Yearly growth of end demand and of what the sector reports, for those who extrapolate either."""
    w = world[0]
    market = w.market
    reported = market.chip_sales
    for lab in w.labs:
        reported += lab.revenue
    for cloud in w.clouds:
        reported += cloud.rental_revenue + cloud.service_revenue
    market.reported = reported
    market.end_growth = yearly_growth(market.end_demand, market.end_demand_past)
    market.reported_growth = yearly_growth(market.reported, market.reported_past)
    market.end_demand_past[1:] = market.end_demand_past[:-1].copy()
    market.end_demand_past[0] = market.end_demand
    market.reported_past[1:] = market.reported_past[:-1].copy()
    market.reported_past[0] = market.reported


@rule
def yearly_growth(now, past):
    """Growth on the same quarter a year ago, within what an analyst would carry forward."""
    return min(max(now / max(past[3], 1e-9) - 1.0, LEAST_GROWTH), MOST_GROWTH)
