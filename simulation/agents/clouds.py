"""Cloud providers and the other buyers of chips: they own compute and decide what to order.

Hyperscalers rent compute out, sell AI services of their own and use compute in their core business. Neoclouds rent
out. Other buyers (enterprise, sovereign and foreign clouds) use compute for themselves; they follow the same rules.
"""

from __future__ import annotations

import math

from simulation.books.instruments import COMPUTE, CONSTRUCTION, SHELLS
from simulation.books.ledger import ACCOUNT
from simulation.books.verbs import depreciate, reclassify
from simulation.rule import record, rule

HYPERSCALER = 0
NEOCLOUD = 1
HOME_BUYER = 2
FOREIGN_BUYER = 3

RACE_LEAD = 0.05  # growth of rivals above one's own at which the race is fully on
# What goes beyond is taken for a swing of one quarter, or for luck, by all who plan.
LEAST_GROWTH, MOST_GROWTH = -0.3, 0.5  # a quarter, of need and of contracts in hand
LEAST_PLANNED, MOST_PLANNED = -0.15, 0.3  # a quarter, that a builder counts on over the whole lead time
COHORTS = 24  # quarters of deliveries kept apart for depreciation
SITES = 6  # quarters of shells under construction

CLOUD = record(
    account=ACCOUNT,
    kind="i8",
    alive="f8",
    # compute, in adjusted GW
    online="f8",
    waiting="f8",
    shells="f8",
    sites=("f8", (SITES,)),
    orders="f8",
    planned_orders="f8",
    orders_cut="f8",
    pipeline="f8",
    mothballed="f8",
    came_online="f8",
    cohort_cost=("f8", (COHORTS,)),
    cohort_book=("f8", (COHORTS,)),
    overstated="f8",
    # what it is used for
    own_use="f8",
    own_need="f8",
    service_need="f8",
    service_quality="f8",
    service_intercept="f8",
    service_share="f8",
    service_revenue="f8",
    contracted="f8",
    rentable="f8",
    leased="f8",
    lease_power="f8",  # adjusted GW run under leases with vehicles, a part of what is online
    rented="f8",
    rental_share="f8",
    need="f8",
    planned_need="f8",
    expected_need="f8",
    expected_growth="f8",
    uplift_belief="f8",
    uplift_true="f8",
    reference_compute="f8",
    liftable="f8",
    opening_uplift="f8",
    own_value="f8",
    # core business and cash
    core_revenue="f8",
    core_cash_share="f8",
    core_growth="f8",
    core_cash_flow="f8",
    rental_revenue="f8",
    ai_revenue="f8",
    circular_revenue="f8",  # carries a supplier's own money
    circular_own="f8",  # carries the seller's own money
    chips_bought="f8",
    shells_paid="f8",
    ai_capex="f8",
    other_capex="f8",
    other_capex_share="f8",
    capex="f8",
    power_cost="f8",
    depreciation="f8",
    interest="f8",
    profit="f8",
    operating_cash_flow="f8",
    cash_flow_year="f8",
    payout="f8",
    payout_share="f8",
    new_debt="f8",
    new_equity="f8",
    user_cost="f8",
    money_target="f8",
    usual_money="f8",  # over core revenue
)


@rule
def own_use_need(cloud, spot, p):
    """Compute that pays in the core business: uplift u (1 - exp(-K/K_ref)) of the revenue that AI can lift, of which
    the owner wants the marginal gigawatt back at `own_use_payback` (GW)."""
    if cloud.reference_compute <= 0.0:
        return 0.0
    worth = p.own_use_payback * cloud.uplift_belief * cloud.liftable
    return cloud.reference_compute * math.log(max(1.0, worth / (cloud.reference_compute * spot)))


@rule
def uplift(cloud):
    """True uplift of core revenue from the compute in own use (USD bn a quarter)."""
    if cloud.reference_compute <= 0.0:
        return 0.0
    return cloud.uplift_true * (1.0 - math.exp(-cloud.own_use / cloud.reference_compute)) * cloud.liftable


@rule
def quarterly_growth(now, before):
    """Growth over a quarter, as far as those who plan learn from it."""
    return min(max(now / max(before, 1e-9) - 1.0, LEAST_GROWTH), MOST_GROWTH)


@rule
def expect_need(cloud, backlog_growth, p):
    """Expected growth of need: adaptive, mixed with the growth of the contracts in hand (Caiani et al. 2016)."""
    growth = quarterly_growth(cloud.need, cloud.expected_need)
    cloud.expected_growth += p.expectation_gain * (growth - cloud.expected_growth)
    weight = p.expectation_backlog_weight
    cloud.expected_need = cloud.need
    return (1.0 - weight) * cloud.expected_growth + weight * backlog_growth


@rule
def profitability(expected_spot, user_cost, p):
    """How far the expected rent carries new compute: 0 at the floor of the hurdle, 1 at its top."""
    return min(max((expected_spot / user_cost - p.hurdle_floor) / p.hurdle_width, 0.0), 1.0)


@rule
def wanted_orders(cloud, growth, lead, rivals_lead, expected_spot, valuation_gap, p):
    """Orders of the quarter (GW): a part of the old order and a part of what expected need lacks once what is ordered
    now is in use, gradual on both sides (partial adjustment; Fazzari, Ferri and Greenberg 2008)."""
    growth = min(max(growth, LEAST_PLANNED), MOST_PLANNED)
    race = 1.0 + p.cloud_race * p.race * min(max(rivals_lead / RACE_LEAD, 0.0), 1.0)
    wanted = cloud.planned_need * (1.0 + growth) ** lead / p.target_utilisation * race
    gap = wanted - cloud.online - cloud.waiting - cloud.pipeline
    target = max(gap / p.order_horizon + p.attrition * cloud.online, 0.0)
    orders = (1.0 - p.capex_adjustment) * cloud.orders + p.capex_adjustment * target
    tobin = 1.0 + min(max(valuation_gap, -1.0), 1.0) * p.valuation_effect
    return orders * profitability(expected_spot, cloud.user_cost, p) * tobin


@rule
def depreciate_compute(cloud, ledger, quarter, life, p):
    """Straight-line depreciation of every cohort of deliveries over its book life, however much of it has failed.
    Returns the quarter's depreciation (USD bn)."""
    total = 0.0
    for k in range(COHORTS):
        charge = min(cloud.cohort_cost[k] / life, cloud.cohort_book[k])
        cloud.cohort_book[k] -= charge
        total += charge
    # The oldest cohort leaves the record; what is left of its book value goes with it.
    oldest = quarter % COHORTS
    total += cloud.cohort_book[oldest]
    cloud.cohort_book[oldest] = 0.0
    cloud.cohort_cost[oldest] = 0.0
    depreciate(ledger, cloud.account, COMPUTE, total)
    shells = cloud.account.tangible[SHELLS - COMPUTE] * p.shell_depreciation
    depreciate(ledger, cloud.account, SHELLS, shells)
    return total + shells


@rule
def impair(cloud, ledger, it_price, power, p):
    """Write compute down to its mark when the books have stood above it for some quarters: the mark is today's price
    of the gigawatts that are left. Returns the impairment (USD bn)."""
    book = 0.0
    for k in range(COHORTS):
        book += cloud.cohort_book[k]
    mark = it_price * power
    if book <= p.impairment_trigger * mark or book <= 0.0:
        cloud.overstated = 0.0
        return 0.0
    cloud.overstated += 1.0
    if cloud.overstated < p.impairment_quarters:
        return 0.0
    cut = 1.0 - mark / book
    for k in range(COHORTS):
        cloud.cohort_book[k] *= 1.0 - cut
        cloud.cohort_cost[k] *= 1.0 - cut
    cloud.overstated = 0.0
    return depreciate(ledger, cloud.account, COMPUTE, cut * book)


@rule
def receive_chips(cloud, quarter, gigawatts, cost):
    """Enter a delivery into the cohort of the quarter; it waits for shell and power."""
    cohort = quarter % COHORTS
    cloud.cohort_cost[cohort] += cost
    cloud.cohort_book[cohort] += cost
    cloud.waiting += gigawatts


@rule
def finish_sites(cloud, ledger):
    """The site at the head of the queue is finished; the others move up. Its cost leaves construction for shells."""
    finished = cloud.sites[0]
    building = 0.0
    for k in range(SITES):
        building += cloud.sites[k]
    in_progress = cloud.account.tangible[CONSTRUCTION - COMPUTE]
    if building > 0.0 and finished > 0.0:
        # Sites are paid evenly over the lead time, so an older site carries more of the cost.
        weight = 0.0
        for k in range(SITES):
            weight += cloud.sites[k] / (k + 1.0)
        reclassify(ledger, cloud.account, CONSTRUCTION, SHELLS, in_progress * finished / weight)
    for k in range(SITES - 1):
        cloud.sites[k] = cloud.sites[k + 1]
    cloud.sites[SITES - 1] = 0.0
    cloud.shells += finished


@rule
def installable(cloud):
    """Equipment that waits and for which a shell stands ready (GW)."""
    return max(min(cloud.waiting, cloud.shells - cloud.online), 0.0)


@rule
def other_capex_wanted(cloud, dip):
    """Capital expenditure that has nothing to do with AI follows core cash flow; `dip` is the retrenchment of 2023."""
    return cloud.other_capex_share * cloud.core_cash_flow * dip
