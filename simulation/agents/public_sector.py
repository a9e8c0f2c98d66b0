"""Government, central bank and the rest of the world."""

import math

from simulation.books.ledger import ACCOUNT
from simulation.rule import record, rule

GOVERNMENT = record(
    account=ACCOUNT,
    purchases="f8=0",
    purchase_share="f8",
    transfer_level="f8",
    money_ratio="f8",
    debt="f8",
    debt_ratio="f8",  # at the opening, over potential output of a quarter
)

CENTRAL_BANK = record(account=ACCOUNT)

REST_OF_WORLD = record(
    account=ACCOUNT,
    export_share="f8",
    money_ratio="f8",
    income_share="f8",
    claims="f8",  # foreigners' money and bonds at the opening, and what they have lent since (USD bn)
    claims_ratio="f8",  # usual, over potential output of a quarter
    equity_part="f8",  # usual, of what foreigners hold at home
)


@rule
def taylor_rate(rate, inflation, output_gap, neutral_real, p):
    """Policy rate of the year: smoothed response to yearly inflation and the output gap (Taylor 1993; Clarida, Gali and
    Gertler 2000), never below zero."""
    target = neutral_real + 4.0 * p.inflation_target
    target += p.taylor_inflation * 4.0 * (inflation - p.inflation_target) + p.taylor_gap * output_gap
    return max(p.taylor_smoothing * rate + (1.0 - p.taylor_smoothing) * target, 0.0)


@rule
def transfers(government, unemployment, normal, macro, p):
    """Transfers of the quarter: a level that grows with potential, less what is saved where debt has outgrown it (Bohn
    1998), and benefits for unemployment above normal."""
    benefits = p.unemployment_benefit * max(unemployment - normal, -normal) * macro.labour_force * macro.wage
    excess = government.debt - government.debt_ratio * macro.potential_nominal
    level = government.transfer_level * macro.potential_nominal - 0.25 * p.debt_response * excess
    return max(level + benefits, 0.0)


@rule
def exports_wanted(abroad, macro, p):
    """Ordinary goods sold abroad (USD bn a quarter): a share of potential and, where foreigners' claims have outgrown
    output, what a cheaper currency adds, so that claims do not feed on their own income for ever (Lane and
    Milesi-Ferretti 2002; Gourinchas and Rey 2007)."""
    excess = abroad.claims - abroad.claims_ratio * macro.potential_nominal
    usual = abroad.export_share * macro.potential_nominal * math.exp(macro.export_state)
    return max(usual + p.external_adjustment * excess, 0.0)


@rule
def log_process(state, memory, noise, draw):
    """Stationary first-order process in logs."""
    return memory * state + noise * draw
