"""AI labs: they sell services, train models on rented compute, commit to more of it and live on rounds."""

import math

from simulation.books.ledger import ACCOUNT
from simulation.rule import record, rule

# Growth a quarter that a lab counts on, at most: as far as the horizon of its commitments, and for half a year.
LEAST_GROWTH, MOST_GROWTH_AHEAD, MOST_GROWTH_SOON = -0.1, 0.25, 0.35

LAB = record(
    account=ACCOUNT,
    alive="f8",
    training_stock="f8",
    quality_intercept="f8",
    quality="f8",
    learned="f8",  # of others, in log points of quality
    price="f8",
    market_share="f8",
    revenue="f8",
    revenue_before="f8",
    expected_growth="f8",
    inference_need="f8",
    training_budget="f8",
    training_need="f8",
    training_done="f8=0",
    need="f8",
    contracted="f8=0",
    contract_dues="f8=0",
    spot_bought="f8=0",
    fixed_cost="f8",
    other_budget="f8=0",
    profit="f8=0",  # of the quarter after tax, for observers: no rule reads it
    operating_cash_flow="f8",
    burn="f8",
    runway="f8",
    raised_year="f8=0",
    failed_rounds="f8=0",  # of the quarter
    mark_age="f8",
    peer_index="f8",
    wants_compute="f8=0",
    new_equity="f8=0",
    supplier_equity="f8=0",  # money that suppliers have paid for shares since the last round was called
    interest="f8=0",
    service_demand="f8=0",
)


@rule
def training_plan(lab, best, appetite, p):
    """What a lab means to train with (USD bn a quarter): a part of the revenue that it expects by the horizon of its
    commitments, and no less than keeps it in the race with the largest budget of all labs."""
    growth = min(max(lab.expected_growth, LEAST_GROWTH), MOST_GROWTH_AHEAD)
    own = p.training_per_revenue * lab.revenue * (1.0 + appetite * growth) ** p.commitment_horizon
    return max(own, p.training_chase * appetite * best)


@rule
def training_budget(lab, best, withdrawal, p, training_lever):
    """Money for training (USD bn a quarter): the plan, as far as funds go, which are `training_cash_share` of cash and
    what services leave of revenue, and no faster than a team can grow. What a lab is said to be worth counts by the
    money that rounds bring. When investors withdraw, money is kept together."""
    appetite = p.training_withdrawal_factor if withdrawal > 0.5 else 1.0
    margin = max(1.0 - p.compute_share - p.lab_other_cost, 0.0) * lab.revenue
    funds = p.training_cash_share * appetite * max(lab.account.cash, 0.0) + margin
    wanted = training_lever * min(training_plan(lab, best, appetite, p), funds)
    least = lab.training_budget * (1.0 + p.training_growth_floor)
    most = lab.training_budget * (1.0 + p.training_growth_ceiling)
    return min(max(wanted, least), max(most, 0.001))


@rule
def train(lab, compute, frontier, p):
    """Training compute of the quarter enters a stock that decays as methods age. Quality is its logarithm and what
    leaks from the `frontier`, the log of the largest stock: who trains less makes up a part of the distance."""
    before = lab.training_stock
    lab.training_stock = before * (1.0 - p.training_decay) + compute
    own = math.log(max(lab.training_stock, 1e-9))
    lab.learned += p.catching_up * (max(frontier - own, 0.0) - lab.learned)
    lab.quality = lab.quality_intercept + own + lab.learned


@rule
def runway(money, burn):
    """Quarters that money lasts at today's burn; none once more is due than there is."""
    return max(money, 0.0) / burn if burn > 1e-9 else 99.0


@rule
def compute_wanted(lab, p):
    """Compute wanted at the horizon of commitments (GW): expected need and a motive to be ahead."""
    growth = min(max(lab.expected_growth, LEAST_GROWTH), MOST_GROWTH_AHEAD)
    return lab.need * (1.0 + growth) ** p.commitment_horizon * (1.0 + p.lab_race * p.race)


@rule
def affordable_dues(lab, valuation, p):
    """Dues of the next four quarters that a lab dares to owe (USD bn): cash, a part of the margin it expects, and a
    part of its valuation."""
    growth = min(max(lab.expected_growth, LEAST_GROWTH), MOST_GROWTH_SOON)
    margin = 4.0 * max(lab.revenue - lab.other_budget, 0.0) * (1.0 + growth) ** 2.0
    return max(lab.account.cash, 0.0) + p.commitment_margin * margin + p.dilution_tolerance * valuation
