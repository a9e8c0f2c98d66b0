"""Goods and labour: demand, prices, wages, output and jobs of the ordinary economy."""

from __future__ import annotations

import math

from simulation import randomness as draw_purpose
from simulation.agents.clouds import HOME_BUYER
from simulation.agents.core_business import follow_customers
from simulation.agents.firm_sector import trade_and_settle
from simulation.agents.households import consume, expect_income, smooth_wealth
from simulation.agents.public_sector import exports_wanted, log_process, taylor_rate, transfers
from simulation.books.purposes import (
    COMPUTE_RENTAL,
    CONSUMPTION,
    CORE_SALES,
    CORE_SALES_EXPORTED,
    CORE_SALES_FINAL,
    EXPORTS,
    GOVERNMENT_PURCHASES,
    IMPORTS,
    ORDINARY_INVESTMENT,
    TRANSFERS,
    WAGES,
)
from simulation.books.verbs import empty_pool, pay, pay_in, pay_out, post_receipts
from simulation.disturbances.declared import POLICY
from simulation.public_policy import cost_of_grid
from simulation.randomness import normal
from simulation.rule import rule

FASTEST_FALL = -0.1  # of prices in a quarter, however much work comes to do at once: in 1931-33 they fell so in a year


@rule
def set_policy_rate(world, accounts, firms):
    """The policy rate answers last quarter's inflation and output gap; a policy put cuts it when AI shares fall."""
    w = world[0]
    p = w.parameters
    macro = w.macro
    levers = w.levers
    exchange = w.exchange
    base = taylor_rate(macro.policy_rule_rate, macro.inflation, macro.output_gap, macro.neutral_real_rate, p)
    macro.policy_rule_rate = base
    fall = max(1.0 - exchange.index / max(exchange.index_peak, 1e-9), 0.0)
    luck = w.luck.deviation[POLICY, 0]
    macro.policy_rate = max(base + luck + levers.policy_rate - levers.fed_put * fall, 0.0)
    macro.loan_rate_quarter = 0.25 * (macro.policy_rate + macro.loan_spread + p.stress_spread * macro.stress)
    macro.deposit_rate = 0.25 * p.deposit_pass_through * macro.policy_rate
    macro.real_loan_rate = 4.0 * macro.loan_rate_quarter - 4.0 * anchored_inflation(macro, p)
    macro.bond_rate = max(0.25 * (macro.policy_rate + p.term_premium), 0.0)  # money, which brings nothing, is no worse
    macro.credit_appetite = max(1.0 - macro.stress, 0.0)
    learn_neutral_rate(macro, p)


@rule
def learn_neutral_rate(macro, p):
    """The central bank takes for neutral what the real rate has been over many years: one at which the economy runs hot
    or cold for long is not neutral, and a rule that never learned it would miss its target for good (Orphanides and
    Williams 2002)."""
    real_rate = macro.policy_rate - 4.0 * anchored_inflation(macro, p)
    macro.neutral_real_rate += p.neutral_rate_gain * (real_rate - macro.neutral_real_rate)


@rule
def anchored_inflation(macro, p):
    """Inflation that wage setters and lenders count on: partly the target, partly experience."""
    return p.inflation_anchor * p.inflation_target + (1.0 - p.inflation_anchor) * macro.expected_inflation


@rule
def markup_gap(macro):
    """Log of unit labour cost over prices, against the opening's. Without a way back, what slack takes from the share
    of wages, of which prices follow a part only, would be lost to it for good, and demand with it."""
    unit_cost = macro.wage / (macro.trend_productivity * (1.0 + macro.ai_gain))
    return math.log(unit_cost / (macro.opening_unit_cost * macro.price_level))


@rule
def shake(world, accounts, firms):
    """Ordinary demand and productivity shocks of the quarter."""
    w = world[0]
    p = w.parameters
    macro = w.macro
    seed = w.seed
    quarter = w.opening_quarter + w.quarter
    on = p.macro_noise
    macro.household_state = log_process(
        macro.household_state,
        p.household_shock_memory,
        on * p.household_shock,
        normal(seed, draw_purpose.HOUSEHOLD_DEMAND, quarter, 0),
    )
    macro.investment_climate = log_process(
        macro.investment_climate,
        p.investment_shock_memory,
        on * p.investment_shock,
        normal(seed, draw_purpose.INVESTMENT_CLIMATE, quarter, 0),
    )
    macro.export_state = log_process(
        macro.export_state,
        p.export_shock_memory,
        on * p.export_shock,
        normal(seed, draw_purpose.EXPORT_DEMAND, quarter, 0),
    )
    macro.productivity_state = log_process(
        macro.productivity_state,
        p.productivity_shock_memory,
        on * p.productivity_shock,
        normal(seed, draw_purpose.PRODUCTIVITY, quarter, 0),
    )
    macro.household_demand = math.exp(macro.household_state) * w.levers.household_demand


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


@rule
def spend(world, accounts, firms):
    """Households, government and the rest of the world buy ordinary goods and the clouds' core services."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    macro = w.macro
    government = w.governments[0]
    abroad = w.rest_of_world[0]
    ledger.memo[CONSUMPTION] = 0.0
    for household in w.households:
        expect_income(household, macro.trend_nominal_growth, p)
        smooth_wealth(household, ledger, w.insurers[0].account.column, macro.trend_nominal_growth, p)
    for k in range(len(w.households)):
        household = w.households[k]
        part = w.market.core_to_households * household.core_weight
        household.core_purchases = pay_in(ledger, ledger.services, household.account, part, CORE_SALES_FINAL)
        ledger.memo[CONSUMPTION] += consume(household, macro, ledger, p)
        benefit = household.transfer_share * transfers(government, macro.unemployment, p.natural_unemployment, macro, p)
        household.transfers = pay(ledger, government.account, household.account, benefit, TRANSFERS)
    purchases = government.purchase_share * macro.potential_nominal
    purchases = max(purchases + w.levers.stimulus * macro.gdp + cost_of_grid(w), 0.0)  # at most all is cut
    government.purchases = pay_in(ledger, ledger.goods, government.account, purchases, GOVERNMENT_PURCHASES)
    ledger.memo[GOVERNMENT_PURCHASES] = purchases
    exports = exports_wanted(abroad, macro, p)
    pay_in(ledger, ledger.goods, abroad.account, exports, EXPORTS)
    ledger.memo[EXPORTS] = exports
    pay_in(ledger, ledger.services, abroad.account, w.market.core_abroad, CORE_SALES_EXPORTED)
    ledger.memo[CORE_SALES_EXPORTED] = w.market.core_abroad
    ledger.memo[CORE_SALES_FINAL] = w.market.core_to_households
    ledger.memo[CORE_SALES] = w.market.core_to_firms
    ledger.memo[ORDINARY_INVESTMENT] += w.totals.investment


@rule
def produce(world, accounts, firms):
    """Firms share demand, produce, hire and settle; households receive wages; clouds and makers their core sales."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    totals = w.totals
    totals.core_purchases = w.market.core_to_firms
    totals.rental = 0.0
    for buyer in w.other_buyers:
        if buyer.kind == HOME_BUYER:
            totals.rental += buyer.own_value
    column = firms[0].account.column
    takings = post_receipts(ledger, ledger.goods, column)
    trade_and_settle(firms, w.banks, w.rest_of_world[0], w.governments[0], w.macro, totals, ledger, takings, p)
    empty_pool(ledger.goods)
    ledger.memo[WAGES] += totals.wages
    ledger.memo[IMPORTS] = totals.imports
    ledger.memo[COMPUTE_RENTAL] += totals.rental
    macro = w.macro
    follow_customers(macro, totals.sales, p)
    macro.employment = totals.labour
    macro.unemployment = 1.0 - totals.labour / macro.labour_force


@rule
def hand_out_pools(world, accounts, firms):
    """Wages to households, core sales to clouds and makers, the value of their compute to other buyers."""
    w = world[0]
    ledger = w.ledger
    pool = ledger.wages
    wages = pool.posted[WAGES]
    rest = w.households[1]
    top = w.households[0]
    top.wages = pay_out(ledger, pool, top.account, top.wage_share * wages, WAGES)
    rest.wages = pay_out(ledger, pool, rest.account, pool.posted[WAGES], WAGES)
    empty_pool(pool)
    services = ledger.services
    firms_part = services.posted[CORE_SALES]
    homes_part = services.posted[CORE_SALES_FINAL]
    abroad_part = services.posted[CORE_SALES_EXPORTED]
    sales = w.market.core_sales
    for maker in w.chip_makers:
        part = maker.core_revenue / sales
        pay_out(ledger, services, maker.account, part * firms_part, CORE_SALES)
        pay_out(ledger, services, maker.account, part * homes_part, CORE_SALES_FINAL)
        pay_out(ledger, services, maker.account, part * abroad_part, CORE_SALES_EXPORTED)
    for k in range(len(w.clouds)):
        cloud = w.clouds[len(w.clouds) - 1 - k]
        part = (cloud.core_revenue + cloud.own_value) / sales
        last = k == len(w.clouds) - 1
        pay_out(
            ledger,
            services,
            cloud.account,
            services.posted[CORE_SALES] if last else part * firms_part,
            CORE_SALES,
        )
        pay_out(
            ledger,
            services,
            cloud.account,
            services.posted[CORE_SALES_FINAL] if last else part * homes_part,
            CORE_SALES_FINAL,
        )
        pay_out(
            ledger,
            services,
            cloud.account,
            services.posted[CORE_SALES_EXPORTED] if last else part * abroad_part,
            CORE_SALES_EXPORTED,
        )
    for buyer in w.other_buyers:
        if buyer.kind == HOME_BUYER:
            buyer.rental_revenue = pay_out(
                ledger, services, buyer.account, services.posted[COMPUTE_RENTAL], COMPUTE_RENTAL
            )
        else:
            value = pay(ledger, w.rest_of_world[0].account, buyer.account, buyer.own_value, COMPUTE_RENTAL)
            buyer.rental_revenue = value
            ledger.memo[COMPUTE_RENTAL] += buyer.own_value
    empty_pool(services)
