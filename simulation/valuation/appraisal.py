"""What AI shares are worth: expected earnings, growth that fades, and the sober value beside what investors see."""

import math

from simulation.rule import rule

LEAST_SPREAD = 0.02  # a year, of the discount rate over terminal growth: without it a value has no bound
LEAST_PART = (
    0.2  # of the earnings in which nothing is flattered, that losses in the books leave a share to be priced on
)


@rule
def h_model(earnings, growth, terminal_growth, horizon, rate):
    """Value of earnings that grow fast now and fade to a terminal rate over 2 x horizon years (Fuller and Hsia 1984):
    E [(1+g_L) + H (g - g_L)]/(r - g_L). Below terminal growth the straight line would end in negative values, which no
    owner bears: it goes over into the exponential of the same slope."""
    excess = horizon * (growth - terminal_growth) / (1.0 + terminal_growth)
    factor = 1.0 + excess if excess > 0.0 else math.exp(excess)
    return earnings * (1.0 + terminal_growth) * factor / (rate - terminal_growth)


@rule
def expect_earnings(security, earned, p):
    """Earnings a year that investors expect, when a quarter's have come in (at yearly rate): each quarter counts for
    `earnings_gain` of what it shows (Foster 1977), business known to be lost for all of it. Returns them."""
    kept = 1.0 - min(security.lost, 1.0)
    security.lost = 0.0
    security.earnings *= kept
    security.earnings += p.earnings_gain * (kept * earned - security.earnings)
    return security.earnings


@rule
def lose_business(w, column, part):
    """Investors learn that a part of a firm's AI business is gone for good: what it earns is worth as much less at
    once."""
    security = w.exchange.securities[column]
    security.lost = 1.0 - (1.0 - security.lost) * (1.0 - min(max(part, 0.0), 1.0))


@rule
def long_rate(macro, p):
    """Yearly rate on long bonds: half the policy rate, half what it is when output and inflation are normal."""
    return 0.5 * (macro.policy_rate + macro.neutral_real_rate + 4.0 * p.inflation_target)


@rule
def discount_rate(macro, p):
    """Yearly rate at which earnings are discounted: a long rate and the equity premium, above terminal growth."""
    return max(long_rate(macro, p) + p.equity_premium, p.terminal_growth + LEAST_SPREAD)


@rule
def ai_discount_rate(macro, p):
    """The same for AI shares, which swing more than most: their premium rises when output falls short of potential
    (Campbell and Cochrane 1999)."""
    rate = long_rate(macro, p) + p.equity_premium - p.premium_cycle * macro.output_gap
    return max(rate, p.terminal_growth + LEAST_SPREAD)


@rule
def potential_earnings(revenue, potential, share, margin):
    """Earnings that investors credit a loss-making seller with (USD bn a year): a margin on the geometric mean of its
    market's revenue and the market's potential, times its share."""
    return margin * math.sqrt(max(revenue, 1e-6) * max(potential, 1e-6)) * share


@rule
def market_potential(world):
    """Revenue a year that AI services would have if every firm used them as far as it believes to be worth while."""
    w = world[0]
    p = w.parameters
    home = p.capture * w.totals.belief * w.market.capability * w.totals.sales * 4.0
    consumers = p.consumer_demand * w.macro.gdp / w.macro.opening_gdp
    return (home + consumers) * (1.0 + p.foreign_demand)


@rule
def ai_earnings(cloud, market, potential, margin):
    """Yearly AI earnings of a cloud: what is earned over user cost, or the credit given to potential."""
    revenue = 4.0 * (cloud.rental_revenue + cloud.service_revenue + cloud.own_value)
    earned = revenue - 4.0 * market.user_cost * (cloud.online + cloud.waiting)
    sellers = market.reported - market.chip_sales
    share = (cloud.rental_revenue + cloud.service_revenue) / sellers if sellers > 0.0 else 0.0
    return max(earned, potential_earnings(4.0 * market.end_demand, potential, share, margin))


@rule
def flattery(w, cloud):
    """What the books make of a cloud's AI earnings beyond what they are (USD bn a year): they spread the cost of
    compute over its book life, while it loses value by wear and by the fall of prices."""
    p = w.parameters
    life = p.book_life_it * w.levers.depreciation_life
    charge = 0.0
    for k in range(len(cloud.cohort_cost)):
        charge += min(cloud.cohort_cost[k] / life, cloud.cohort_book[k])
    lost = (p.attrition + p.it_price_decline) * w.market.it_price * (cloud.online + cloud.waiting)
    return 4.0 * (lost - charge)


@rule
def chip_earnings(maker):
    """Yearly AI earnings of a chip maker: profit less that of its core business, at least two percent of AI revenue."""
    return 4.0 * max(maker.profit - maker.core_cash_flow, 0.02 * maker.ai_revenue)


@rule
def core_worth(w, security, firm):
    """Value of a maker's or cloud's core business (USD bn): investors' multiple, at today's rate, of its cash flow. One
    that loses money is worth nothing, since its owners owe nothing."""
    p = w.parameters
    cash_flow = 4.0 * max(firm.core_cash_flow, 0.0)
    return security.core_scale * cash_flow / (ai_discount_rate(w.macro, p) - p.terminal_growth)


@rule
def look_through(w):
    """Part of their weight that investors put on end demand where it differs from what the sector reports."""
    return min(max(w.parameters.look_through + w.levers.look_through, 0.0), 1.0)


@rule
def room_to_grow(world):
    """Yearly growth that would fill the market's potential by the time it has faded: nobody pays for more. Fading over
    twice the horizon, growth adds `growth_horizon` times itself to the logarithm of revenue."""
    w = world[0]
    p = w.parameters
    left = math.log(max(market_potential(world), 1e-6) / max(4.0 * w.market.end_demand, 1e-6))
    return p.terminal_growth + max(left, 0.0) / p.growth_horizon


@rule
def growth_seen(world):
    """Yearly growth that investors see: as reported or, looked through, of end demand, while there is room for it."""
    w = world[0]
    part = look_through(w)
    return min(part * w.market.end_growth + (1.0 - part) * w.market.reported_growth, room_to_grow(world))


@rule
def part_seen(w):
    """Part of chip profits that investors take to last: all or, looked through, as far as revenue covers the cost of
    compute."""
    part = look_through(w)
    return part * min(1.0, w.market.coverage) + (1.0 - part)


@rule
def growth_value(world, security, earnings, growth):
    """Value of AI earnings (USD bn): the formula's, on the scale of the firm's kind and with what is hoped of it."""
    w = world[0]
    p = w.parameters
    rate = ai_discount_rate(w.macro, p)
    scale = security.growth_scale * math.exp(security.hope)
    return scale * h_model(earnings, growth, p.terminal_growth, p.growth_horizon, rate)


@rule
def set_values(world, security, core, seen, sober):
    """Value of a firm as investors see it and on sober growth (USD bn), from its core business and yearly earnings."""
    w = world[0]
    security.hope *= 1.0 - w.parameters.hope_fade
    security.value_before = security.value
    security.value = core + growth_value(world, security, seen, growth_seen(world))
    sober_growth = min(w.market.end_growth, room_to_grow(world))
    security.sober_value = core + growth_value(world, security, sober, sober_growth)


@rule
def expect_lost_orders(w):
    """A chip maker's orders from clouds that have lost business are taken to be lost with it."""
    market = w.market
    for m in range(len(w.chip_makers)):
        shipped = 1e-12
        lost = 0.0
        for k in range(market.shipped.shape[1]):
            shipped += market.shipped[m, k]
        for k in range(len(w.clouds)):
            lost += market.shipped[m, k] * min(w.exchange.securities[w.clouds[k].account.column].lost, 1.0)
        lose_business(w, w.chip_makers[m].account.column, lost / shipped)


@rule
def seen_earnings(w, cloud, earnings):
    """Earnings of a cloud that investors see (USD bn a year): as far as they do not look through, with what its books
    add or take."""
    return max(earnings + (1.0 - look_through(w)) * flattery(w, cloud), LEAST_PART * earnings)


@rule
def appraise(world, accounts, firms):
    """What investors take for the value of every AI firm, and what it is worth on sober growth: growth of end demand in
    place of reported growth, and chip profits only as far as revenue covers the cost of compute."""
    w = world[0]
    p = w.parameters
    potential = market_potential(world)
    covered = min(1.0, w.market.coverage)
    expect_lost_orders(w)
    for maker in w.chip_makers:
        security = w.exchange.securities[maker.account.column]
        earnings = expect_earnings(security, chip_earnings(maker), p)
        set_values(world, security, core_worth(w, security, maker), earnings * part_seen(w), earnings * covered)
    for cloud in w.clouds:
        security = w.exchange.securities[cloud.account.column]
        earnings = expect_earnings(security, ai_earnings(cloud, w.market, potential, p.potential_margin), p)
        set_values(world, security, core_worth(w, security, cloud), seen_earnings(w, cloud, earnings), earnings)
    for lab in w.labs:
        w.exchange.securities[lab.account.column].hope *= 1.0 - p.hope_fade
