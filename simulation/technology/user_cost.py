"""What owning compute costs in a quarter, and the cost of capital in it."""

import math

from simulation.books.ledger import market_value
from simulation.rule import rule
from simulation.valuation.appraisal import ai_discount_rate, long_rate

LARGEST_GAP = 1.0  # log, of price to value, that managers read as a cost of capital


@rule
def cost_of_capital(rate, p):
    """Return that an owner of compute asks (per quarter): a rate of interest and a premium."""
    return 0.25 * (rate + p.owner_premium)


@rule
def normal_rate(macro, p):
    """Yearly rate of interest when output and inflation are normal: what compute must earn in the long run, and so what
    rents keep to, does not move with the policy rate of a quarter."""
    return macro.neutral_real_rate + 4.0 * p.inflation_target


@rule
def equity_surcharge(macro, gap, p):
    """What the stock market asks of an owner beyond the usual (per year), as far as managers pass it on (Gormsen and
    Huber 2025): the equity premium of the cycle, and the return that a price away from value promises, (r - g) times
    value over price (Gordon)."""
    spread = ai_discount_rate(macro, p) - p.terminal_growth
    promised = spread * (math.exp(-min(max(gap, -LARGEST_GAP), LARGEST_GAP)) - 1.0)
    return p.hurdle_pass_through * (promised - p.premium_cycle * macro.output_gap)


@rule
def owner_user_cost(w, gap, credit):
    """User cost of one who builds today (USD bn per GW and quarter): at the long rate, and with what the stock market
    asks of an owner whose shares stand at this log gap of price to value, less government's credit."""
    p = w.parameters
    rate = long_rate(w.macro, p) + equity_surcharge(w.macro, gap, p)
    return user_cost(w.market.it_price, w.market.shell_price, cost_of_capital(rate, p), credit, p)


@rule
def price_gap(w, column):
    """Log price of a listed AI firm over its sober value, as far as its managers know it; none where it has no shares
    or no value yet. What investors take for its value is no measure: news that lowers both would seem to make shares
    dear and capital cheap."""
    price = market_value(w.ledger, column)
    value = w.exchange.securities[column].sober_value
    return math.log(price / value) if price > 1e-6 and value > 1e-6 else 0.0


@rule
def user_cost(it_price, shell_price, rate, credit, p):
    """Rent per GW and quarter at which new compute pays its owner (Jorgenson 1963, with the tax credit of Hall and
    Jorgenson 1967): (1 - credit) (c_IT (r + attrition + price fall) + c_shell (r + depreciation + price fall)) + opex.
    """
    capital = it_price * (rate + p.attrition + p.it_price_decline)
    capital += shell_price * (rate + p.shell_depreciation + p.shell_price_decline)
    # Capital costs its owner nothing at best, however cheap shares make money.
    return (1.0 - credit) * max(capital, 0.0) + p.opex * (it_price + shell_price)


@rule
def user_cost_without_price_move(w):
    """User cost in normal times if chips had kept to the trend of their price since last quarter (USD bn per GW and
    quarter)."""
    p = w.parameters
    price = 0.0
    weight = 0.0
    for maker in w.chip_makers:
        price += maker.order_share * maker.price_before * (1.0 - p.it_price_decline)
        weight += maker.order_share
    price = price / weight if weight > 0.0 else w.market.it_price
    rate = cost_of_capital(normal_rate(w.macro, p), p)
    return user_cost(price, w.market.shell_price, rate, w.levers.investment_credit, p)
