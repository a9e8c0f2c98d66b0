"""Cloud providers and the other buyers of chips: they own compute and decide what to order.

Hyperscalers rent compute out, sell AI services of their own and use compute in their core business. Neoclouds rent out.
Other buyers (enterprise, sovereign and foreign clouds) use compute for themselves; they follow the same rules."""

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

# What goes beyond is taken for a swing of one quarter, or for luck, by all who plan.
LEAST_GROWTH, MOST_GROWTH = -0.3, 0.5  # a quarter, of need and of contracts in hand
LEAST_PLANNED, MOST_PLANNED = -0.15, 0.3  # a quarter, that a builder counts on over the whole lead time
COHORTS = 24  # quarters of deliveries kept apart for depreciation
SITES = 6  # quarters of shells under construction
PERMITS = 8  # quarters that orders can wait for permits

CLOUD = record(
    account=ACCOUNT,
    kind="i8",
    alive="f8",
    # compute, in adjusted GW
    online="f8",
    waiting="f8",
    shells="f8",
    sites=("f8", (SITES,)),  # by quarters until they are due
    sites_unpaid=("f8", (SITES,)),  # what is still to be built and paid of each
    permits=("f8=0", (PERMITS,)),  # orders that wait for permits
    decided="f8",  # equipment for sites under way that is not yet ordered
    to_contract="f8=0",  # one for who builds what is signed, not what it expects
    orders="f8",  # the plan of the year, GW a quarter
    planned_orders="f8=0",
    rule_plan="f8",  # what the plan would be without conviction
    conviction="f8=1",  # what it plans to spend over what its rule asks for
    orders_cut="f8=0",
    equipment_orders="f8=0",
    pipeline="f8",
    mothballed="f8=0",
    came_online="f8=0",
    cohort_cost=("f8=0", (COHORTS,)),
    cohort_book=("f8=0", (COHORTS,)),
    overstated="f8=0",
    # what it is used for
    own_use="f8=0",
    own_need="f8=0",
    service_need="f8",
    service_quality="f8=0",
    service_intercept="f8=0",
    service_share="f8=0",
    service_revenue="f8=0",
    contracted="f8=0",
    rentable="f8=0",
    leased="f8=0",
    lease_power="f8=0",  # adjusted GW run under leases with vehicles, a part of what is online
    rented="f8=0",
    rental_share="f8",
    need="f8",
    planned_need="f8=0",
    expected_need="f8",
    expected_growth="f8",
    uplift_belief="f8=0",
    uplift_true="f8=0",
    reference_compute="f8=0",
    liftable="f8=0",
    opening_uplift="f8=0",
    own_value="f8=0",
    # core business and cash
    core_revenue="f8=0",
    core_cash_share="f8=0",
    core_growth="f8",
    core_cash_flow="f8=0",
    rental_revenue="f8=0",
    ai_revenue="f8=0",
    circular_revenue="f8=0",  # carries a supplier's own money
    circular_own="f8=0",  # carries the seller's own money
    chips_bought="f8",
    shells_paid="f8",
    ai_capex="f8",
    other_capex="f8=0",
    other_capex_share="f8=0",
    capex="f8",
    power_cost="f8=0",
    depreciation="f8=0",
    interest="f8=0",
    profit="f8=0",
    operating_cash_flow="f8",
    cash_flow_year="f8",
    payout="f8=0",
    payout_share="f8=0",
    new_debt="f8=0",
    new_equity="f8=0",
    user_cost="f8",
    money_target="f8",
    liquidity="f8=0",  # money kept over core revenue of a quarter
)


@rule
def own_use_need(cloud, spot, p):
    """Compute that pays in the core business: uplift u log(1 + K/K_ref) of the revenue that AI can lift, of which the
    owner wants the marginal gigawatt back at `own_use_payback` (GW). Ranking gets better by the same step with every
    doubling of compute (Zhai et al. 2024; Zhang et al. 2024), so that cheaper compute is used the more, and spending on
    it keeps to its share of revenue."""
    if cloud.reference_compute <= 0.0:
        return 0.0
    worth = p.own_use_payback * cloud.uplift_belief * cloud.liftable
    return max(worth / spot - cloud.reference_compute, 0.0)


@rule
def uplift(cloud):
    """True uplift of core revenue from the compute in own use (USD bn a quarter)."""
    if cloud.reference_compute <= 0.0:
        return 0.0
    return cloud.uplift_true * math.log(1.0 + cloud.own_use / cloud.reference_compute) * cloud.liftable


@rule
def quarterly_growth(now, before):
    """Growth over a quarter, as far as those who plan learn from it."""
    return min(max(now / max(before, 1e-9) - 1.0, LEAST_GROWTH), MOST_GROWTH)


@rule
def expect_need(cloud, need, need_at_old_price, backlog_growth, p):
    """Expected growth of need: adaptive, mixed with the growth of the contracts in hand (Caiani et al. 2016). Need is
    what would be wanted at user cost (GW), today's and that of chips whose price had kept to its trend since last
    quarter: what a dear chip or a cheap rent does to use is no growth."""
    growth = quarterly_growth(need_at_old_price, cloud.expected_need)
    cloud.expected_growth += p.expectation_gain * (growth - cloud.expected_growth)
    weight = p.expectation_backlog_weight
    cloud.expected_need = need
    return (1.0 - weight) * cloud.expected_growth + weight * backlog_growth


@rule
def profitability(expected_spot, user_cost, p):
    """How far the rent expected over the life of new compute carries it: 0 at the floor of the hurdle, 1 at its top. Of
    today's gap between rent and user cost a part is expected to last: rents return to the user cost as supply does."""
    over_life = 1.0 + p.rent_gap_over_life * (expected_spot / user_cost - 1.0)
    return min(max((over_life - p.hurdle_floor) / p.hurdle_width, 0.0), 1.0)


@rule
def standing_and_coming(owner):
    """Compute that an owner has, has bought, has on order, has decided on or has asked permits for (GW)."""
    total = owner.online + owner.waiting + owner.pipeline + owner.decided
    for k in range(PERMITS):
        total += owner.permits[k]
    return total


@rule
def growth_to_build_for(cloud, growth, rivals_growth, p):
    """Growth of need that a builder counts on: what it has seen, and a part of what rivals plan beyond it, lest it be
    left behind (contest of investment: Reinganum 1989). Who builds to contract counts on little that is not signed."""
    growth += p.race * p.cloud_race * max(rivals_growth - growth, 0.0)
    growth = min(max(growth, LEAST_PLANNED), MOST_PLANNED)
    return growth * p.growth_on_speculation if cloud.to_contract > 0.5 else growth


@rule
def wanted_orders(cloud, growth, signed, expected_spot, valuation_gap, p):
    """Orders that need asks for in the quarter (GW): the growth of wanted capacity and what wears out, and a part of
    what is missing of the capacity wanted by the time today's order is in use, everything on its way counted (the
    supply line of Sterman 1989; time to build: Kydland and Prescott 1982). `signed` is need under contracts that begin
    by then: it stands in for growth where it is more."""
    lead = p.construction_lead
    capacity = cloud.planned_need / p.target_utilisation
    coming = max(growth * capacity, signed / p.target_utilisation / lead) + p.attrition * capacity
    missing = capacity + coming * lead - standing_and_coming(cloud)
    target = max(coming + missing / p.order_horizon, 0.0)
    tobin = 1.0 + min(max(valuation_gap, -1.0), 1.0) * p.valuation_effect
    return target * profitability(expected_spot, cloud.user_cost, p) * tobin


@rule
def keep_to_plan(plan, target, p):
    """The year's plan after a quarter's results (GW a quarter): raised by a part of what is wanted beyond it, cut only
    where a good deal less is wanted than was announced (partial adjustment with a range of inaction, since capital
    spent cannot be had back: Abel and Eberly 1994)."""
    if target > plan:
        return plan + p.capex_adjustment * (target - plan)
    return plan - p.capex_adjustment * max((1.0 - p.plan_tolerance) * plan - target, 0.0)


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
def start_site(owner, lead, gigawatts):
    """Begin a site that is due after `lead` quarters."""
    owner.sites[lead - 1] += gigawatts
    owner.sites_unpaid[lead - 1] += gigawatts


@rule
def building_due(owner, pace):
    """Building that is due in a quarter (GW): of every site an equal part of what it lacks, so that it is complete when
    its time is up, or more or less where work is ahead or late."""
    total = 0.0
    for k in range(SITES):
        total += owner.sites_unpaid[k] * min(pace / (k + 1.0), 1.0)
    return total


@rule
def advance_sites(owner, pace, share):
    """Build a share of what is due, which is paid. Returns what is built (GW)."""
    built = 0.0
    for k in range(SITES):
        part = share * owner.sites_unpaid[k] * min(pace / (k + 1.0), 1.0)
        owner.sites_unpaid[k] -= part
        built += part
    return built


@rule
def finish_sites(owner, ledger):
    """What is built of the site at the head of the queue is finished, and its cost leaves construction for shells; what
    could not be paid waits. The others move up."""
    built = 0.0
    for k in range(SITES):
        built += owner.sites[k] - owner.sites_unpaid[k]
    finished = owner.sites[0] - owner.sites_unpaid[0]
    if finished > 0.0:
        in_progress = owner.account.tangible[CONSTRUCTION - COMPUTE]
        reclassify(ledger, owner.account, CONSTRUCTION, SHELLS, in_progress * finished / built)
    owner.sites[0] = owner.sites_unpaid[0]
    for queue in (owner.sites, owner.sites_unpaid):
        queue[0] += queue[1]
        for k in range(1, SITES - 1):
            queue[k] = queue[k + 1]
        queue[SITES - 1] = 0.0
    owner.shells += finished


@rule
def wait_for_permits(owner, quarters, gigawatts):
    """Orders wait some quarters for permits. Returns what may be built and bought now (GW)."""
    allowed = owner.permits[0]
    for k in range(PERMITS - 1):
        owner.permits[k] = owner.permits[k + 1]
    owner.permits[PERMITS - 1] = 0.0
    if quarters <= 0:
        return allowed + gigawatts
    owner.permits[quarters - 1] += gigawatts
    return allowed


@rule
def room_for_chips(owner):
    """Equipment that will have a shell by the end of next quarter, beside what is there already (GW): no more is taken
    in before."""
    return max(owner.shells + owner.sites[0] + owner.sites[1] - owner.online - owner.waiting, 0.0)


@rule
def equipment_to_order(owner, more):
    """Equipment that is ordered now, of what is decided and `more`: for sites that will be ready when it comes (GW)."""
    return min(owner.decided + more, max(room_for_chips(owner) - owner.pipeline, 0.0))


@rule
def installable(cloud):
    """Equipment that waits and for which a shell stands ready (GW)."""
    return max(min(cloud.waiting, cloud.shells - cloud.online), 0.0)


@rule
def other_capex_wanted(cloud, dip):
    """Capital expenditure that has nothing to do with AI follows core cash flow, more or less by the conviction of the
    year's plan, which is one for all that a firm builds, and stops where that is a loss; `dip` is the retrenchment of
    2023."""
    return cloud.conviction * cloud.other_capex_share * max(cloud.core_cash_flow, 0.0) * dip
