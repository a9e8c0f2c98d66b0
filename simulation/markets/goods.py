"""Goods: what households, government and the rest of the world buy of the ordinary economy, and who makes it."""

import math

from simulation import randomness as draw_purpose
from simulation.agents.clouds import HOME_BUYER
from simulation.agents.core_business import follow_customers
from simulation.agents.firm_sector import trade_and_settle
from simulation.agents.households import consume, expect_income, smooth_wealth
from simulation.agents.public_sector import exports_wanted, log_process, transfers
from simulation.books import purposes
from simulation.books.verbs import empty_pool, pay, pay_in, pay_out, post_receipts
from simulation.public_policy import cost_of_grid
from simulation.randomness import normal
from simulation.rule import rule

_CORE_SALES = (purposes.CORE_SALES, purposes.CORE_SALES_FINAL, purposes.CORE_SALES_EXPORTED)


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
def spend(world, accounts, firms):
    """Households, government and the rest of the world buy ordinary goods and the clouds' core services."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    macro = w.macro
    government = w.governments[0]
    abroad = w.rest_of_world[0]
    for household in w.households:
        expect_income(household, macro.trend_nominal_growth, p)
        smooth_wealth(household, ledger, w.insurers[0].account.column, macro.trend_nominal_growth, p)
    for k in range(len(w.households)):
        household = w.households[k]
        part = w.market.core_to_households * household.core_weight
        household.core_purchases = pay_in(ledger, ledger.services, household.account, part, purposes.CORE_SALES_FINAL)
        consume(household, macro, ledger, p)
        benefit = household.transfer_share * transfers(government, macro.unemployment, p.natural_unemployment, macro, p)
        household.transfers = pay(ledger, government.account, household.account, benefit, purposes.TRANSFERS)
    purchases = government.purchase_share * macro.potential_nominal
    purchases = max(purchases + w.levers.stimulus * macro.gdp + cost_of_grid(w), 0.0)  # at most all is cut
    government.purchases = pay_in(ledger, ledger.goods, government.account, purchases, purposes.GOVERNMENT_PURCHASES)
    exports = exports_wanted(abroad, macro, p)
    pay_in(ledger, ledger.goods, abroad.account, exports, purposes.EXPORTS)
    pay_in(ledger, ledger.services, abroad.account, w.market.core_abroad, purposes.CORE_SALES_EXPORTED)
    ledger.memo[purposes.CORE_SALES_FINAL] = w.market.core_to_households
    ledger.memo[purposes.CORE_SALES] = w.market.core_to_firms


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
    wages = pool.posted[purposes.WAGES]
    rest = w.households[1]
    top = w.households[0]
    top.wages = pay_out(ledger, pool, top.account, top.wage_share * wages, purposes.WAGES)
    rest.wages = pay_out(ledger, pool, rest.account, pool.posted[purposes.WAGES], purposes.WAGES)
    empty_pool(pool)
    services = ledger.services
    posted = services.posted.copy()
    sales = w.market.core_sales
    for maker in w.chip_makers:
        for purpose in _CORE_SALES:
            pay_out(ledger, services, maker.account, maker.core_revenue / sales * posted[purpose], purpose)
    for k in range(len(w.clouds)):
        cloud = w.clouds[len(w.clouds) - 1 - k]
        last = k == len(w.clouds) - 1
        part = (cloud.core_revenue + cloud.own_value) / sales
        for purpose in _CORE_SALES:
            amount = services.posted[purpose] if last else part * posted[purpose]
            pay_out(ledger, services, cloud.account, amount, purpose)
    for buyer in w.other_buyers:
        if buyer.kind == HOME_BUYER:
            buyer.rental_revenue = pay_out(
                ledger, services, buyer.account, services.posted[purposes.COMPUTE_RENTAL], purposes.COMPUTE_RENTAL
            )
        else:
            buyer.rental_revenue = pay(
                ledger, w.rest_of_world[0].account, buyer.account, buyer.own_value, purposes.COMPUTE_RENTAL
            )
    empty_pool(services)
