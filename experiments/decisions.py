"""Which policy one would regret least, whichever scenario comes true."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from . import statistics as st
from .analysis import MEASURES, Analysis, Measure
from .study import Arm

NO_POLICY = "none"
MORE_IS_BETTER = {"pullback or bust": False, "payoff": True, "GDP against trend at its worst": True}
"""The scores a decision is judged by, and which way is better."""


class Choice(NamedTuple):
    """What may be chosen, against what may come true: `arms` has a row per policy and a column per state."""

    policies: list[str]
    states: list[str]
    arms: list[list[Arm]]


def choice(analysis: Analysis) -> Choice:
    """The study's policies, no policy among them, on the scenarios and points that it tries them all on."""
    arms = {(arm.policy, arm.scenario, arm.point): arm for arm in analysis.plan.arms}
    policies = [None, *analysis.plan.study.policies]
    states = [key[1:] for key in arms if key[0] is None and all((policy, *key[1:]) in arms for policy in policies)]
    return Choice(
        [policy or NO_POLICY for policy in policies],
        [arms[None, *state].name for state in states],
        [[arms[policy, *state] for state in states] for policy in policies],
    )


def regret_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Regret by policy and state, and the decision table: expected and worst regret of every policy.

    A policy's regret in a state (a scenario, perhaps at a point of the grid) is how far its mean score stays
    behind that of the best policy there, no policy included. Empty without policies.
    """
    offered = choice(analysis)
    if len(offered.policies) < 2 or not offered.states:
        return {"regret": pd.DataFrame(), "decision": pd.DataFrame()}
    by_state: list[dict[str, object]] = []
    decision: list[dict[str, object]] = []
    for measure in (measure for measure in MEASURES if measure.name in MORE_IS_BETTER):
        found = st.regrets(_scores(analysis, offered, measure))
        for row, policy in enumerate(offered.policies):
            judged: dict[str, object] = {"measure": measure.name, "unit": measure.unit, "policy": policy}
            by_state += [
                judged | {"state": state} | _columns("regret", estimate)
                for state, estimate in zip(offered.states, found.by_state[row], strict=True)
            ]
            decision.append(
                judged
                | _columns("expected_regret", found.expected[row])
                | _columns("worst_regret", found.worst[row])
                | {"worst_state": offered.states[found.worst_state[row]], "states": len(offered.states)}
            )
    return {"regret": pd.DataFrame(by_state), "decision": pd.DataFrame(decision)}


def _scores(analysis: Analysis, offered: Choice, measure: Measure) -> st.Floats:
    """Scores in the shape (policies, states, seeds), turned so that more is better."""
    sign = measure.factor if MORE_IS_BETTER[measure.name] else -measure.factor
    return sign * np.array([[analysis.values(arm, measure) for arm in row] for row in offered.arms])


def _columns(name: str, estimate: st.Estimate) -> dict[str, object]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high, "n": estimate.n}
