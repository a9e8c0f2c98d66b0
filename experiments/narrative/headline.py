"""The answer of a study in two or three sentences, written from the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import statistics as st
from ..analysis.analysis import Analysis
from ..analysis.incidence import asked_dates, incidence_by
from ..analysis.measures import MACRO, PAID_OFF, PULLBACK, SYSTEMIC, WORST_GDP, Effect, Measure, earns_its_cost
from ..analysis.wording import counted, ranged, several, signed, with_interval

if TYPE_CHECKING:
    import pandas as pd

TOLD = tuple(measure.name for measure in (MACRO, SYSTEMIC, PAID_OFF, WORST_GDP))


def headline(analysis: Analysis) -> str:
    """The answer in two or three sentences, written from the numbers."""
    reference = analysis.reference
    runs = len(analysis.finished(reference))
    if runs == 0:
        return f"No run of {analysis.label(reference)} finished: see the failures table."
    sentences = [_about_grid(analysis) if analysis.plan.study.grid else _about_reference(analysis)]
    effects = analysis.effects_on(PULLBACK)
    sentences += _about_scenarios(analysis, [effect for effect in effects if not effect.arm.policy])
    sentences += _about_policies(analysis, [effect for effect in effects if effect.arm.policy])
    return " ".join(sentences)


def _about_reference(analysis: Analysis) -> str:
    """How many runs have an investment pullback by when, how many earn the boom's money back, and the damage."""
    reference = analysis.reference
    runs = analysis.finished(reference)
    by_when = [
        f"{with_interval(incidence_by(analysis, reference, PULLBACK.name, date))} by {date}"
        for date in asked_dates(analysis)
    ]
    sentence = f"Of {len(runs)} {analysis.label(reference)} runs, an investment pullback comes in {several(by_when)}"
    earned, damage = earned_back(analysis), damage_of_pullback(runs)
    if earned.n:
        sentence += (
            f"; in {with_interval(earned)} the money invested from 2025Q4 to 2028Q4 earns its cost of capital by "
            f"{analysis.dates[-1]}"
        )
    if damage.n:
        sentence += (
            f"; in the median pullback GDP falls back by {ranged(damage)} percent relative to the same economy without "
            f"the boom; in {with_interval(ends_below(runs))} of pullbacks it comes to less than in that economy"
        )
    return f"{sentence}."


def earned_back(analysis: Analysis) -> st.Estimate:
    """Share of the reference's runs in which the money of the boom earns its cost of capital."""
    return analysis.probability(earns_its_cost(analysis.finished(analysis.reference)))


def damage_of_pullback(runs: pd.DataFrame) -> st.Estimate:
    """What GDP loses against the twin in the first pullback of the median run that has one (percent)."""
    return st.median(st.finite(runs["pullback_gdp_loss"])).scaled(100.0)


def ends_below(runs: pd.DataFrame) -> st.Estimate:
    """Share of runs with a pullback in which GDP then comes to less than the twin's: in others a lead is given back."""
    lowest = st.finite(runs["pullback_gdp_lowest"])
    return st.probability(int((lowest < 0.0).sum()), lowest.size)


def _about_grid(analysis: Analysis) -> str:
    """Where in the grid money is earned back, and where an investment pullback comes, most and least often."""
    return f"AI investment pays off {_range_over_grid(analysis, PAID_OFF)} of runs; investment pullbacks come " + (
        f"{_range_over_grid(analysis, PULLBACK)}."
    )


def _range_over_grid(analysis: Analysis, measure: Measure) -> str:
    found = [(share, analysis.label(arm)) for arm in analysis.plan.arms if (share := analysis.share(arm, measure)).n]
    (fewest, there), *_, (most, here) = sorted(found, key=lambda place: place[0].value) * 2
    return f"from {counted(fewest)} at {there} to {counted(most)} at {here}"


def _about_scenarios(analysis: Analysis, effects: list[Effect]) -> list[str]:
    if not effects:
        return []
    strongest = max(effects, key=lambda effect: abs(effect.estimate.value) if effect.estimate.n else -1.0)
    if not strongest.established:
        return ["No scenario moves the share of runs with a pullback by an amount these runs can establish."]
    moved, most = analysis.label(strongest.arm), signed(strongest.estimate, 0)
    return [f"What moves the share of runs with a pullback most is {moved}: {most} points."]


def _about_policies(analysis: Analysis, effects: list[Effect]) -> list[str]:
    if not effects:
        return []
    sentences = []
    for effect in sorted(effects, key=lambda effect: effect.estimate.value):
        if effect.established and effect.flips:
            verb = "saves" if effect.estimate.value < 0 else "costs"
            sentences.append(
                f"{_policy(analysis, effect)} {verb} {_size(effect.estimate)} points "
                f"({effect.flips.saved} runs saved, {effect.flips.harmed} harmed of {effect.flips.n} pairs)."
            )
    open_ = [_policy(analysis, effect) for effect in effects if not effect.established]
    if open_:
        sentences.append(f"No effect on pullbacks that these runs can establish: {several(open_)}.")
    return sentences + _about_other_measures(analysis)


def _about_other_measures(analysis: Analysis) -> list[str]:
    """What policies are established to change beside the share of runs with a pullback, the same rule for all."""
    found: dict[str, list[str]] = {}
    for effect in analysis.effects:
        if effect.arm.policy and effect.established and effect.measure.name in TOLD:
            changed = f"{effect.measure.name} {signed(effect.estimate, 0 if effect.measure.is_ending else 1)} points"
            found.setdefault(_policy(analysis, effect), []).append(changed)
    told = "; ".join(f"{policy} ({several(changes)})" for policy, changes in found.items())
    return [f"Established to change something else: {told}."] if told else []


def _size(estimate: st.Estimate) -> str:
    """'12 (8 to 16)': an effect whose sign the verb says."""
    near, far = sorted(abs(bound) for bound in (estimate.low, estimate.high))
    return f"{abs(estimate.value):.0f} ({near:.0f} to {far:.0f})"


def _policy(analysis: Analysis, effect: Effect) -> str:
    """The policy's name, with its scenario where policies are tried on several."""
    if effect.arm.scenario == "baseline" and not effect.arm.point:
        return analysis.label(effect.arm).removeprefix("+ ")
    return analysis.name_of(effect.arm)
