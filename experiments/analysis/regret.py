"""Which policy to choose when nobody knows the state of the world: what there is to choose from, and its regret.

The regret of a policy in a state is how far its mean score stays behind that of the policy which does best there, on
the same seeds; the best one is chosen anew in every resample. Savage (1951), JASA 46. Tables judge by several measures;
the decision that the report shows is their part on investment pullbacks."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import statistics as st
from ..statistics import Estimate
from ..study.schema import Arm, Study
from .measures import MEASURES, PAID_OFF, PULLBACK, WORST_GDP, Measure
from .runs import StudyRuns

NO_POLICY = "no policy"
MORE_IS_BETTER = {PULLBACK.name: False, PAID_OFF.name: True, WORST_GDP.name: True}
"""The scores a decision is judged by, and which way is better."""
THIRDS = ("low gamma", "middle gamma", "high gamma")

Flags = NDArray[np.bool_]


class Offer(NamedTuple):
    """What may be chosen, against what may come true.

    `arms` has a row per policy and a column per state; `seeds` says for each state which seeds belong to it.
    """

    policies: list[str]
    states: list[str]
    arms: list[list[Arm]]
    seeds: list[Flags]


def offered_by(analysis: StudyRuns) -> Offer:
    """The study's policies, no policy among them, on the scenarios and points that it tries them all on.

    Where that is one alone, gamma is drawn and there are runs enough, the states are thirds of gamma."""
    arms = {(arm.policy, arm.scenario, arm.point): arm for arm in analysis.plan.arms}
    policies = [None, *analysis.plan.study.policies]
    states = [key[1:] for key in arms if key[0] is None and all((policy, *key[1:]) in arms for policy in policies)]
    names, tried = (
        [policy or NO_POLICY for policy in policies],
        [[arms[policy, *state] for state in states] for policy in policies],
    )
    if len(states) == 1 and (thirds := _thirds_of_gamma(analysis, tried[0][0])):
        return Offer(names, list(THIRDS), [row * len(THIRDS) for row in tried], thirds)
    every = np.ones(analysis.plan.study.runs, dtype=bool)
    return Offer(names, [arms[None, *state].name for state in states], tried, [every] * len(states))


def _thirds_of_gamma(analysis: StudyRuns, without: Arm) -> list[Flags]:
    """The seeds of each third of gamma, which is the same for all policies of a seed.

    Empty if it is not drawn, or where a third would have fewer runs than an interval takes."""
    if "gamma" not in analysis.parameters:
        return []
    by_run = analysis.parameters.drop_duplicates("run_id").set_index("run_id")["gamma"]
    gamma = analysis.of_arm(without)["run_id"].map(by_run)
    if gamma.nunique() < len(THIRDS) * st.FEWEST_FOR_BOOTSTRAP:
        return []
    thirds = pd.qcut(gamma, len(THIRDS), labels=list(THIRDS))
    return [np.asarray(thirds == name) for name in THIRDS]


def regret_tables(analysis: StudyRuns) -> dict[str, pd.DataFrame]:
    """Mean and regret by policy and state, and the decision table: expected and worst regret of every policy.

    States are scenarios, perhaps at a point of the grid, or thirds of gamma. Empty without policies."""
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
                judged
                | {"state": state}
                | _mean(measure, found.means[row][place]).bounded("mean")
                | {"n": found.by_state[row][place].n}
                | found.by_state[row][place].bounded("regret")
                for place, state in enumerate(offered.states)
            ]
            decision.append(
                judged
                | found.expected[row].bounded("expected_regret")
                | {"n": found.worst[row].n}
                | found.worst[row].bounded("worst_regret")
                | {"worst_state": offered.states[found.worst_state[row]], "states": len(offered.states)}
            )
    return {"regret": pd.DataFrame(by_state), "decision": pd.DataFrame(decision)}


def _scores(analysis: StudyRuns, offered: Offer, measure: Measure) -> st.Floats:
    """Scores in the shape (policies, states, seeds), turned so that more is better; NaN where a seed is elsewhere."""
    values = [
        [np.where(seeds, analysis.values(arm, measure), np.nan) for arm, seeds in zip(row, offered.seeds, strict=True)]
        for row in offered.arms
    ]
    return _turned(measure) * np.array(values)


def _turned(measure: Measure) -> float:
    return measure.factor if MORE_IS_BETTER[measure.name] else -measure.factor


def _mean(measure: Measure, score: Estimate) -> Estimate:
    """The mean behind a score, turned back; the share of an ending with Wilson's interval."""
    if measure.is_ending and score.n:
        return st.probability(round(score.value / _turned(measure) * score.n), score.n).scaled(measure.factor)
    back = np.sign(_turned(measure))
    low, high = sorted((back * score.low, back * score.high))
    return Estimate(back * score.value, low, high, score.n)


class Choice(NamedTuple):
    """A policy in a state of the world: share of investment pullbacks, and regret, both in points."""

    policy: str
    state: str
    loss: Estimate
    regret: Estimate


class Judged(NamedTuple):
    """A policy over all states: regret on average, and where it is regretted most."""

    policy: str
    expected: Estimate
    worst: Estimate
    worst_state: str


@dataclass(frozen=True)
class Decision:
    """The regret of every policy, in every state and over all of them."""

    choices: list[Choice]
    judged: list[Judged]

    @property
    def states(self) -> list[str]:
        """States of the world in the order of the study."""
        return list(dict.fromkeys(choice.state for choice in self.choices))

    def of(self, policy: str, state: str) -> Choice:
        """One cell of the table."""
        return next(choice for choice in self.choices if (choice.policy, choice.state) == (policy, state))

    @property
    def least_regretted(self) -> Judged:
        """The policy whose worst regret is smallest."""
        return min(self.judged, key=lambda policy: policy.worst.value)

    @property
    def settled(self) -> bool:
        """Whether every other policy is regretted more, somewhere, by an amount the runs establish."""
        best = self.least_regretted
        return all(
            any(choice.regret.low > best.worst.high for choice in self.choices if choice.policy == other.policy)
            for other in self.judged
            if other.policy != best.policy
        )


def decision_of(tables: dict[str, pd.DataFrame], study: Study) -> Decision | None:
    """What the regret tables say on investment pullbacks; nothing for a study without policies or with a grid."""
    by_state, over_all = tables["regret"], tables["decision"]
    if by_state.empty or study.grid:
        return None
    rows = by_state[(by_state["measure"] == PULLBACK.name) & (by_state["n"] > 0)]
    if rows.empty:
        return None
    return Decision(
        [Choice(row["policy"], row["state"], _read(row, "mean"), _read(row, "regret")) for _, row in rows.iterrows()],
        [
            Judged(row["policy"], _read(row, "expected_regret"), _read(row, "worst_regret"), row["worst_state"])
            for _, row in over_all[over_all["measure"] == PULLBACK.name].iterrows()
        ],
    )


def _read(row: pd.Series, name: str) -> Estimate:
    return Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"], int(row["n"]))
