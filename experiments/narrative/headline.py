"""The answer of a study in two or three sentences, written from the numbers."""

from __future__ import annotations

from .. import statistics as st
from ..analysis.analysis import Analysis
from ..analysis.incidence import asked_dates, incidence_by
from ..analysis.measures import PAID_OFF, PULLBACK, Effect, Measure
from ..analysis.wording import counted, ranged, several, signed, with_interval


def headline(analysis: Analysis) -> str:
    """The answer in two or three sentences, written from the numbers."""
    reference = analysis.reference
    runs = len(analysis.finished(reference))
    if runs == 0:
        return f"No run of {reference.name} finished: see the failures table."
    sentences = [_about_grid(analysis) if analysis.plan.study.grid else _about_reference(analysis)]
    effects = analysis.effects_on(PULLBACK)
    sentences += _about_scenarios([effect for effect in effects if not effect.arm.policy])
    sentences += _about_policies([effect for effect in effects if effect.arm.policy])
    return " ".join(sentences)


def _about_reference(analysis: Analysis) -> str:
    """How many runs have an investment pullback by when, how many earn the boom's money back, and the damage."""
    reference = analysis.reference
    runs = analysis.finished(reference)
    by_when = [
        f"{with_interval(incidence_by(analysis, reference, PULLBACK.name, date))} by {date}"
        for date in asked_dates(analysis)
    ]
    sentence = f"Of {len(runs)} {reference.name} runs, an investment pullback comes in {several(by_when)}"
    returns = st.finite(runs["boom_return_half"])
    if returns.size:
        earned = st.probability(int((returns >= 0.0).sum()), returns.size)
        sentence += (
            f"; in {with_interval(earned)} the money invested from 2025Q4 to 2028Q4 earns its cost of capital by "
            f"{analysis.dates[-1]}"
        )
    losses = st.finite(runs["pullback_gdp_loss"])
    if losses.size:
        damage = st.median(losses).scaled(100.0)
        sentence += (
            f"; the median pullback takes {ranged(damage)} percent off GDP against the same economy without the boom"
        )
    return f"{sentence}."


def _about_grid(analysis: Analysis) -> str:
    """Where in the grid money is earned back, and where an investment pullback comes, most and least often."""
    return f"AI investment pays off {_range_over_grid(analysis, PAID_OFF)} of runs; investment pullbacks come " + (
        f"{_range_over_grid(analysis, PULLBACK)}."
    )


def _range_over_grid(analysis: Analysis, measure: Measure) -> str:
    found = [(share, analysis.label(arm)) for arm in analysis.plan.arms if (share := analysis.share(arm, measure)).n]
    (fewest, there), *_, (most, here) = sorted(found, key=lambda place: place[0].value) * 2
    return f"from {counted(fewest)} at {there} to {counted(most)} at {here}"


def _about_scenarios(effects: list[Effect]) -> list[str]:
    if not effects:
        return []
    strongest = max(effects, key=lambda effect: abs(effect.estimate.value) if effect.estimate.n else -1.0)
    if not strongest.established:
        return ["No scenario moves that share by an amount these runs can establish."]
    return [f"What moves that most is {strongest.arm.name}: {signed(strongest.estimate, 0)} points."]


def _about_policies(effects: list[Effect]) -> list[str]:
    if not effects:
        return []
    sentences = []
    for effect in sorted(effects, key=lambda effect: effect.estimate.value):
        if effect.established and effect.flips:
            verb = "saves" if effect.estimate.value < 0 else "costs"
            sentences.append(
                f"{_policy(effect)} {verb} {_size(effect.estimate)} points "
                f"({effect.flips.saved} runs saved, {effect.flips.harmed} harmed of {effect.flips.n} pairs)."
            )
    open_ = [_policy(effect) for effect in effects if not effect.established]
    if open_:
        sentences.append(f"No effect that these runs can establish: {several(open_)}.")
    return sentences


def _size(estimate: st.Estimate) -> str:
    """'12 (8 to 16)': an effect whose sign the verb says."""
    near, far = sorted(abs(bound) for bound in (estimate.low, estimate.high))
    return f"{abs(estimate.value):.0f} ({near:.0f} to {far:.0f})"


def _policy(effect: Effect) -> str:
    """The policy's name, with its scenario where policies are tried on several."""
    return str(effect.arm.policy) if effect.arm.scenario == "baseline" and not effect.arm.point else effect.arm.name
