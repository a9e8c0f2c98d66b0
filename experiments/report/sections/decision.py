"""Which policy to choose when the state of the world is unknown."""

from __future__ import annotations

from ...regret import NO_POLICY, Choice, Decision, decision_of
from ...statistics import Estimate
from ..section import Findings, Section, Table


def write(findings: Findings) -> Section | None:
    """The decision table with regret; nothing for a study without policies."""
    decision = decision_of(findings.analysis)
    if decision is None:
        return None
    rows = tuple(
        (policy, *(_cell(decision.of(policy, state)) for state in decision.states), _worst(decision.worst(policy)))
        for policy in decision.policies
    )
    counts = ", ".join(f"{state} {decision.of(NO_POLICY, state).regret.n}" for state in decision.states)
    return Section(
        "decision",
        "Which policy would be regretted least",
        text=(_verdict(decision),),
        tables=(
            Table(
                "Pullbacks and busts in % of runs, and regret in points with 95% intervals",
                ("", *decision.states, "worst regret"),
                rows,
                "Share of bad endings with its interval; regret: how many points more than under the policy that does "
                f"best in that column. Runs: {counts}. The best is picked by the same runs, so regret is overstated a "
                "little; what a policy costs is not in it.",
            ),
        ),
    )


def _verdict(decision: Decision) -> str:
    best = decision.least_regretted
    claim = f"The smallest worst regret, {_interval(best.regret)} points, is that of {best.policy}"
    if decision.settled:
        return f"{claim}; every other choice is regretted more somewhere, by an amount these runs establish."
    return f"{claim}, but these runs do not establish that it is smaller than that of every other choice."


def _cell(choice: Choice) -> str:
    return f"{choice.loss.value:.0f}% ({choice.loss.low:.0f}–{choice.loss.high:.0f}); {_interval(choice.regret)}"


def _worst(choice: Choice) -> str:
    return f"{choice.regret.value:.0f} ({choice.state})"


def _interval(regret: Estimate) -> str:
    if regret.low == regret.high:
        return f"{regret.value:.0f}"
    return f"{regret.value:.0f} ({regret.low:.0f} to {regret.high:.0f})"
