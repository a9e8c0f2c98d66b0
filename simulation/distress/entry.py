"""Entry: after quiet quarters investors found a lab or a neocloud in the place of one that failed."""

import math

from simulation.agents.clouds import NEOCLOUD, profitability
from simulation.books.purposes import PRIVATE_ROUNDS, SHARE_ISSUES
from simulation.books.verbs import issue_shares
from simulation.chronicle import ENTRY, NOBODY, tell
from simulation.credit.lenders import placeable
from simulation.markets.equity import start_shares_anew
from simulation.rule import rule

COVER_OF_ENTRANT = 1.5  # debt-service cover that lenders credit it with until it has statements
FIXED_COST_OF_ENTRANT = 0.1  # of the largest lab's, in staff


@rule
def found_entrants(world, accounts, firms):
    """One lab and one neocloud a quarter at most, once no AI firm has failed for `calm_quarters` and venture funds have
    money to found it. What they put in is what it starts with."""
    w = world[0]
    p = w.parameters
    if w.clearing.calm_quarters < p.calm_quarters or w.exchange.withdrawal > 0.5:
        return
    for lab in w.labs:
        if lab.alive < 0.5 and p.ai > 0.5:
            found_lab(w, lab)
            break
    for cloud in w.clouds:
        pays = profitability(w.market.expected_spot, cloud.user_cost, p) > 0.5
        if cloud.alive < 0.5 and cloud.kind == NEOCLOUD and pays:
            found_neocloud(w, cloud)
            break


@rule
def living_labs(w):
    """Number of labs in business."""
    total = 0
    for lab in w.labs:
        total += lab.alive > 0.5
    return total


@rule
def raise_founding_capital(w, account, purpose):
    """Venture funds buy the first shares with a part of their money. Returns what they pay."""
    start_shares_anew(w, account.column)
    money = 0.0
    for fund in w.venture_funds:
        part = w.parameters.founding_share * placeable(fund.account)
        money += issue_shares(w.ledger, account, fund.account, part, purpose)
    debtor = w.debtors[account.column]
    debtor.watched = 1.0
    debtor.cover = COVER_OF_ENTRANT
    debtor.failed_quarter = 0.0
    debtor.relief_left = 0.0
    tell(w.chronicle, ENTRY, account.column, NOBODY, money, 0.0)
    return money


@rule
def found_lab(w, lab):
    """A new lab knows `entrant_knowledge` of what open models give away, has hardly a customer yet, and no dues. What
    it is to know beyond that it must train for."""
    p = w.parameters
    raise_founding_capital(w, lab.account, PRIVATE_ROUNDS)
    # Where none is left it starts as those did who have failed, at what services cost today.
    living = living_labs(w)
    alike = living if living > 0 else len(w.labs)
    intercept = 0.0
    price = 0.0 if living > 0 else w.market.own_service_price
    fixed = 0.0
    for other in w.labs:
        if other.alive > 0.5 or living == 0:
            intercept += other.quality_intercept / alike
            fixed = max(fixed, other.fixed_cost)
        if other.alive > 0.5:
            price += other.price / living
    lab.alive = 1.0
    lab.training_stock = p.entrant_knowledge * math.exp(w.market.frontier[int(p.fringe_lag)])
    lab.quality_intercept = intercept
    lab.quality = intercept + math.log(max(lab.training_stock, 1e-9))
    lab.price = price
    lab.market_share = p.entrant_share
    lab.revenue = p.entrant_share * w.market.end_demand
    lab.revenue_before = lab.revenue
    lab.expected_growth = (1.0 + w.market.end_growth) ** 0.25 - 1.0
    lab.fixed_cost = FIXED_COST_OF_ENTRANT * fixed
    lab.training_budget = p.training_cash_share * lab.account.cash
    lab.burn = lab.training_budget
    lab.need = lab.training_budget / w.market.spot
    lab.training_done = 0.0
    w.exchange.securities[lab.account.column].hope = 0.0
    lab.raised_year = 0.0
    lab.mark_age = 0.0


@rule
def found_neocloud(w, cloud):
    """A new neocloud starts with money alone and buys its first compute where it is cheapest."""
    p = w.parameters
    money = raise_founding_capital(w, cloud.account, SHARE_ISSUES)
    cloud.alive = 1.0
    cloud.to_contract = 1.0
    cloud.money_target = p.entrant_buffer * money
    cloud.orders = (1.0 - p.entrant_buffer) * money / (p.order_horizon * w.market.system_price)
    cloud.rule_plan = cloud.orders
    cloud.conviction = 1.0
    cloud.expected_growth = w.market.sector_growth
    cloud.need = 0.0
    cloud.expected_need = 0.0
    cloud.operating_cash_flow = 0.0
    cloud.cash_flow_year = 0.0
    security = w.exchange.securities[cloud.account.column]
    security.value = money
    security.value_before = money
    security.hope = 0.0
    security.earnings = 0.0
