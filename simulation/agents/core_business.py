"""What chip makers and clouds do besides AI: devices, advertising, software, retail. It rises and falls with what their
customers spend."""

import math

from simulation.rule import rule


@rule
def follow_customers(macro, spending, p):
    """Growth that customers' spending (USD bn) brings core businesses next quarter: as much as its lasting level grows,
    and `core_cyclicality` times its swing around it (advertising: Deleersnyder, Dekimpe, Steenkamp and Leeflang
    2009)."""
    before = macro.lasting_demand
    expected = before * (1.0 + macro.trend_nominal_growth)
    macro.lasting_demand = expected + p.potential_smoothing * (spending - expected)
    swing = math.log(spending / macro.lasting_demand)
    pull = math.exp(p.core_cyclicality * (swing - macro.demand_swing))
    macro.customers_growth = macro.lasting_demand / before * pull - 1.0
    macro.demand_swing = swing


@rule
def core_cost(firm, macro, p):
    """Cost of the core business (USD bn a quarter): a part of it does not follow a swing of revenue (Anderson, Banker
    and Janakiraman 2003), so that cash flow swings by more than revenue."""
    sticky = math.exp(-p.core_cost_stickiness * p.core_cyclicality * macro.demand_swing)
    return (1.0 - firm.core_cash_share) * firm.core_revenue * sticky
