"""Monetary policy: the rate that the central bank sets, what it takes for neutral, and the rates that follow it."""

from simulation.agents.public_sector import taylor_rate
from simulation.disturbances.declared import POLICY
from simulation.rule import rule


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
    real_rate = 4.0 * (macro.loan_rate_quarter - anchored_inflation(macro, p))
    macro.real_loan_rate += p.rate_in_plans * (real_rate - macro.real_loan_rate)
    macro.bond_rate = max(0.25 * (macro.policy_rate + p.term_premium), 0.0)  # money, which brings nothing, is no worse
    macro.credit_appetite = max(1.0 - macro.stress, 0.0)
    learn_neutral_rate(macro, p)


@rule
def learn_neutral_rate(macro, p):
    """The central bank takes for neutral what the real rate that its own rule asks for has been over many years: one at
    which the economy runs hot or cold for long is not neutral (Orphanides and Williams 2002). Surprises, a put on
    shares and a path laid down from outside are no news of it."""
    real_rate = macro.policy_rule_rate - 4.0 * anchored_inflation(macro, p)
    macro.neutral_real_rate += p.neutral_rate_gain * (real_rate - macro.neutral_real_rate)


@rule
def anchored_inflation(macro, p):
    """Inflation that wage setters and lenders count on: partly the target, partly experience."""
    return p.inflation_anchor * p.inflation_target + (1.0 - p.inflation_anchor) * macro.expected_inflation
