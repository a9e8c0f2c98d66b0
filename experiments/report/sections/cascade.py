"""The largest chain reaction among the runs: who fell first, what it broke, who followed."""

from ...figures.cascade import cascade_chart
from ...narrative.cascades import CANDIDATES
from ...narrative.chains import tell_failure
from ...narrative.reactions import chain_of, fallen, largest_reaction
from ..section import Findings, Section


def write(findings: Findings) -> Section | None:
    """The tree and the story of the largest chain reaction; nothing where no failure brought down another."""
    events, analysis = findings.cascade, findings.analysis
    if events.empty:
        return None
    run_id = str(events["run_id"].iloc[0])
    run = analysis.runs.set_index("run_id").loc[run_id]
    reaction = largest_reaction(chain_of(events))
    arm = next(arm for arm in analysis.plan.arms if arm.name == run["arm"])
    name = f"{analysis.name_of(arm)}, seed {run['seed']}"
    chart = cascade_chart(reaction, "cascade", f"{name}. The largest chain reaction of {len(analysis.runs):,} runs.")
    return Section(
        "cascade",
        "The largest chain reaction",
        text=(
            f"Of all runs this one ({name}, run {run_id}, ends in {run['outcome']}) has the failure that brought most "
            f"others down, looked for among the {CANDIDATES} runs with the most failures put down to another's. It is "
            "the extreme, not the rule.",
            tell_failure(events, analysis.dates, fallen(reaction).iloc[0]),
        ),
        charts=(chart,),
        points=(f"The largest chain reaction of all runs ({name}): {chart.claim}.",),
    )
