"""What is recorded of a quarter: every series of `series.csv`, from the books and the agents' own numbers."""

import math

from simulation.agents.clouds import FOREIGN_BUYER
from simulation.books import purposes
from simulation.books.instruments import BANK_LOANS, CONSTRUCTION, FIRST_TANGIBLE, N_STOCKS
from simulation.books.ledger import market_value
from simulation.deals.off_balance import hidden_commitments
from simulation.markets.open_models import fringe_sales
from simulation.measurement.circularity import concentration, dependence
from simulation.rule import rule
from simulation.state import CAPEX, DELIVERED, EARNED, MARK, ONLINE, RUNNING, UPLIFT, WAITING
from simulation.technology.user_cost import cost_of_capital

LEAST_USE = 0.2  # of potential, as Okun's law tells it from unemployment: a line told where people are mostly at work


@rule
def row(ledger, purpose):
    """All payments of one purpose in the quarter (USD bn)."""
    total = 0.0
    for column in range(len(ledger.price)):
        total += ledger.paid[purpose, column]
    return total


@rule
def at_full_employment(macro, p):
    """Output over the potential of ordinary firms, had jobs been at their normal number (Okun 1962): what core
    businesses and AI add to output with few people is potential, not overheating."""
    use = max(1.0 - p.okun * (macro.unemployment - p.natural_unemployment), LEAST_USE)
    return macro.real_gdp / macro.potential_real / use


@rule
def wealth_of(ledger, household):
    """Net worth of a group of households (USD bn)."""
    wealth = 0.0
    for stock in range(N_STOCKS):
        wealth += ledger.position[stock, household.account.column]
    return wealth


@rule
def record_macroeconomy(world, accounts, firms):
    """Output, prices, jobs and demand. Growth with and without AI investment, gross and net of what it imports."""
    w = world[0]
    ledger = w.ledger
    macro = w.macro
    series = w.series
    p = w.parameters
    macro.real_gdp_before = macro.real_gdp
    macro.gdp = ledger.gdp_expenditure
    macro.real_gdp = macro.gdp / macro.price_level
    macro.growth = macro.real_gdp / macro.real_gdp_before - 1.0
    macro.potential_ratio += p.potential_smoothing * (at_full_employment(macro, p) - macro.potential_ratio)
    macro.output_gap = macro.real_gdp / macro.potential_real / macro.potential_ratio - 1.0
    home = 0.0
    for cloud in w.clouds:
        home += cloud.ai_capex
    for buyer in w.other_buyers:
        if buyer.kind != FOREIGN_BUYER:
            home += buyer.ai_capex
    leak = p.capex_import_share * home
    real_home = home / macro.price_level
    real_net = (home - leak) / macro.price_level
    series.gdp = macro.gdp
    series.real_gdp = macro.real_gdp
    series.real_growth = macro.growth
    series.growth_without_ai = macro.growth - (real_home - macro.ai_home_before) / macro.real_gdp_before
    series.growth_without_ai_net = macro.growth - (real_net - macro.ai_net_before) / macro.real_gdp_before
    macro.ai_home_before = real_home
    macro.ai_net_before = real_net
    series.price_level = macro.price_level
    series.inflation = macro.inflation
    series.wage = macro.wage / macro.opening_wage
    series.unemployment = macro.unemployment
    series.productivity = macro.real_gdp / macro.employment / macro.opening_productivity
    series.policy_rate = macro.policy_rate
    series.consumption = (
        row(ledger, purposes.CONSUMPTION)
        + row(ledger, purposes.AI_SUBSCRIPTIONS)
        + row(ledger, purposes.CORE_SALES_FINAL)
    )
    series.government_purchases = w.governments[0].purchases
    series.investment = row(ledger, purposes.ORDINARY_INVESTMENT)
    abroad = 0.0
    for buyer in w.other_buyers:
        if buyer.kind == FOREIGN_BUYER:
            abroad += buyer.chips_bought
    series.exports = (
        row(ledger, purposes.EXPORTS)
        + row(ledger, purposes.AI_SERVICES_EXPORTED)
        + row(ledger, purposes.CORE_SALES_EXPORTED)
        + abroad
    )
    parts = row(ledger, purposes.IMPORTED_PARTS)
    structures = 0.0
    for cloud in w.clouds:
        structures += ledger.paid[purposes.AI_STRUCTURES_IMPORTED, cloud.account.column]
    for buyer in w.other_buyers:
        if buyer.kind != FOREIGN_BUYER:
            structures += ledger.paid[purposes.AI_STRUCTURES_IMPORTED, buyer.account.column]
    series.imports = row(ledger, purposes.IMPORTS) + row(ledger, purposes.AI_SERVICES_IMPORTED) + parts + structures
    series.imports_customs = series.imports - parts - structures + p.customs_import_share * home
    series.government_debt = w.governments[0].debt / (4.0 * macro.gdp)
    series.household_wealth_top = wealth_of(ledger, w.households[0])
    series.household_wealth = series.household_wealth_top + wealth_of(ledger, w.households[1])
    series.employment = macro.employment
    series.firm_failures = w.totals.failures
    series.ai_capex_home = home


@rule
def record_compute(world, accounts, firms):
    """AI investment, chips and compute."""
    w = world[0]
    market = w.market
    series = w.series
    capex = 0.0
    big4 = 0.0
    cash_flow = 0.0
    online = 0.0
    waiting = 0.0
    maintenance = 0.0
    ai_cash = 0.0
    wear = w.parameters.attrition
    for k in range(len(w.clouds)):
        cloud = w.clouds[k]
        capex += cloud.ai_capex
        online += cloud.online
        waiting += cloud.waiting
        maintenance += wear * cloud.online * market.system_price
        ai_cash += cloud.rental_revenue + cloud.service_revenue * (1.0 - w.parameters.lab_other_cost) + cloud.own_value
        ai_cash -= cloud.power_cost
        if k < 4:
            big4 += cloud.capex
            cash_flow += cloud.operating_cash_flow
    for buyer in w.other_buyers:
        capex += buyer.ai_capex
        online += buyer.online
        waiting += buyer.waiting
        maintenance += wear * buyer.online * market.system_price
        ai_cash += buyer.rental_revenue - buyer.power_cost
    for lab in w.labs:
        ai_cash += lab.operating_cash_flow
    series.ai_capex = capex
    series.ai_capex_real = capex / w.macro.price_level
    series.big4_capex = big4
    series.big4_cash_flow = cash_flow
    series.capex_to_cash_flow = big4 / max(cash_flow, 1e-9)
    series.chip_revenue = market.chip_sales
    series.nvidia_revenue = w.chip_makers[0].ai_revenue
    series.chip_backlog = market.backlog_value
    series.chip_supply = market.supply_value
    series.compute_online = online
    series.compute_waiting = waiting
    series.compute_need = market.need
    series.tightness = market.tightness
    series.utilisation = market.utilisation
    series.spot_price = market.spot
    series.user_cost = market.user_cost
    series.system_price = market.system_price
    series.ai_free_cash_flow = ai_cash - maintenance
    series.capacity_capex = maintenance
    orders = 0.0
    for cloud in w.clouds:
        orders += cloud.orders
    for buyer in w.other_buyers:
        orders += buyer.orders
    series.ai_orders = orders * market.system_price
    market.capex_growth = capex / market.capex - 1.0 if market.capex > 0.0 else 0.0
    market.capex = capex
    if w.parameters.boom > 0.5:
        market.held_capex = capex / w.macro.price_level


@rule
def uplift_since(w, k, owner):
    """Uplift of an owner's own business that it would not have with what is left of the compute of the opening alone
    (USD bn): first uses bring most, and those it had."""
    market = w.market
    market.old_use[k] = owner.own_use if w.quarter <= 1 else market.old_use[k] * (1.0 - w.parameters.attrition)
    if owner.reference_compute <= 0.0:
        return 0.0
    old = owner.reference_compute + min(market.old_use[k], owner.own_use)
    now = owner.reference_compute + owner.own_use
    return owner.uplift_true * math.log(now / old) * owner.liftable


@rule
def record_owner(w, k, owner):
    """What returns on one owner's compute are reckoned from."""
    market = w.market
    p = w.parameters
    flows = market.owner_flows
    flows[k, CAPEX] = owner.ai_capex
    flows[k, EARNED] = owner.rental_revenue + p.compute_share * owner.service_revenue
    flows[k, UPLIFT] = uplift_since(w, k, owner)
    flows[k, RUNNING] = p.opex * market.system_price * owner.online
    delivered = 0.0
    for m in range(len(w.chip_makers)):
        delivered += market.shipped[m, k]
    flows[k, DELIVERED] = delivered
    flows[k, ONLINE] = owner.online
    flows[k, WAITING] = owner.waiting
    mark = market.it_price * (owner.online + owner.waiting) + market.shell_price * owner.shells
    flows[k, MARK] = mark + owner.account.tangible[CONSTRUCTION - FIRST_TANGIBLE]


@rule
def record_owners(world, accounts, firms):
    """Cost, use and yield of compute by owner and for all: what the realised return on AI investment is reckoned from.
    All together earn what end users pay; each earns rents too that others pay out of investors' money."""
    w = world[0]
    series = w.series
    for k in range(len(w.clouds)):
        record_owner(w, k, w.clouds[k])
    for k in range(len(w.other_buyers)):
        record_owner(w, len(w.clouds) + k, w.other_buyers[k])
    flows = w.market.owner_flows
    p = w.parameters
    # Training has nothing to live on but what services leave after all other costs.
    home = (1.0 - p.lab_other_cost) * w.market.end_demand
    series.compute_revenue = home + fringe_sales(w.market) / p.fringe_markup
    series.compute_uplift = 0.0
    series.compute_running = 0.0
    series.compute_delivered = 0.0
    series.compute_mark = 0.0
    for k in range(len(flows)):
        series.compute_uplift += flows[k, UPLIFT]
        series.compute_running += flows[k, RUNNING]
        series.compute_delivered += flows[k, DELIVERED]
        series.compute_mark += flows[k, MARK]
    series.owners_rate = cost_of_capital(w.macro.policy_rate, w.parameters)


@rule
def measure_coverage(world, accounts, firms):
    """Does revenue cover the cost of compute? Compute's share of end revenue, and what own use brings above the
    opening's, over the user cost of the clouds' compute. Other buyers use theirs for themselves and stand on both sides
    outside."""
    w = world[0]
    p = w.parameters
    market = w.market
    own = 0.0
    cost = 0.0
    for cloud in w.clouds:
        own += cloud.own_value
        cost += cloud.online * cloud.user_cost
    other = 0.0
    for buyer in w.other_buyers:
        other += max(buyer.own_value - buyer.opening_uplift * w.macro.trend_level, 0.0)
    external = p.compute_share * market.end_demand
    market.own_use_value = own
    market.other_use_value = other
    market.coverage = (external + own) / max(cost, 1e-9)
    market.coverage_half = (external + 0.5 * own) / max(cost, 1e-9)
    market.coverage_external = external / max(cost, 1e-9)
    market.requirement_peak = max(market.requirement_peak, cost)
    market.coverage_star = (external + 0.5 * own) / max(market.requirement_peak, 1e-9)


@rule
def record_demand(world, accounts, firms):
    """AI revenue, coverage, adoption."""
    w = world[0]
    market = w.market
    series = w.series
    totals = w.totals
    series.end_demand_revenue = market.end_demand
    series.reported_revenue = market.reported
    series.circularity = market.circular / max(market.reported, 1e-9)
    series.circularity_own = market.circular_own / max(market.reported, 1e-9)
    series.concentration = concentration(w)
    series.dependence = dependence(w)
    series.lab_revenue = market.lab_revenue
    series.own_use_value = market.own_use_value
    series.other_use_value = market.other_use_value
    series.coverage = market.coverage
    series.coverage_half = market.coverage_half
    series.coverage_external = market.coverage_external
    series.coverage_star = market.coverage_star
    series.open_model_compute = market.open_model_need
    series.ai_price = market.ai_price
    series.capability = market.capability
    series.training_share = market.training_share
    series.adoption = totals.users_weighted
    series.adoption_count = totals.users / len(firms)
    series.intensity = totals.intensity
    series.belief = totals.belief


@rule
def minsky_shares(w):
    """Shares of the AI sector's debt owed by hedge, speculative and Ponzi units (Minsky 1986), and the debt."""
    hedge = 0.0
    speculative = 0.0
    ponzi = 0.0
    for debtor in w.debtors:
        if debtor.watched < 0.5:
            continue
        if debtor.cover >= 1.0:
            hedge += debtor.debt
        elif debtor.cash_flow >= 0.0:
            speculative += debtor.debt
        else:
            ponzi += debtor.debt
    total = max(hedge + speculative + ponzi, 1e-9)
    return hedge / total, speculative / total, ponzi / total, total


@rule
def record_private_credit(w):
    """Gates, redemptions and bank lines of private-credit funds."""
    redeemed = 0.0
    lines = 0.0
    owned = 1e-9
    for fund in w.credit_funds:
        redeemed += fund.paid_out
        lines += fund.account.loan
        owned += fund.net_assets + fund.account.loan
    w.series.private_credit_gated = w.exchange.gated
    w.series.private_credit_redemptions = redeemed
    w.series.private_credit_borrowed = lines / owned


@rule
def record_finance(world, accounts, firms):
    """Prices, debt, funding, banks and failures."""
    w = world[0]
    market = w.market
    exchange = w.exchange
    series = w.series
    macro = w.macro
    series.ai_equity = exchange.index
    series.value_gap = exchange.value_gap
    series.sober_gap = exchange.sober_gap
    series.fundamentalists = exchange.fundamentalists
    series.withdrawal = exchange.withdrawal
    series.stress = macro.stress
    hedge, speculative, ponzi, debt = minsky_shares(w)
    series.ai_debt = debt
    series.hedge_share = hedge
    series.speculative_share = speculative
    series.ponzi_share = ponzi
    series.ai_credit_losses = exchange.credit_losses
    series.ai_losses_banks = exchange.losses_of_banks
    series.ai_losses_credit_funds = exchange.losses_of_credit_funds
    spent = max(market.capex, 1e-9)
    series.funding_debt = min(market.debt_raised / spent, 1.0)
    series.funding_equity = min(market.equity_raised / spent, 1.0 - series.funding_debt)
    series.lab_equity = market.lab_equity_raised
    series.funding_internal = 1.0 - series.funding_debt - series.funding_equity
    series.hidden_commitments = hidden_commitments(w)
    loans = 0.0
    capital = 0.0
    weighted = 1e-9
    failures = 0.0
    for bank in w.banks:
        loans += w.ledger.position[BANK_LOANS, bank.account.column]
        capital += bank.equity
        weighted += bank.risk_weighted_assets
        failures += bank.failed
    series.bank_lending = loans
    series.bank_capital = capital / weighted
    series.bank_failures = failures
    record_private_credit(w)
    series.ai_failures = exchange.failures
    series.failed_rounds = market.failed_rounds


@rule
def record_distress(world, accounts, firms):
    """Failures, chains, relief, collateral and what distress costs."""
    w = world[0]
    series = w.series
    clearing = w.clearing
    depth = 0.0
    relieved = 0.0
    for debtor in w.debtors:
        if debtor.failed_quarter == w.quarter:
            depth = max(depth, debtor.generation)
        if debtor.relief_left > 0.0:
            relieved += 1.0
    series.cascade_depth = depth
    series.relief = relieved
    series.forced_loss = clearing.forced_loss
    series.collateral_mark = w.market.collateral_mark
    series.mothballed = w.receivers[0].mothballed
    series.damages = clearing.damages
    series.bankruptcy_costs = clearing.costs
    value = 0.0
    for maker in w.chip_makers:
        value += market_value(w.ledger, maker.account.column)
    for cloud in w.clouds:
        value += market_value(w.ledger, cloud.account.column)
    for lab in w.labs:
        value += market_value(w.ledger, lab.account.column)
    series.ai_value = value


@rule
def feel_stress(world, accounts, firms):
    """Credit stress rises with losses on AI debt, refusals to roll over, a withdrawal and thin bank capital; it
    fades."""
    w = world[0]
    p = w.parameters
    macro = w.macro
    exchange = w.exchange
    losses = exchange.credit_losses / max(w.series.ai_debt, 1e-9)
    thin = 0.0
    for bank in w.banks:
        thin += min(max(p.capital_target - bank.capital_ratio, 0.0) / p.capital_target, 1.0)
    impulse = p.stress_of_losses * losses + p.stress_of_refusals * w.market.refusals
    impulse += p.stress_of_withdrawal * exchange.withdrawal + thin / len(w.banks)
    macro.stress = min(p.stress_memory * macro.stress + (1.0 - p.stress_memory) * impulse, 1.0)
