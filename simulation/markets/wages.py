"""Wages and prices of the ordinary economy, and the output that it could make."""

import math

from simulation.monetary_policy import anchored_inflation
from simulation.rule import rule

FASTEST_FALL = -0.1  # of prices in a quarter, however much work comes to do at once: in 1931-33 they fell so in a year


@rule
def markup_gap(macro):
    """Log of unit labour cost over prices, against the opening's. Without a way back, what slack takes from the share
    of wages, of which prices follow a part only, would be lost to it for good, and demand with it."""
    unit_cost = macro.wage / (macro.trend_productivity * (1.0 + macro.ai_gain))
    return math.log(unit_cost / (macro.opening_unit_cost * macro.price_level))


@rule
def tightness(unemployment, p):
    """How tight the labour market is (ratio): near the natural rate the unemployment below it, more than that the
    scarcer workers get, and less the more are idle (in logarithms, as in the wage curve of Blanchflower and Oswald
    1994)."""
    return p.natural_unemployment * math.log(p.natural_unemployment / unemployment)


@rule
def set_wages_and_prices(world, accounts, firms):
    """Wages grow with expected inflation, trend productivity and the tightness of the labour market (Phillips 1958);
    prices follow unit labour cost and expectations half and half, and return to their markup over it."""
    w = world[0]
    p = w.parameters
    macro = w.macro
    growth = math.log((1.0 + w.totals.gain_weighted) / (1.0 + macro.ai_gain))
    macro.ai_gain += w.totals.gain_weighted - macro.ai_gain
    macro.productivity_growth += p.expectation_gain * (p.trend_growth + growth - macro.productivity_growth)
    macro.expected_inflation += p.expectation_gain * (macro.inflation - macro.expected_inflation)
    anchored = anchored_inflation(macro, p)
    wage_growth = anchored + macro.productivity_growth + p.phillips_slope * tightness(macro.unemployment, p)
    unit_cost = wage_growth - p.trend_growth - growth
    macro.inflation = p.cost_pass_through * unit_cost + (1.0 - p.cost_pass_through) * anchored
    macro.inflation = max(macro.inflation + p.markup_correction * markup_gap(macro), FASTEST_FALL)
    macro.wage *= 1.0 + wage_growth
    macro.price_level *= 1.0 + macro.inflation
    macro.trend_productivity *= 1.0 + p.trend_growth
    macro.productivity = macro.trend_productivity * math.exp(macro.productivity_state)
    macro.trend_level *= 1.0 + macro.trend_nominal_growth
    normal_employment = macro.labour_force * (1.0 - p.natural_unemployment)
    macro.potential_real = normal_employment * macro.trend_productivity * (1.0 + macro.ai_gain) * macro.labour_mix
    # What spending plans that follow the trend are set against: potential as it was a quarter ago and smoothed.
    nominal = macro.potential_real * macro.price_level
    macro.potential_nominal += p.potential_smoothing * (
        nominal - macro.potential_nominal * (1.0 + macro.trend_nominal_growth)
    )
    macro.potential_nominal *= 1.0 + macro.trend_nominal_growth
