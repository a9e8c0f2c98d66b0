"""Which policy to choose when the state of the world is unknown."""

import math

from ...analysis.analysis import Analysis
from ...analysis.regret import NO_POLICY, Choice, Decision, decision_of
from ...statistics import Estimate
from ..section import Findings, Section, Table


def write(findings: Findings) -> Section | None:
    """The decision table with regret; nothing for a study without policies."""
    analysis = findings.analysis
    decision = decision_of(analysis.regret, analysis.plan.study)
    if decision is None:
        return None
    rows = tuple(
        (
            analysis.title_of(judged.policy),
            *(_cell(decision.of(judged.policy, state)) for state in decision.states),
            _interval(judged.expected),
            f"{_interval(judged.worst)}, {analysis.title_of(judged.worst_state)}",
        )
        for judged in decision.judged
    )
    counts = ", ".join(
        f"{analysis.title_of(state)} {decision.of(NO_POLICY, state).regret.n}" for state in decision.states
    )
    return Section(
        "decision",
        "Which policy would be regretted least",
        text=(_verdict(analysis, decision),),
        tables=(
            Table(
                "Investment pullbacks in % of runs, and regret in points with 95% intervals",
                ("", *map(analysis.title_of, decision.states), "average regret", "worst regret"),
                rows,
                "Share of runs with a pullback, with its interval; regret: how many points more than under the policy "
                f"that does best in that column, which every bootstrap resample chooses anew. Runs: {counts}. The best "
                "is picked by the same runs, so regret is overstated a little; what a policy costs is not in it. "
                "Data, for other measures too: tables/regret.csv and tables/decision.csv.",
            ),
        ),
    )


def _verdict(analysis: Analysis, decision: Decision) -> str:
    best = decision.least_regretted
    claim = f"The smallest worst regret, {_interval(best.worst)} points, is that of {analysis.title_of(best.policy)}"
    if decision.settled:
        return f"{claim}; every other choice is regretted more somewhere, by an amount these runs establish."
    return f"{claim}, but these runs do not establish that it is smaller than that of every other choice."


def _cell(choice: Choice) -> str:
    return f"{choice.loss.value:.0f}% ({choice.loss.low:.0f}–{choice.loss.high:.0f}); {_interval(choice.regret)}"


def _interval(regret: Estimate) -> str:
    if not math.isfinite(regret.low):
        return f"{regret.value:.0f} (too few runs)"
    return f"{regret.value:.0f} ({regret.low:.0f} to {regret.high:.0f})"
