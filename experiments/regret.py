"""Which policy to choose when nobody knows the state of the world: losses and regret.

The loss is the share of pullbacks and busts. The regret of a policy in a state is its loss less that of the
policy which does best there, on the same seeds. Savage (1951), JASA 46.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .analysis import PULLBACK_OR_BUST, Analysis
from .statistics import Estimate, probability, share_effect
from .study import Arm

NO_POLICY = "no policy"
FEWEST = 5

Floats = NDArray[np.float64]


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

    @property
    def table(self) -> pd.DataFrame:
        """The decision as a tidy table."""
        return pd.DataFrame([_row(choice) for choice in self.choices])


def decision_of(analysis: Analysis) -> Decision | None:
    """Regret by policy and state; nothing for a study without policies or with a grid.

    States are the scenarios on which every policy was tried; where that is one alone and gamma is drawn, they
    are thirds of gamma.
    """
    study = analysis.plan.study
    if not study.policies or study.grid:
        return None
    scenarios = study.policies_on or study.scenarios
    arms = {scenario: _arms_on(analysis, scenario) for scenario in scenarios}
    losses = {
        scenario: {policy: analysis.values(arm, PULLBACK_OR_BUST) for policy, arm in found.items()}
        for scenario, found in arms.items()
    }
    if len(scenarios) == 1:
        losses |= _by_gamma(analysis, scenarios[0], losses[scenarios[0]])
    choices = [choice for state, by_policy in losses.items() for choice in _choices(state, by_policy)]
    return Decision(choices) if choices else None


def _arms_on(analysis: Analysis, scenario: str) -> dict[str, Arm]:
    return {arm.policy or NO_POLICY: arm for arm in analysis.plan.arms if arm.scenario == scenario}


def _by_gamma(analysis: Analysis, scenario: str, losses: dict[str, Floats]) -> dict[str, dict[str, Floats]]:
    """The losses again, split by thirds of gamma, which is the same for all policies of a seed."""
    arm = _arms_on(analysis, scenario)[NO_POLICY]
    if "gamma" not in analysis.parameters:
        return {}
    runs = analysis.of_arm(arm)
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


def _row(choice: Choice) -> dict[str, object]:
    return {
        "policy": choice.policy,
        "state": choice.state,
        "loss": choice.loss.value,
        "regret": choice.regret.value,
        "regret_low": choice.regret.low,
        "regret_high": choice.regret.high,
        "n": choice.regret.n,
    }
