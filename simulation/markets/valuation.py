"""What AI shares are worth: earnings of a year, growth that fades, and the sober value beside what investors see."""

from __future__ import annotations

import math

from simulation.rule import rule


@rule
def h_model(earnings, growth, terminal_growth, horizon, rate):
    """Value of earnings that grow fast now and fade to a terminal rate over 2 x horizon years (Fuller and Hsia 1984):
    E [(1+g_L) + H (g - g_L)]/(r - g_L). Below terminal growth the straight line would end in negative values, which no
    owner bears: it goes over into the exponential of the same slope."""
    excess = horizon * (growth - terminal_growth) / (1.0 + terminal_growth)
    factor = 1.0 + excess if excess > 0.0 else math.exp(excess)
    return earnings * (1.0 + terminal_growth) * factor / (rate - terminal_growth)


@rule
def trailing_year(security, earnings):
    """Earnings of the last four quarters, by which shares are priced: a quarter's figure times four would take every
    swing of orders for lasting."""
    past = security.earnings_past
    return 0.25 * (earnings + past[0] + past[1] + past[2])


@rule
def remember_earnings(security, earnings):
    """Keep a quarter's earnings (at yearly rate) for the next three."""
    past = security.earnings_past
    past[2] = past[1]
    past[1] = past[0]
    past[0] = earnings


@rule
def discount_rate(macro, p):
    """Yearly rate at which AI earnings are discounted: a long rate and the equity premium, above terminal growth."""
    long_rate = 0.5 * (macro.policy_rate + macro.neutral_real_rate + 4.0 * p.inflation_target)
    return max(long_rate + p.equity_premium, p.terminal_growth + 0.02)


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
def chip_earnings(maker):
    """Yearly AI earnings of a chip maker: profit less that of its core business, at least two percent of AI revenue."""
    return 4.0 * max(maker.profit - maker.core_cash_flow, 0.02 * maker.ai_revenue)


@rule
def look_through(w):
    """Part of their weight that investors put on end demand where it differs from what the sector reports."""
    return min(max(w.parameters.look_through + w.levers.look_through, 0.0), 1.0)


@rule
def growth_seen(w):
    """Yearly growth that investors see: as reported or, looked through, of end demand."""
    part = look_through(w)
    return part * w.market.end_growth + (1.0 - part) * w.market.reported_growth


@rule
def part_seen(w):
    """Part of chip profits that investors take to last: all or, looked through, as far as revenue covers the cost of
    compute."""
    part = look_through(w)
    return part * min(1.0, w.market.coverage) + (1.0 - part)


@rule
def set_values(w, security, core, earned, seen, sober, rate):
    """Value of one share's issuer as investors see it and on sober growth: its core business and, of the past year's
    earnings, the parts that either takes to last."""
    p = w.parameters
    year = trailing_year(security, earned)
    remember_earnings(security, earned)
    security.value_before = security.value
    security.value = core + security.growth_scale * h_model(
        year * seen, growth_seen(w), p.terminal_growth, p.growth_horizon, rate
    )
    security.sober_value = core + security.growth_scale * h_model(
        year * sober, w.market.end_growth, p.terminal_growth, p.growth_horizon, rate
    )


@rule
def appraise(world, accounts, firms):
    """What investors take for the value of every listed AI firm, and what it is worth on sober growth: growth of end
    demand in place of reported growth, and chip profits only as far as revenue covers the cost of compute."""
    w = world[0]
    p = w.parameters
    rate = discount_rate(w.macro, p)
    potential = market_potential(world)
    covered = min(1.0, w.market.coverage)
    for maker in w.chip_makers:
        security = w.exchange.securities[maker.account.column]
        core = security.core_scale * 4.0 * maker.core_cash_flow
        set_values(w, security, core, chip_earnings(maker), part_seen(w), covered, rate)
    for cloud in w.clouds:
        security = w.exchange.securities[cloud.account.column]
        core = security.core_scale * 4.0 * cloud.core_cash_flow
        earned = ai_earnings(cloud, w.market, potential, p.potential_margin)
        set_values(w, security, core, earned, 1.0, 1.0, rate)
