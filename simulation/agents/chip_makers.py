"""Chip makers: they ship from a backlog, price by scarcity and build supply with a lag."""

from simulation.books.ledger import ACCOUNT
from simulation.rule import record, rule

SUPPLY_LEAD = 4  # places in the queue of supply under way

CHIP_MAKER = record(
    account=ACCOUNT,
    alive="f8",
    supply="f8",
    supply_coming=("f8=0", (SUPPLY_LEAD,)),
    backlog="f8",
    order_share="f8",
    margin="f8",
    unit_cost="f8",
    parts_cost="f8",
    parts_power="f8",
    price="f8",
    price_before="f8",
    shipped_power="f8=0",
    ai_revenue="f8",
    circular_revenue="f8=0",  # carries a supplier's own money
    circular_own="f8=0",  # carries the seller's own money
    core_revenue="f8",
    core_cash_share="f8",
    core_growth="f8=0",
    core_cash_flow="f8",
    parts_used="f8=0",
    capex="f8=0",
    depreciation="f8=0",
    interest="f8=0",
    profit="f8",
    operating_cash_flow="f8",
    cash_flow_year="f8",
    payout="f8=0",
    payout_share="f8",
    money_target="f8",
)


@rule
def gross_margin(due_over_supply, p):
    """Gross margin by scarcity of supply, within what buyers have been seen to pay."""
    scarcity = min(max(due_over_supply, p.chip_tightness_floor), p.chip_tightness_ceiling)
    return min(p.chip_margin * scarcity**p.chip_margin_exponent, p.chip_margin_ceiling)


@rule
def supply_growth(due_over_supply, p):
    """Growth of supply that is set in train: a part of what the orders due exceed it, or a slow shrinking."""
    wanted = p.chip_supply_response * (due_over_supply - 1.0)
    if wanted >= 0.0:
        return min(wanted, p.chip_supply_growth_cap)
    return max(wanted, -p.chip_supply_shrink)


@rule
def build_supply(maker, due, allowed, public_growth, p):
    """Supply decided `chip_supply_lag` quarters ago comes into use; new growth is set in train by the orders due (USD
    bn), part of it perhaps paid for by government. Where only a part of the chips is `allowed` to be made, plant for
    more is not built."""
    maker.supply *= 1.0 + maker.supply_coming[0]
    lag = int(p.chip_supply_lag)
    for k in range(SUPPLY_LEAD - 1):
        maker.supply_coming[k] = maker.supply_coming[k + 1]
    maker.supply_coming[SUPPLY_LEAD - 1] = 0.0
    under_way = 1.0
    for k in range(SUPPLY_LEAD):
        under_way *= 1.0 + maker.supply_coming[k]
    growth = supply_growth(due / max(maker.supply * under_way, 1e-12), p)
    maker.supply_coming[lag - 1] = growth * min(allowed, 1.0) if growth > 0.0 else growth
    maker.supply_coming[lag - 1] += public_growth
