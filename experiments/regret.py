"""Which policy to choose when nobody knows the state of the world: what there is to choose from, losses and regret.

The regret of a policy in a state is its loss less that of the policy which does best there, on the same seeds.
Savage (1951), JASA 46. Tables judge by several measures, the best policy chosen anew in every resample; the decision
that the report shows judges by pullbacks and busts alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from . import statistics as st
from .analysis import MEASURES, PULLBACK_OR_BUST, Analysis, Measure
from .statistics import Estimate, Floats, probability, share_effect
from .study import Arm

NO_POLICY = "no policy"
MORE_IS_BETTER = {"pullback or bust": False, "payoff": True, "GDP against trend at its worst": True}
"""The scores a decision is judged by, and which way is better."""
FEWEST = 5


class Offer(NamedTuple):
    """What may be chosen, against what may come true: `arms` has a row per policy and a column per state."""

    policies: list[str]
    states: list[str]
    arms: list[list[Arm]]


def offered_by(analysis: Analysis) -> Offer:
    """The study's policies, no policy among them, on the scenarios and points that it tries them all on."""
    arms = {(arm.policy, arm.scenario, arm.point): arm for arm in analysis.plan.arms}
    policies = [None, *analysis.plan.study.policies]
    states = [key[1:] for key in arms if key[0] is None and all((policy, *key[1:]) in arms for policy in policies)]
    return Offer(
        [policy or NO_POLICY for policy in policies],
        [arms[None, *state].name for state in states],
        [[arms[policy, *state] for state in states] for policy in policies],
    )


def regret_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Regret by policy and state, and the decision table: expected and worst regret of every policy.

    A policy's regret in a state (a scenario, perhaps at a point of the grid) is how far its mean score stays
    behind that of the best policy there, no policy included. Empty without policies.
    """
    offered = offered_by(analysis)
    if len(offered.policies) < 2 or not offered.states:
        return {"regret": pd.DataFrame(), "decision": pd.DataFrame()}
    by_state: list[dict[str, object]] = []
    decision: list[dict[str, object]] = []
    for measure in (measure for measure in MEASURES if measure.name in MORE_IS_BETTER):
        found = st.regrets(_scores(analysis, offered, measure))
        for row, policy in enumerate(offered.policies):
            judged: dict[str, object] = {"measure": measure.name, "unit": measure.unit, "policy": policy}
            by_state += [
                judged | {"state": state} | _regret_columns("regret", estimate)
                for state, estimate in zip(offered.states, found.by_state[row], strict=True)
            ]
            decision.append(
                judged
                | _regret_columns("expected_regret", found.expected[row])
                | _regret_columns("worst_regret", found.worst[row])
                | {"worst_state": offered.states[found.worst_state[row]], "states": len(offered.states)}
            )
    return {"regret": pd.DataFrame(by_state), "decision": pd.DataFrame(decision)}


def _scores(analysis: Analysis, offered: Offer, measure: Measure) -> st.Floats:
    """Scores in the shape (policies, states, seeds), turned so that more is better."""
    sign = measure.factor if MORE_IS_BETTER[measure.name] else -measure.factor
    return sign * np.array([[analysis.values(arm, measure) for arm in row] for row in offered.arms])


def _regret_columns(name: str, estimate: st.Estimate) -> dict[str, object]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high, "n": estimate.n}


@dataclass(frozen=True)
class Choice:
    """A policy in a state of the world: loss and regret, both in points."""

    policy: str
    state: str
    loss: Estimate
    regret: Estimate


@dataclass(frozen=True)
class Decision:
    """The regret of every policy in every state."""

    choices: list[Choice]

    @property
    def policies(self) -> list[str]:
        """Policies in the order of the study, doing nothing first."""
        return list(dict.fromkeys(choice.policy for choice in self.choices))

    @property
    def states(self) -> list[str]:
        """States of the world in the order of the study."""
        return list(dict.fromkeys(choice.state for choice in self.choices))

    def of(self, policy: str, state: str) -> Choice:
        """One cell of the table."""
        return next(choice for choice in self.choices if (choice.policy, choice.state) == (policy, state))

    def worst(self, policy: str) -> Choice:
        """Where a policy is regretted most."""
        mine = [choice for choice in self.choices if choice.policy == policy]
        return max(mine, key=lambda choice: choice.regret.value)

    @property
    def least_regretted(self) -> Choice:
        """The policy whose worst regret is smallest, where it is regretted most."""
        return min((self.worst(policy) for policy in self.policies), key=lambda choice: choice.regret.value)

    @property
    def settled(self) -> bool:
        """Whether every other policy is regretted more, somewhere, by an amount the runs establish."""
        best = self.least_regretted
        return all(
            any(choice.regret.low > best.regret.high for choice in self.choices if choice.policy == policy)
            for policy in self.policies
            if policy != best.policy
        )


def decision_of(analysis: Analysis) -> Decision | None:
    """Regret by policy and state; nothing for a study without policies or with a grid.

    States are the scenarios on which every policy was tried; where that is one alone and gamma is drawn, they
    are thirds of gamma.
    """
    offered = offered_by(analysis)
    if len(offered.policies) < 2 or analysis.plan.study.grid:
        return None
    losses = {
        state: {
            policy: analysis.values(arms[place], PULLBACK_OR_BUST)
            for policy, arms in zip(offered.policies, offered.arms, strict=True)
        }
        for place, state in enumerate(offered.states)
    }
    if len(losses) == 1:
        losses |= _by_gamma(analysis, offered.arms[0][0], losses[offered.states[0]])
    choices = [choice for state, by_policy in losses.items() for choice in _choices(state, by_policy)]
    return Decision(choices) if choices else None


def _by_gamma(analysis: Analysis, without: Arm, losses: dict[str, Floats]) -> dict[str, dict[str, Floats]]:
    """The losses again, split by thirds of gamma, which is the same for all policies of a seed."""
    if "gamma" not in analysis.parameters:
        return {}
    runs = analysis.of_arm(without)
    gamma = runs["run_id"].map(analysis.parameters.drop_duplicates("run_id").set_index("run_id")["gamma"])
    if gamma.nunique() < 3 * FEWEST:
        return {}
    thirds = pd.qcut(gamma, 3, labels=["low", "middle", "high"])
    return {
        f"{name} gamma": {
            policy: np.where((thirds == name).to_numpy(), values, np.nan) for policy, values in losses.items()
        }
        for name in ("low", "middle", "high")
    }


def _choices(state: str, losses: dict[str, Floats]) -> list[Choice]:
    """Loss and regret of every policy in one state, over seeds that finished under all policies."""
    together = np.isfinite(list(losses.values())).all(axis=0)
    if not together.any():
        return []
    shared = {policy: values[together] for policy, values in losses.items()}
    best = min(shared, key=lambda policy: float(shared[policy].mean()))
    return [
        Choice(
            policy,
            state,
            probability(int(values.sum()), values.size).scaled(100.0),
            _regret(values, shared[best], policy == best).scaled(100.0),
        )
        for policy, values in shared.items()
    ]


def _regret(values: Floats, best: Floats, is_best: bool) -> Estimate:
    """What does best in a state is not regretted there, by definition."""
    return Estimate(0.0, 0.0, 0.0, values.size) if is_best else share_effect(values, best)
